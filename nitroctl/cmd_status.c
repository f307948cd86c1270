/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl status: what the daemon says about itself and its policy. It asks, and
 * neither guesses nor reads the daemon's files.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "client/client.h"
#include "client/status.h"
#include "client/verdicts.h"
#include "dbus/nitro_bus.h"
#include "nitroctl/command.h"
#include "nitroctl/output_json.h"
#include "nitroctl/text.h"

struct status_settings {
	bool json;
};

static void print_lines(const char *title,
			const struct client_status_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		printf("  %-11s ", i == 0 ? title : "");
		print_safe_string(stdout, list->entries[i].name);
		putchar('\n');
	}
}

static void print_roots(const struct client_status_list *roots)
{
	for (size_t i = 0; i < roots->count; i++) {
		printf("  %-11s ", i == 0 ? "roots" : "");
		print_safe_string(stdout, roots->entries[i].name);
		fputs(" (SHA-256 ", stdout);
		print_safe_string(stdout, roots->entries[i].detail);
		fputs(")\n", stdout);
	}
}

static void print_images(const struct client_status_list *images)
{
	if (images->count == 0)
		puts("  images      none: no document can reach level 2");
	for (size_t i = 0; i < images->count; i++) {
		unsigned count = images->entries[i].count;

		printf("  %-11s ", i == 0 ? "images" : "");
		print_safe_string(stdout, images->entries[i].name);
		printf(" (%u release%s)\n", count, count == 1 ? "" : "s");
	}
}

/* Until when an image has something in force; microseconds since 1970. */
static void format_end(const struct client_status_entry *image,
		       char ret_text[static TIME_TEXT_SIZE])
{
	format_seconds((int64_t)(image->value / USEC_PER_SEC), ret_text);
}

static void print_expiring(const struct client_status_list *images)
{
	struct text_style style = text_style_of(stdout);
	char end[TIME_TEXT_SIZE];

	for (size_t i = 0; i < images->count; i++) {
		format_end(&images->entries[i], end);
		printf("  %-11s ", i == 0 ? "EXPIRING" : "");
		print_colour(stdout, style, TEXT_YELLOW);
		print_safe_string(stdout, images->entries[i].name);
		fputs(": its last release '", stdout);
		print_safe_string(stdout, images->entries[i].detail);
		printf("' ends %s", end);
		print_colour(stdout, style, TEXT_COLOUR_END);
		putchar('\n');
	}
}

static void print_statistics(const struct client_status_list *statistics)
{
	for (size_t i = 0; i < statistics->count; i++) {
		printf("  %-11s ", i == 0 ? "since start" : "");
		print_safe_string(stdout, statistics->entries[i].name);
		printf(" %" PRIu64 "\n", statistics->entries[i].value);
	}
}

/* How many verdicts live, and how many of them have a session. */
struct live_count {
	bool is_known;
	size_t all;
	size_t attached;
};

static void count_verdicts(struct live_count *ret_count)
{
	_cleanup_(client_verdicts_freep) struct client_verdicts verdicts = {
		NULL, 0
	};
	struct answer answer;

	*ret_count = (struct live_count){ .is_known = false };
	if (!client_list_verdicts(CLIENT_TIMEOUT_DEFAULT_USEC, &verdicts,
				  &answer))
		return;
	ret_count->is_known = true;
	ret_count->all = verdicts.count;
	for (size_t i = 0; i < verdicts.count; i++)
		if (strcmp(verdicts.items[i].state, NITRO_STATE_ATTACHED) == 0)
			ret_count->attached++;
}

static void print_count(const struct live_count *count, unsigned unjudged)
{
	if (count->is_known)
		printf("  %-11s %zu live, %zu with a session\n", "verdicts",
		       count->all, count->attached);
	else
		printf("  %-11s not known\n", "verdicts");
	if (unjudged > 0)
		printf("  %-11s %u of before the start are still to be judged "
		       "again\n",
		       "", unjudged);
}

static void print_status(const struct client_status *status,
			 const struct live_count *count)
{
	struct text_style style = text_style_of(stdout);

	fputs("nitro-policyd ", stdout);
	print_safe_string(stdout, status->version);
	printf("\n  %-11s generation %" PRIu64 ", digest ", "policy",
	       status->generation);
	print_safe_string(stdout, status->digest);
	putchar('\n');
	if (status->rules == 0)
		puts("  rules       none: nobody can log in by a document");
	else
		printf("  %-11s %u\n", "rules", status->rules);
	print_roots(&status->roots);
	print_images(&status->images);
	print_expiring(&status->expiring);
	print_lines("warnings", &status->warnings);
	print_count(count, status->unjudged);
	print_statistics(&status->statistics);
	if (status->errors.count == 0)
		return;
	print_colour(stdout, style, TEXT_RED);
	fputs("THE LAST RELOAD FAILED", stdout);
	print_colour(stdout, style, TEXT_COLOUR_END);
	puts("; the policy above is the one before it and stays in force.");
	print_lines("errors", &status->errors);
}

/* One entry of each list of the status. */
static json_t *json_line(const struct client_status_entry *entry)
{
	return json_text(span_of_text(entry->name));
}

static json_t *json_root(const struct client_status_entry *entry)
{
	return json_pack("{s:o, s:o}", "label", json_line(entry), "sha256",
			 json_text(span_of_text(entry->detail)));
}

static json_t *json_image(const struct client_status_entry *entry)
{
	return json_pack("{s:o, s:I}", "name", json_line(entry), "releases",
			 (json_int_t)entry->count);
}

static json_t *json_expiring(const struct client_status_entry *image)
{
	char end[TIME_TEXT_SIZE];

	format_end(image, end);
	return json_pack("{s:o, s:o, s:s}", "image", json_line(image),
			 "release", json_text(span_of_text(image->detail)),
			 "ends", end);
}

/* {"allowed": 5, ...} */
static json_t *json_statistics(const struct client_status_list *statistics)
{
	json_t *object = json_object();

	for (size_t i = 0; i < statistics->count; i++)
		if (json_object_set_new(
			    object, statistics->entries[i].name,
			    json_integer(
				    (json_int_t)statistics->entries[i].value)) <
		    0) {
			json_decref(object);
			return NULL;
		}
	return object;
}

static json_t *json_list(const struct client_status_list *list,
			 json_t *(*convert)(const struct client_status_entry *))
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		if (json_array_append_new(array, convert(&list->entries[i])) <
		    0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

static json_t *json_count(const struct live_count *count, unsigned unjudged)
{
	if (!count->is_known)
		return json_null();
	return json_pack("{s:I, s:I, s:I}", "live", (json_int_t)count->all,
			 "attached", (json_int_t)count->attached, "unjudged",
			 (json_int_t)unjudged);
}

static json_t *json_status(const struct client_status *status,
			   const struct live_count *count)
{
	return json_pack(
		"{s:b, s:o, s:I, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"available", 1, "version",
		json_text(span_of_text(status->version)), "policy_generation",
		(json_int_t)status->generation, "policy_digest",
		json_text(span_of_text(status->digest)), "rules",
		(json_int_t)status->rules, "roots",
		json_list(&status->roots, json_root), "images",
		json_list(&status->images, json_image), "warnings",
		json_list(&status->warnings, json_line), "errors",
		json_list(&status->errors, json_line), "expiring",
		json_list(&status->expiring, json_expiring), "statistics",
		json_statistics(&status->statistics), "verdicts",
		json_count(count, status->unjudged));
}

static enum exit_code report_absence(const struct status_settings *settings,
				     const struct answer *answer)
{
	json_t *object;

	if (!settings->json) {
		complain("%s", answer->message);
		if (answer->hint[0] != '\0')
			complain("hint: %s", answer->hint);
		return EXIT_NOT_JUDGED;
	}
	object = json_pack("{s:b, s:s, s:s, s:s}", "available", 0, "reason",
			   answer->reason, "message", answer->message, "hint",
			   answer->hint);
	json_print_consume(stdout, object);
	return EXIT_NOT_JUDGED;
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct status_settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	{ "json", NULL, "one JSON object", set_json },
};

static enum exit_code run_status(const struct command *command, int argc,
				 char **argv)
{
	_cleanup_(client_status_freep) struct client_status *status = NULL;
	struct status_settings settings = { 0 };
	struct live_count count;
	struct answer answer;
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
		return command_misused(command, "status takes no FILE.");
	if (!client_get_status(CLIENT_TIMEOUT_DEFAULT_USEC, &status, &answer))
		return report_absence(&settings, &answer);
	count_verdicts(&count);
	if (!settings.json)
		print_status(status, &count);
	else if (!json_print_consume(stdout, json_status(status, &count)))
		return EXIT_NOT_JUDGED;
	return status->errors.count > 0 ? EXIT_DENIED : EXIT_ALLOWED;
}

const struct command command_status = {
	.name = "status",
	.operands = "",
	.summary = "Ask the daemon for its version and policy.",
	.help = "Exit code: 0 all is well, 1 the last reload failed, 2 wrong "
		"use, 3 the daemon\ndoes not answer.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_status,
};
