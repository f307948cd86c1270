/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl image list: what the configuration on disk allows, whether or not the
 * daemon has read it yet.
 */
#include "config.h"

#include <inttypes.h>
#include <time.h>

#include "nitroctl/command.h"
#include "nitroctl/configuration.h"
#include "nitroctl/output_json.h"
#include "nitroctl/text.h"

struct list_settings {
	const char *config_dir;
	const char *vendor_dir;
	bool json;
};

static bool set_config_dir(void *settings, const char *argument)
{
	((struct list_settings *)settings)->config_dir = argument;
	return true;
}

static bool set_vendor_dir(void *settings, const char *argument)
{
	((struct list_settings *)settings)->vendor_dir = argument;
	return true;
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct list_settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	{ "config-dir", "DIR", "list DIR instead of " NITRO_CONFIG_DIR,
	  set_config_dir },
	{ "vendor-dir", "DIR",
	  "with --config-dir: the vendor's files are in DIR", set_vendor_dir },
	{ "json", NULL, "one JSON array", set_json },
};

/* Where an end of a release's time may be open. */
static void print_time(int64_t ms)
{
	char text[TIME_TEXT_SIZE] = "-";

	if (ms != INT64_MIN && ms != INT64_MAX)
		time_format(ms, text);
	printf("%-24s ", text);
}

static void print_release(const struct policy_release_info *release,
			  int64_t now_ms)
{
	printf("  %-20s %-9s %-4s ", release->name,
	       release_state_name(release->state),
	       release_in_force(release, now_ms) ? "yes" : "no");
	print_time(release->not_before_ms);
	print_time(release->not_after_ms);
	print_safe_string(stdout, release->file);
	printf(":%u\n", release->line);
}

static void print_image(const struct policy *policy, size_t index,
			int64_t now_ms)
{
	size_t count = policy_image_release_count(policy, index);
	struct policy_image_info image;

	policy_image_info(policy, index, &image);
	printf("%s (%s) ", image.name, evidence_kind_name(image.kind));
	print_safe_string(stdout, image.description);
	fputs("\n  ", stdout);
	print_safe_string(stdout, image.file);
	printf(":%u\n", image.line);
	if (count > 0)
		printf("  %-20s %-9s %-4s %-24s %-24s %s\n", "RELEASE", "STATE",
		       "NOW", "FROM", "UNTIL", "WHERE");
	for (size_t i = 0; i < count; i++) {
		struct policy_release_info release;

		policy_release_info(policy, index, i, &release);
		print_release(&release, now_ms);
	}
}

static json_t *json_end(int64_t ms)
{
	return ms == INT64_MIN || ms == INT64_MAX ? json_null()
						  : json_time_ms(ms);
}

static json_t *json_release(const struct policy_release_info *release,
			    int64_t now_ms)
{
	return json_pack("{s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:I}", "release",
			 release->name, "state",
			 release_state_name(release->state), "in_force",
			 release_in_force(release, now_ms), "not_before",
			 json_end(release->not_before_ms), "not_after",
			 json_end(release->not_after_ms), "pcrs",
			 json_pcrs(release->pcrs), "file",
			 json_text(span_of_text(release->file)), "line",
			 (json_int_t)release->line);
}

static json_t *json_image(const struct policy *policy, size_t index,
			  int64_t now_ms)
{
	json_t *releases = json_array();
	struct policy_image_info image;

	for (size_t i = 0; i < policy_image_release_count(policy, index); i++) {
		struct policy_release_info release;

		policy_release_info(policy, index, i, &release);
		if (json_array_append_new(releases,
					  json_release(&release, now_ms)) < 0) {
			json_decref(releases);
			return NULL;
		}
	}
	policy_image_info(policy, index, &image);
	return json_pack("{s:s, s:s, s:o, s:o, s:I, s:o}", "image", image.name,
			 "kind", evidence_kind_name(image.kind), "description",
			 json_text(span_of_text(image.description)), "file",
			 json_text(span_of_text(image.file)), "line",
			 (json_int_t)image.line, "releases", releases);
}

static json_t *json_images(const struct policy *policy, int64_t now_ms)
{
	json_t *array = json_array();

	for (size_t i = 0; i < policy_image_count(policy); i++)
		if (json_array_append_new(array,
					  json_image(policy, i, now_ms)) < 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

static enum exit_code list(const struct list_settings *settings)
{
	_cleanup_(diagnostics_freep) struct diagnostics *diagnostics =
		diagnostics_new();
	_cleanup_(config_freep) struct config *config = NULL;
	const struct config_layers layers = config_layers_choose(
		settings->config_dir, settings->vendor_dir);
	const int64_t now_ms = (int64_t)time(NULL) * MSEC_PER_SEC;

	if (diagnostics == NULL) {
		complain("memory is exhausted.");
		return EXIT_NOT_JUDGED;
	}
	if (!configuration_load(&layers, &config, diagnostics))
		return EXIT_DENIED;
	if (settings->json)
		return json_print_consume(stdout,
					  json_images(config->policy, now_ms))
			       ? EXIT_ALLOWED
			       : EXIT_NOT_JUDGED;
	for (size_t i = 0; i < policy_image_count(config->policy); i++)
		print_image(config->policy, i, now_ms);
	return EXIT_ALLOWED;
}

static enum exit_code run_image_list(const struct command *command, int argc,
				     char **argv)
{
	struct list_settings settings = { 0 };
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
		return command_misused(command, "image list takes no NAME.");
	return list(&settings);
}

const struct command command_image_list = {
	.name = "image list",
	.operands = "",
	.summary = "List images and releases of the configuration.",
	.help = "Exit code: 0 listed, 1 the configuration has errors, 2 wrong "
		"use.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_image_list,
};
