/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl verdict revoke: ends live verdicts, and by their rules their sessions.
 */
#include "config.h"

#include "base/time_units.h"
#include <string.h>

#include "client/verdicts.h"
#include "dbus/nitro_bus.h"
#include "nitroctl/command.h"
#include "nitroctl/output_json.h"
#include "nitroctl/text.h"
#include "nitroctl/verdict_output.h"

/* polkit may ask somebody for a password. */
#define REVOKE_TIMEOUT_USEC (60 * USEC_PER_SEC)

struct revoke_settings {
	const char *why;
	bool json;
};

static bool set_why(void *settings, const char *argument)
{
	((struct revoke_settings *)settings)->why = argument;
	if (*argument == '\0' || (is_plain_text(span_of_text(argument)) &&
				  strlen(argument) <= NITRO_WHY_MAX))
		return true;
	complain("--why takes at most %u printable ASCII characters.",
		 NITRO_WHY_MAX);
	return false;
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct revoke_settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	{ "why", "TEXT", "the reason, for the journal", set_why },
	{ "json", NULL, "one JSON object per VERDICT and line", set_json },
};

static bool print_json(const char *id, const struct answer *failure)
{
	return json_print_consume(
		stdout,
		json_pack("{s:o, s:b, s:s?, s:s?}", "id",
			  json_text(span_of_text(id)), "revoked",
			  failure == NULL, "reason",
			  failure == NULL ? NULL : failure->reason, "message",
			  failure == NULL ? NULL : failure->message));
}

static enum exit_code revoke_one(const struct revoke_settings *settings,
				 const char *id)
{
	enum exit_code code = EXIT_ALLOWED;
	struct answer answer;
	bool is_revoked = client_revoke_verdict(id, settings->why,
						REVOKE_TIMEOUT_USEC, &answer);

	if (!is_revoked)
		code = verdict_complain(id, &answer);
	if (settings->json) {
		if (!print_json(id, is_revoked ? NULL : &answer))
			return EXIT_NOT_JUDGED;
	} else if (is_revoked) {
		print_safe_string(stdout, id);
		puts(" has ended.");
	}
	return code;
}

static enum exit_code run_verdict_revoke(const struct command *command,
					 int argc, char **argv)
{
	struct revoke_settings settings = { .why = "" };
	enum exit_code worst = EXIT_ALLOWED;
	int operands;

	switch (command_parse(command, argc, argv, &settings, &operands)) {
	case COMMAND_HELPED:
		return EXIT_ALLOWED;
	case COMMAND_USAGE:
		return EXIT_USAGE;
	case COMMAND_GO_ON:
		break;
	}
	if (operands == argc)
		return command_misused(command,
				       "verdict revoke takes a VERDICT.");
	for (int i = operands; i < argc; i++) {
		enum exit_code code = revoke_one(&settings, argv[i]);

		if (code > worst)
			worst = code;
	}
	return worst;
}

const struct command command_verdict_revoke = {
	.name = "verdict revoke",
	.operands = "VERDICT...",
	.summary = "End live verdicts, as their rules say with the session.",
	.help = "Root may, the user himself, and whom polkit allows "
		"org.nitro.Policy1.revoke-verdict.\n"
		"Exit code: 0 all have ended, 1 one does not live or may not "
		"be ended, 2 wrong\nuse, 3 the daemon does not answer.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_verdict_revoke,
};
