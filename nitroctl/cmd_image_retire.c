/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl image retire: a release is to be replaced, perhaps by a certain day.
 */
#include "config.h"

#include "nitroctl/image_edit.h"

#include "nitroctl/text.h"

struct retire_settings {
	struct change_settings change; /* first: see CHANGE_OPTIONS */
	const char *on;
};

static bool set_on(void *settings, const char *argument)
{
	/* It becomes one line of a file. */
	if (argument[0] == '\0' ||
	    argument[strcspn(argument, "\n\r")] != '\0') {
		complain("--on takes a date such as 2027-03-01.");
		return false;
	}
	((struct retire_settings *)settings)->on = argument;
	return true;
}

static const struct command_option options[] = {
	{ "on", "DATE", "the last day on which it counts (2027-03-01)",
	  set_on },
	CHANGE_OPTIONS,
};

static enum exit_code plan(struct change *change,
			   const struct change_settings *settings,
			   char *const *names)
{
	const char *on = ((const struct retire_settings *)settings)->on;
	struct image_edit edit = {
		.image = names[0],
		.release = names[1],
		.key = "state",
		.value = "retiring",
	};
	enum exit_code code = image_edit_release(change, &edit);

	if (code != EXIT_ALLOWED || on == NULL)
		return code;
	edit.key = "not_after";
	edit.value = on;
	return image_edit_release(change, &edit);
}

static enum exit_code run_image_retire(const struct command *command, int argc,
				       char **argv)
{
	struct retire_settings settings = { 0 };
	int operands;

	switch (command_parse(command, argc, argv, &settings, &operands)) {
	case COMMAND_HELPED:
		return EXIT_ALLOWED;
	case COMMAND_USAGE:
		return EXIT_USAGE;
	case COMMAND_GO_ON:
		break;
	}
	if (operands + 2 != argc)
		return command_misused(command, "NAME and RELEASE are needed.");
	return image_edit_run(&settings.change, plan, argv + operands);
}

const struct command command_image_retire = {
	.name = "image retire",
	.operands = "NAME RELEASE",
	.summary = "Allow a release with a warning, perhaps until a day.",
	.help = "Exit code: 0 done, 1 refused (nothing was changed), 2 wrong "
		"use, 3 could not be\ndone.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_image_retire,
};
