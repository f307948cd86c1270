/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl reload: the daemon reads its configuration again, or says why not and
 * keeps what it has.
 */
#include "config.h"

#include "nitroctl/command.h"
#include "nitroctl/output_json.h"
#include "nitroctl/reload.h"
#include "nitroctl/text.h"

struct reload_settings {
	bool careful;
	bool json;
};

static bool set_careful(void *settings, const char *argument _unused_)
{
	((struct reload_settings *)settings)->careful = true;
	return true;
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct reload_settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	{ "careful", NULL, "refuse if anything would be lost that is in force",
	  set_careful },
	{ "json", NULL, "one JSON object", set_json },
};

static enum exit_code exit_code_of(enum reload_state state)
{
	if (state == RELOAD_DONE)
		return EXIT_ALLOWED;
	return state == RELOAD_REFUSED ? EXIT_DENIED : EXIT_NOT_JUDGED;
}

static enum exit_code run_reload(const struct command *command, int argc,
				 char **argv)
{
	struct reload_settings settings = { 0 };
	struct reload reload = { RELOAD_NOT_ASKED };
	enum exit_code code;
	int operands;

	switch (command_parse(command, argc, argv, &settings, &operands)) {
	case COMMAND_HELPED:
		return EXIT_ALLOWED;
	case COMMAND_USAGE:
		return EXIT_USAGE;
	case COMMAND_GO_ON:
		break;
	}
	if (operands != argc)
		return command_misused(command, "reload takes no FILE.");
	reload_ask(settings.careful, &reload);
	code = exit_code_of(reload.state);
	if (!settings.json)
		reload_print(&reload);
	else if (!json_print_consume(stdout, json_reload(&reload)))
		code = EXIT_NOT_JUDGED;
	reload_clear(&reload);
	return code;
}

const struct command command_reload = {
	.name = "reload",
	.operands = "",
	.summary = "Let the daemon read its configuration again.",
	.help = "Exit code: 0 reloaded, 1 refused (the old policy stays in "
		"force), 2 wrong use,\n3 the daemon does not answer.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_reload,
};
