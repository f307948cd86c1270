/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl verdict list: who is in by attestation now.
 */
#include "config.h"

#include <string.h>

#include "client/client.h"
#include "client/verdicts.h"
#include "nitroctl/command.h"
#include "nitroctl/output_json.h"
#include "nitroctl/text.h"
#include "nitroctl/verdict_output.h"

struct list_settings {
	const char *user; /* NULL: any; and so below */
	const char *service;
	const char *session;
	bool json;
};

static bool set_user(void *settings, const char *argument)
{
	((struct list_settings *)settings)->user = argument;
	return true;
}

static bool set_service(void *settings, const char *argument)
{
	((struct list_settings *)settings)->service = argument;
	return true;
}

static bool set_session(void *settings, const char *argument)
{
	((struct list_settings *)settings)->session = argument;
	return true;
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct list_settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	{ "user", "USER", "only those of USER", set_user },
	{ "service", "SERVICE", "only those for SERVICE", set_service },
	{ "session", "SESSION", "only those of this session of logind",
	  set_session },
	{ "json", NULL, "one JSON array", set_json },
};

static bool is_wanted(const struct list_settings *settings,
		      const struct client_verdict *verdict)
{
	const struct {
		const char *wanted;
		const char *text;
	} filters[] = {
		{ settings->user, verdict->user },
		{ settings->service, verdict->service },
		{ settings->session, verdict->session },
	};

	for (size_t i = 0; i < ARRAY_SIZE(filters); i++)
		if (filters[i].wanted != NULL &&
		    strcmp(filters[i].wanted, filters[i].text) != 0)
			return false;
	return true;
}

static void print_text_or_dash(const char *text)
{
	putchar(' ');
	print_safe_string(stdout, text[0] == '\0' ? "-" : text);
}

/* ID USER SERVICE LEVEL IMAGE/RELEASE STATE SESSION ENDS */
static void print_verdict(const struct client_verdict *verdict)
{
	char end[VERDICT_END_SIZE];

	verdict_end_text(verdict, end);
	fputs(verdict->id, stdout);
	print_text_or_dash(verdict->user);
	print_text_or_dash(verdict->service);
	printf(" level %u", verdict->level);
	print_text_or_dash(verdict->image);
	if (verdict->release[0] != '\0') {
		putchar('/');
		print_safe_string(stdout, verdict->release);
	}
	print_text_or_dash(verdict->state);
	print_text_or_dash(verdict->session);
	printf(" ends %s%s\n", end, verdict->audited ? " AUDIT" : "");
}

static json_t *json_verdicts(const struct list_settings *settings,
			     const struct client_verdicts *verdicts)
{
	json_t *array = json_array();

	for (size_t i = 0; i < verdicts->count; i++)
		if (is_wanted(settings, &verdicts->items[i]) &&
		    json_array_append_new(
			    array, json_live_verdict(&verdicts->items[i])) <
			    0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

static enum exit_code list(const struct list_settings *settings)
{
	_cleanup_(client_verdicts_freep) struct client_verdicts verdicts = {
		NULL, 0
	};
	struct answer answer;

	if (!client_list_verdicts(CLIENT_TIMEOUT_DEFAULT_USEC, &verdicts,
				  &answer))
		return verdict_complain(NULL, &answer);
	if (settings->json)
		return json_print_consume(stdout,
					  json_verdicts(settings, &verdicts))
			       ? EXIT_ALLOWED
			       : EXIT_NOT_JUDGED;
	for (size_t i = 0; i < verdicts.count; i++)
		if (is_wanted(settings, &verdicts.items[i]))
			print_verdict(&verdicts.items[i]);
	return EXIT_ALLOWED;
}

static enum exit_code run_verdict_list(const struct command *command, int argc,
				       char **argv)
{
	struct list_settings settings = { .json = false };
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
		return command_misused(command, "verdict list takes options "
						"only.");
	return list(&settings);
}

const struct command command_verdict_list = {
	.name = "verdict list",
	.operands = "",
	.summary = "List the verdicts that live: who is in by now.",
	.help = "Each line: id, user, service, level, image/release, state, "
		"session, end.\n"
		"AUDIT was allowed by a rule that only audits.\n"
		"Exit code: 0 listed, 2 wrong use, 3 the daemon does not "
		"answer.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_verdict_list,
};
