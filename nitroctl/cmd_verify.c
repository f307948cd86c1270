/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl verify: options -> settings, then one judgement per file. It never
 * decides anything itself.
 */
#include "config.h"

#include "nitroctl/output_json.h"
#include "nitroctl/output_text.h"
#include "nitroctl/verify_options.h"

static const struct command_option options[] = { VERIFY_COMMAND_OPTIONS };

static enum exit_code report(const struct verify_settings *settings,
			     const struct judgement *judgement)
{
	if (!settings->json)
		text_print_judgement(stdout, text_style_of(stdout), judgement,
				     settings->quiet);
	else if (!json_print_consume(stdout, json_judgement(judgement)))
		return EXIT_NOT_JUDGED;
	return judgement_exit_code(judgement);
}

static enum exit_code judge_all(const struct verify_settings *settings,
				char *const *files)
{
	_cleanup_(judge_freep) struct judge *judge = NULL;
	enum exit_code worst = judge_new(&settings->judge, &judge);

	if (worst != EXIT_ALLOWED)
		return worst;
	for (size_t i = 0; files[i] != NULL; i++) {
		struct judgement judgement;
		enum exit_code code;

		judge_file(judge, files[i], &judgement);
		code = report(settings, &judgement);
		judgement_deinit(&judgement);
		if (code > worst)
			worst = code;
	}
	return worst;
}

static enum exit_code run_verify(const struct command *command, int argc,
				 char **argv)
{
	struct verify_settings settings = { 0 };
	const char *contradiction;
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
				       "no FILE was given; '-' is standard "
				       "input.");
	contradiction = verify_find_contradiction(&settings);
	if (contradiction != NULL)
		return command_misused(command, "%s", contradiction);
	verify_warn_of_time(&settings.judge);
	return judge_all(&settings, argv + operands);
}

const struct command command_verify = {
	.name = "verify",
	.operands = "FILE...",
	.summary = "Judge documents offline, as the daemon would.",
	.help = "FILE holds a document as the NSM gave it, or base64 of it; "
		"'-' is standard input.\n"
		"The AWS root is always trusted. Exit code: 0 all allowed, "
		"1 some denied,\n2 wrong use, 3 some could not be judged.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_verify,
};
