/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl check: would the daemon take this configuration, and would it take
 * something away? Reads only; fit for ExecStartPre and configuration management.
 */
#include "config.h"

#include <string.h>
#include <time.h>

#include "base/hex.h"
#include "base/time_units.h"
#include "client/admin.h"
#include "client/verdicts.h"
#include "nitroctl/command.h"
#include "nitroctl/configuration.h"
#include "nitroctl/live_loss.h"
#include "nitroctl/output_json.h"
#include "nitroctl/text.h"
#include "policy/compare.h"

#define DESCRIBE_TIMEOUT_USEC (30 * USEC_PER_SEC)

struct check_settings {
	const char *vendor_dir;
	bool against_running;
	bool json;
};

/* All that was found out, for either kind of output. */
struct check {
	struct config_layers layers;
	struct diagnostics *diagnostics;
	struct config *config; /* NULL: it has errors */
	struct client_policy *running;
	struct policy_description was; /* a view of `running` */
	struct policy_description description;
	struct policy_differences differences;
	struct client_verdicts verdicts; /* that live now */
	struct live_losses live_losses;
	struct answer answer; /* why there is no `running` */
	bool is_compared;
};

static bool set_vendor_dir(void *settings, const char *argument)
{
	((struct check_settings *)settings)->vendor_dir = argument;
	return true;
}

static bool set_against_running(void *settings, const char *argument _unused_)
{
	((struct check_settings *)settings)->against_running = true;
	return true;
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct check_settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	{ "against-running", NULL,
	  "compare with the policy that the daemon has in force",
	  set_against_running },
	{ "vendor-dir", "DIR", "with DIR: the vendor's files are in this one",
	  set_vendor_dir },
	{ "json", NULL, "one JSON object", set_json },
};

static void check_deinit(struct check *check)
{
	diagnostics_free(check->diagnostics);
	config_free(check->config);
	free(check->was.items);
	client_policy_free(check->running);
	policy_description_free(check->description);
	policy_differences_free(check->differences);
	live_losses_free(check->live_losses);
	client_verdicts_free(check->verdicts);
}

static size_t count_releases(const struct policy *policy)
{
	size_t count = 0;

	for (size_t i = 0; i < policy_image_count(policy); i++)
		count += policy_image_release_count(policy, i);
	return count;
}

static size_t count_losses(const struct policy_differences *differences)
{
	size_t count = 0;

	for (size_t i = 0; i < differences->count; i++)
		if (differences->items[i].loss != NULL)
			count++;
	return count;
}

static void print_diagnostics(const struct diagnostics *diagnostics)
{
	for (size_t i = 0; i < diagnostics_count(diagnostics); i++) {
		const struct diagnostic *diagnostic =
			diagnostics_get(diagnostics, i);
		_cleanup_free_ char *text = diagnostic_text(diagnostic);

		printf("%s: ", diagnostic->severity == DIAGNOSTIC_ERROR
				       ? "error"
				       : "warning");
		print_safe_string(stdout,
				  text == NULL ? "memory is exhausted." : text);
		putchar('\n');
	}
}

static void print_differences(const struct policy_differences *differences)
{
	for (size_t i = 0; i < differences->count; i++) {
		const struct policy_difference *difference =
			&differences->items[i];

		printf("%-7s ", policy_change_name(difference->change));
		print_safe_string(stdout, difference->item->name);
		if (difference->loss != NULL)
			printf(" LOST: %s", difference->loss);
		putchar('\n');
	}
	if (differences->count == 0)
		puts("Nothing would change against the running policy.");
	else
		printf("%zu differences to the running policy, %zu of what is "
		       "in force would be lost.\n",
		       differences->count, count_losses(differences));
}

/* Who is in by now and would not stay. */
static void print_live_losses(const struct check *check)
{
	for (size_t i = 0; i < check->live_losses.count; i++) {
		const struct live_loss *loss = &check->live_losses.items[i];

		printf("ends    %s of ", loss->verdict->id);
		print_safe_string(stdout, loss->verdict->user);
		fputs(" for ", stdout);
		print_safe_string(stdout, loss->verdict->service);
		printf(": %s\n", loss->why);
	}
	if (check->verdicts.count > 0)
		printf("%zu of %zu live verdicts would end.\n",
		       check->live_losses.count, check->verdicts.count);
}

static void print_check(const struct check *check)
{
	const struct policy *policy;

	print_diagnostics(check->diagnostics);
	print_safe_string(stdout, check->layers.config_dir);
	printf(": %zu errors, %zu warnings",
	       diagnostics_errors(check->diagnostics),
	       diagnostics_warnings(check->diagnostics));
	if (check->config != NULL) {
		policy = check->config->policy;
		printf("; %zu images, %zu releases, %zu rules, %zu roots",
		       policy_image_count(policy), count_releases(policy),
		       policy_rule_count(policy),
		       anchors_count(check->config->anchors));
	}
	putchar('\n');
	if (!check->is_compared)
		return;
	print_differences(&check->differences);
	print_live_losses(check);
}

static json_t *json_summary(const struct check *check)
{
	const struct policy *policy;

	if (check->config == NULL)
		return json_null();
	policy = check->config->policy;
	return json_pack("{s:I, s:I, s:I, s:I, s:o}", "images",
			 (json_int_t)policy_image_count(policy), "releases",
			 (json_int_t)count_releases(policy), "rules",
			 (json_int_t)policy_rule_count(policy), "roots",
			 (json_int_t)anchors_count(check->config->anchors),
			 "digest",
			 json_hex(span_of(check->config->digest,
					  sizeof(check->config->digest))));
}

static json_t *json_differences(const struct check *check)
{
	json_t *array;

	if (!check->is_compared)
		return json_null();
	array = json_array();
	for (size_t i = 0; i < check->differences.count; i++) {
		const struct policy_difference *difference =
			&check->differences.items[i];

		if (json_array_append_new(
			    array,
			    json_pack("{s:s, s:o, s:b, s:s?}", "change",
				      policy_change_name(difference->change),
				      "name",
				      json_text(span_of_text(
					      difference->item->name)),
				      "lost", difference->loss != NULL, "why",
				      difference->loss)) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *json_live_losses(const struct check *check)
{
	json_t *array;

	if (!check->is_compared)
		return json_null();
	array = json_array();
	for (size_t i = 0; i < check->live_losses.count; i++) {
		const struct live_loss *loss = &check->live_losses.items[i];

		if (json_array_append_new(
			    array, json_pack("{s:s, s:s, s:s, s:o, s:s}", "id",
					     loss->verdict->id, "user",
					     loss->verdict->user, "service",
					     loss->verdict->service, "session",
					     json_string_or_null(
						     loss->verdict->session),
					     "why", loss->why)) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *json_check(const struct check *check)
{
	return json_pack(
		"{s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "valid",
		check->config != NULL, "directory",
		json_text(span_of_text(check->layers.config_dir)), "errors",
		json_diagnostics(check->diagnostics, DIAGNOSTIC_ERROR),
		"warnings",
		json_diagnostics(check->diagnostics, DIAGNOSTIC_WARNING),
		"configuration", json_summary(check), "differences",
		json_differences(check), "verdicts_lost",
		json_live_losses(check));
}

static bool no_memory(void)
{
	complain("memory is exhausted.");
	return false;
}

static bool load(struct check *check)
{
	enum policy_error error;

	check->diagnostics = diagnostics_new();
	if (check->diagnostics == NULL)
		return no_memory();
	error = config_load(&check->layers, &check->config, check->diagnostics);
	return error != POLICY_E_NO_MEMORY || no_memory();
}

/* The running policy as the daemon described it, seen as the description that it
 * was. Borrowed. */
static bool view_running(const struct client_policy *running,
			 struct policy_description *ret_view)
{
	ret_view->items =
		calloc(running->part_count + 1, sizeof(*ret_view->items));
	if (ret_view->items == NULL)
		return false;
	ret_view->count = running->part_count;
	for (size_t i = 0; i < running->part_count; i++)
		ret_view->items[i] = (struct policy_item){
			.name = running->parts[i].name,
			.text = running->parts[i].text,
		};
	return true;
}

static bool ask_daemon(struct check *check)
{
	if (client_describe_policy(DESCRIBE_TIMEOUT_USEC, &check->running,
				   &check->answer) &&
	    client_list_verdicts(DESCRIBE_TIMEOUT_USEC, &check->verdicts,
				 &check->answer))
		return true;
	complain("%s", check->answer.message);
	if (check->answer.hint[0] != '\0')
		complain("hint: %s", check->answer.hint);
	return false;
}

static bool compare(struct check *check)
{
	struct live_future future = {
		.differences = &check->differences,
		.policy = check->config->policy,
		.now_ms = (int64_t)time(NULL) * MSEC_PER_SEC,
	};

	if (!ask_daemon(check))
		return false;
	if (!view_running(check->running, &check->was) ||
	    policy_describe(check->config->policy, &check->description) !=
		    POLICY_OK ||
	    policy_compare(&check->was, &check->description, future.now_ms,
			   &check->differences) != POLICY_OK)
		return no_memory();
	if (!live_losses_find(&future, &check->verdicts, &check->live_losses))
		return false;
	check->is_compared = true;
	return true;
}

/* Errors come first: a daemon that is away does not hide them. */
static enum exit_code carry_out(const struct check_settings *settings,
				struct check *check)
{
	enum exit_code code = EXIT_ALLOWED;

	if (!load(check))
		return EXIT_NOT_JUDGED;
	if (check->config == NULL)
		code = EXIT_DENIED;
	else if (settings->against_running && !compare(check))
		code = EXIT_NOT_JUDGED;
	else if (count_losses(&check->differences) > 0 ||
		 check->live_losses.count > 0)
		code = EXIT_DENIED;
	if (!settings->json)
		print_check(check);
	else if (!json_print_consume(stdout, json_check(check)))
		code = EXIT_NOT_JUDGED;
	return code;
}

static enum exit_code run_check(const struct command *command, int argc,
				char **argv)
{
	_cleanup_(check_deinit) struct check check = { 0 };
	struct check_settings settings = { 0 };
	int operands;

	switch (command_parse(command, argc, argv, &settings, &operands)) {
	case COMMAND_HELPED:
		return EXIT_ALLOWED;
	case COMMAND_USAGE:
		return EXIT_USAGE;
	case COMMAND_GO_ON:
		break;
	}
	if (operands + 1 < argc)
		return command_misused(command, "check takes one DIR.");
	check.layers = config_layers_choose(
		operands < argc ? argv[operands] : NULL, settings.vendor_dir);
	return carry_out(&settings, &check);
}

const struct command command_check = {
	.name = "check",
	.operands = "[DIR]",
	.summary = "Check the configuration, and what it would change.",
	.help = "DIR is laid out as " NITRO_CONFIG_DIR
		", which is the default.\n"
		"Exit code: 0 valid and nothing lost, 1 errors, or something "
		"in force would be\ndenied, 2 wrong use, 3 the daemon does not "
		"answer.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_check,
};
