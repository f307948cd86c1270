/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl image remove: an image, or one of its releases, is forgotten.
 */
#include "config.h"

#include "nitroctl/image_edit.h"

static const struct command_option options[] = { CHANGE_OPTIONS };

static enum exit_code plan(struct change *change,
			   const struct change_settings *settings _unused_,
			   char *const *names)
{
	if (names[1] == NULL)
		return image_remove(change, names[0]);
	return image_edit_release(change, &(struct image_edit){
						  .image = names[0],
						  .release = names[1],
					  });
}

static enum exit_code run_image_remove(const struct command *command, int argc,
				       char **argv)
{
	struct change_settings settings = { 0 };
	int operands;

	switch (command_parse(command, argc, argv, &settings, &operands)) {
	case COMMAND_HELPED:
		return EXIT_ALLOWED;
	case COMMAND_USAGE:
		return EXIT_USAGE;
	case COMMAND_GO_ON:
		break;
	}
	if (operands == argc || operands + 2 < argc)
		return command_misused(command,
				       "NAME is needed, and perhaps RELEASE.");
	return image_edit_run(&settings, plan, argv + operands);
}

const struct command command_image_remove = {
	.name = "image remove",
	.operands = "NAME [RELEASE]",
	.summary = "Forget an image with all its releases, or one of them.",
	.help = "Exit code: 0 done, 1 refused (nothing was changed), 2 wrong "
		"use, 3 could not be\ndone.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_image_remove,
};
