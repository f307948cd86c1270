/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl verdict show: all that the daemon says about one live verdict.
 */
#include "config.h"

#include <inttypes.h>

#include "client/client.h"
#include "client/verdicts.h"
#include "nitroctl/command.h"
#include "nitroctl/output_json.h"
#include "nitroctl/text.h"
#include "nitroctl/verdict_output.h"

struct show_settings {
	bool json;
};

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct show_settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	{ "json", NULL, "one JSON object", set_json },
};

static void print_row(const char *name, const char *text)
{
	if (text[0] == '\0')
		return;
	printf("  %-11s ", name);
	print_safe_string(stdout, text);
	putchar('\n');
}

static void print_number(const char *name, uint64_t number)
{
	printf("  %-11s %" PRIu64 "\n", name, number);
}

static void print_times(const struct client_verdict *verdict)
{
	char issued[TIME_TEXT_SIZE], ends[TIME_TEXT_SIZE];
	char span[VERDICT_END_SIZE];

	format_seconds((int64_t)(verdict->issued_usec / USEC_PER_SEC), issued);
	print_row("issued", issued);
	verdict_end_text(verdict, span);
	if (verdict->ends_usec == 0) {
		print_row("ends", span);
		return;
	}
	format_seconds((int64_t)(verdict->ends_usec / USEC_PER_SEC), ends);
	printf("  %-11s %s (%s)\n", "ends", ends, span);
}

static void print_document(const struct client_verdict *verdict)
{
	if (verdict->document_size == 0) {
		print_row("document", "none: allowed on trial");
		return;
	}
	printf("  %-11s SHA-256 ", "document");
	print_hex(stdout, span_of(verdict->document, verdict->document_size));
	putchar('\n');
}

static void print_verdict(const struct client_verdict *verdict)
{
	const struct {
		const char *name;
		const char *text;
	} rows[] = {
		{ "user", verdict->user },
		{ "service", verdict->service },
		{ "state", verdict->state },
		{ "session", verdict->session },
		{ "from", verdict->remote_host },
		{ "tty", verdict->tty },
		{ "rule", verdict->rule },
		{ "image", verdict->image },
		{ "release", verdict->release },
		{ "module id", verdict->module_id },
		{ "root", verdict->root },
		{ "bound by", verdict->bindings },
		{ "on revoke", verdict->on_revoke },
	};

	printf("%s\n", verdict->id);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		print_row(rows[i].name, rows[i].text);
	print_number("level", verdict->level);
	if (verdict->audit_session != UINT32_MAX)
		print_number("audit id", verdict->audit_session);
	if (verdict->audited)
		print_row("AUDIT", "enforcing would have denied");
	print_times(verdict);
	print_document(verdict);
	print_number("generation", verdict->policy_generation);
	print_row("digest", verdict->policy_digest);
}

static enum exit_code show(const struct show_settings *settings, const char *id)
{
	struct client_verdict verdict;
	struct answer answer;

	if (!client_get_verdict(id, CLIENT_TIMEOUT_DEFAULT_USEC, &verdict,
				&answer))
		return verdict_complain(id, &answer);
	if (!settings->json) {
		print_verdict(&verdict);
		return EXIT_ALLOWED;
	}
	return json_print_consume(stdout, json_live_verdict(&verdict))
		       ? EXIT_ALLOWED
		       : EXIT_NOT_JUDGED;
}

static enum exit_code run_verdict_show(const struct command *command, int argc,
				       char **argv)
{
	struct show_settings settings = { .json = false };
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
				       "verdict show takes one VERDICT.");
	return show(&settings, argv[operands]);
}

const struct command command_verdict_show = {
	.name = "verdict show",
	.operands = "VERDICT",
	.summary = "Show a live verdict.",
	.help = "Exit code: 0 shown, 1 no such verdict lives, 2 wrong use, 3 "
		"the daemon does\nnot answer.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_verdict_show,
};
