/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl explain: what the daemon would say of a document and a login, why, and
 * what would make it pass. It asks no daemon and changes nothing.
 */
#include "config.h"

#include <fcntl.h>
#include <string.h>

#include "base/read_file.h"
#include "base/time_text.h"
#include "nitroctl/command.h"
#include "nitroctl/explain.h"
#include "nitroctl/explain_output.h"
#include "nitroctl/manifest_file.h"
#include "nitroctl/output_json.h"
#include "nitroctl/question.h"
#include "nitroctl/text.h"
#include "ssh/certificate.h"

struct settings {
	struct question question;
	struct explain_settings explain;
	const char *roots[ATTEST_ANCHOR_MAX];
	size_t root_count;
	uint8_t ssh_key[SSH_KEY_BLOB_MAX];
	const char *manifest; /* file; NULL: none came */
	bool json;
};

static bool set_at(void *settings, const char *argument)
{
	struct explain_settings *explain =
		&((struct settings *)settings)->explain;

	if (strcmp(argument, "document") == 0) {
		explain->at = JUDGED_AT_DOCUMENT;
		return true;
	}
	if (time_parse(argument, &explain->at_ms) < 0) {
		complain("--at takes 'document', a time such as "
			 "2026-11-01T10:00:00Z, or @SECONDS, but not '%s'.",
			 argument);
		return false;
	}
	explain->at = JUDGED_AT_GIVEN;
	return true;
}

static bool set_root(void *settings, const char *argument)
{
	struct settings *explain = settings;

	if (explain->root_count == ARRAY_SIZE(explain->roots)) {
		complain("--root can be given %zu times at most.",
			 ARRAY_SIZE(explain->roots));
		return false;
	}
	explain->roots[explain->root_count++] = argument;
	return true;
}

static bool set_ssh_key(void *settings, const char *argument)
{
	static const struct read_file_limits limits = {
		.max_size = 2 * SSH_CERTIFICATE_MAX,
	};
	struct settings *explain = settings;
	_cleanup_(buffer_freep) struct buffer file = BUFFER_EMPTY;
	enum ssh_error error;
	size_t size;
	int r = read_file_at(AT_FDCWD, argument, &limits, &file);

	if (r < 0) {
		complain("%s %s.", argument, read_file_explain(r));
		return false;
	}
	error = ssh_file_read(buffer_span(&file), explain->ssh_key, &size);
	if (error != SSH_OK) {
		complain("%s is no public key or certificate of ssh-keygen: "
			 "%s.",
			 argument, ssh_error_text(error));
		return false;
	}
	explain->explain.ssh_key = span_of(explain->ssh_key, size);
	return true;
}

static bool set_manifest(void *settings, const char *argument)
{
	((struct settings *)settings)->manifest = argument;
	return true;
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	QUESTION_OPTIONS,
	{ "at", "TIME",
	  "explain at TIME (2026-11-01T10:00:00Z, @SECONDS) or,\n"
	  "with 'document', at the document's own timestamp",
	  set_at },
	{ "root", "FILE",
	  "trust this root too (PEM); its label is the file's\n"
	  "name without suffix; may be repeated",
	  set_root },
	{ "ssh-key", "FILE",
	  "the SSH key of the login (*.pub or *-cert.pub), for\n"
	  "rules that bind documents to it",
	  set_ssh_key },
	{ "manifest", "FILE",
	  "the QOS manifest envelope that came with the document",
	  set_manifest },
	{ "json", NULL, "one JSON object", set_json },
};

static enum exit_code report(const struct settings *settings,
			     const struct explanation *explanation)
{
	static const enum exit_code codes[JUDGEMENT_DECISION_COUNT] = {
		[JUDGEMENT_ERROR] = EXIT_NOT_JUDGED,
		[JUDGEMENT_DENY] = EXIT_DENIED,
		[JUDGEMENT_ALLOW] = EXIT_ALLOWED,
	};
	_cleanup_(advice_deinit) struct advice advice;

	advice_collect(explanation, &advice);
	if (advice.is_cut)
		complain("memory is exhausted; advice is missing.");
	if (!settings->json)
		explain_print(stdout, text_style_of(stdout), explanation,
			      &advice);
	else if (!json_print_consume(stdout,
				     explain_json(explanation, &advice)))
		return EXIT_NOT_JUDGED;
	return codes[explanation->decision];
}

static enum exit_code explain(struct settings *settings, const char *file)
{
	const struct config_layers layers =
		config_layers_choose(settings->question.policy_dir, NULL);
	_cleanup_(offline_policy_freep) struct offline_policy offline =
		OFFLINE_POLICY_NONE;
	_cleanup_(buffer_freep) struct buffer manifest = BUFFER_EMPTY;
	struct explanation explanation;
	enum exit_code code = offline_policy_load(&layers, &offline);

	for (size_t i = 0; code == EXIT_ALLOWED && i < settings->root_count;
	     i++)
		code = offline_policy_add_root(&offline, settings->roots[i]);
	if (code == EXIT_ALLOWED && settings->manifest != NULL)
		code = manifest_file_read(settings->manifest, &manifest);
	if (code == EXIT_ALLOWED && settings->explain.request != NULL)
		code = question_find_groups(&settings->question);
	if (code != EXIT_ALLOWED)
		return code;
	settings->explain.manifest = buffer_span(&manifest);
	explain_file(&offline, &settings->explain, file, &explanation);
	code = report(settings, &explanation);
	explanation_deinit(&explanation);
	return code;
}

static enum exit_code run_explain(const struct command *command, int argc,
				  char **argv)
{
	struct settings settings = { 0 };
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
	if (operands + 1 != argc)
		return command_misused(command,
				       "explain takes exactly one FILE.");
	if (!question_is_absent(&settings.question)) {
		if (!question_is_complete(&settings.question))
			return command_misused(command,
					       "a login has a service and a "
					       "user.");
		settings.explain.request = &settings.question.request;
	}
	code = explain(&settings, argv[operands]);
	question_deinit(&settings.question);
	return code;
}

const struct command command_explain = {
	.name = "explain",
	.operands = "FILE",
	.summary = "Say why a document is allowed or denied, and what would "
		   "help.",
	.help = "With --service and --user the rule of that login decides; "
		"without them every\n"
		"image and root of the policy counts, at level 2. FILE as for "
		"verify.\n"
		"Exit code: 0 it would be allowed, 1 denied, 2 wrong use, 3 it "
		"cannot be judged.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_explain,
};
