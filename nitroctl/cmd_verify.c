/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl verify: options -> settings, then one judgement per file. It never
 * decides anything itself, and an option that would switch a check off by its
 * value (no age, an empty nonce) is refused.
 */
#include "config.h"

#include <string.h>

#include "base/hex.h"
#include "base/time_text.h"
#include "nitroctl/command.h"
#include "nitroctl/judge.h"
#include "nitroctl/output_json.h"
#include "nitroctl/output_text.h"

struct verify_settings {
	struct judge_settings judge;
	bool json;
	bool quiet;
};

static bool set_at(void *settings, const char *argument)
{
	struct judge_settings *judge =
		&((struct verify_settings *)settings)->judge;

	if (strcmp(argument, "document") == 0) {
		judge->at = JUDGED_AT_DOCUMENT;
		return true;
	}
	if (time_parse(argument, &judge->at_ms) < 0) {
		complain("--at takes 'document', a time such as "
			 "2026-11-01T10:00:00Z, or @SECONDS, but not '%s'.",
			 argument);
		return false;
	}
	judge->at = JUDGED_AT_GIVEN;
	return true;
}

static bool set_root(void *settings, const char *argument)
{
	struct judge_settings *judge =
		&((struct verify_settings *)settings)->judge;

	if (judge->root_count == ARRAY_SIZE(judge->roots)) {
		complain("--root can be given %zu times at most.",
			 ARRAY_SIZE(judge->roots));
		return false;
	}
	judge->roots[judge->root_count++] = argument;
	return true;
}

static bool set_policy(void *settings, const char *argument)
{
	((struct verify_settings *)settings)->judge.policy_directory = argument;
	return true;
}

static bool set_nonce(void *settings, const char *argument)
{
	struct judge_settings *judge =
		&((struct verify_settings *)settings)->judge;

	/* An empty text is most likely a variable that was never set. */
	if (hex_decode(span_of_text(argument), judge->nonce,
		       sizeof(judge->nonce), &judge->nonce_size) < 0 ||
	    judge->nonce_size == 0) {
		complain("--nonce takes 1 to %u bytes in hexadecimal, but not "
			 "'%s'.",
			 ATTEST_FIELD_MAX, argument);
		return false;
	}
	return true;
}

static bool set_level(void *settings, const char *argument)
{
	struct judge_settings *judge =
		&((struct verify_settings *)settings)->judge;

	if (strcmp(argument, "1") != 0 && strcmp(argument, "2") != 0) {
		complain("--level takes 1 (signature) or 2 (boot), but not "
			 "'%s'.",
			 argument);
		return false;
	}
	judge->level = (unsigned)(argument[0] - '0');
	return true;
}

static bool set_max_age(void *settings, const char *argument)
{
	struct judge_settings *judge =
		&((struct verify_settings *)settings)->judge;

	if (time_span_parse(argument, &judge->max_age_ms) < 0 ||
	    judge->max_age_ms == 0) {
		complain("--max-age takes a span above zero such as 5min or "
			 "90s, but not '%s'.",
			 argument);
		return false;
	}
	return true;
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct verify_settings *)settings)->json = true;
	return true;
}

static bool set_quiet(void *settings, const char *argument _unused_)
{
	((struct verify_settings *)settings)->quiet = true;
	return true;
}

static const struct command_option options[] = {
	{ "at", "TIME",
	  "judge at TIME (2026-11-01T10:00:00Z, @SECONDS) or, with\n"
	  "'document', at each document's own timestamp",
	  set_at },
	{ "root", "FILE",
	  "trust this root too (PEM); its label is the file's\n"
	  "name without suffix; may be repeated",
	  set_root },
	{ "policy", "DIR",
	  "images, releases, roots and settings of DIR\n"
	  "(" NITRO_CONFIG_DIR " is the daemon's)",
	  set_policy },
	{ "level", "N",
	  "decide over level 1 (signature) or 2 (boot); without\n"
	  "it: 2 with --policy, otherwise 1",
	  set_level },
	{ "nonce", "HEX", "the document must carry this nonce", set_nonce },
	{ "max-age", "SPAN", "the document must not be older (5min)",
	  set_max_age },
	{ "json", NULL, "one JSON object per file and line", set_json },
	{ "quiet", NULL, "the line with the decision only", set_quiet },
};

/* Combinations that would promise more than they check. */
static const char *find_contradiction(const struct verify_settings *settings)
{
	const struct judge_settings *judge = &settings->judge;

	if (judge->level >= 2 && judge->policy_directory == NULL)
		return "--level 2 compares the PCRs with the releases of a "
		       "policy; give its directory with --policy.";
	if (judge->at == JUDGED_AT_DOCUMENT && judge->max_age_ms != 0)
		return "--max-age means nothing at the document's own time; "
		       "give --at a TIME, or leave one of the two out.";
	if (settings->json && settings->quiet)
		return "--json and --quiet exclude each other.";
	return NULL;
}

/* Nobody shall take an archived document for one that is valid now. */
static void warn_of_time(const struct judge_settings *settings)
{
	char time[TIME_TEXT_SIZE];

	if (settings->at == JUDGED_AT_DOCUMENT)
		complain("WARNING: judged at each document's own timestamp. "
			 "Whether it is valid NOW was not asked.");
	if (settings->at != JUDGED_AT_GIVEN)
		return;
	time_format(settings->at_ms, time);
	complain("WARNING: judged at %s, as given. Whether a document is "
		 "valid NOW was not asked.",
		 time);
}

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
	contradiction = find_contradiction(&settings);
	if (contradiction != NULL)
		return command_misused(command, "%s", contradiction);
	warn_of_time(&settings.judge);
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
