/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl secret list: the secrets of a configuration on disk, and what a document
 * must show for each. Never opens a secret itself.
 */
#include "config.h"

#include "nitroctl/command.h"
#include "nitroctl/offline_policy.h"
#include "nitroctl/output_json.h"
#include "nitroctl/question.h"
#include "nitroctl/text.h"
#include "policy/binding.h"
#include "policy/secret.h"

struct list_settings {
	struct question question; /* of which --policy alone */
	bool json;
};

static const char *source_name(const struct secret *secret)
{
	return secret_source(secret) == SECRET_FILE ? "file" : "credential";
}

static void print_words(const char *name, const char *const *words,
			size_t count)
{
	printf("  %-8s", name);
	for (size_t i = 0; i < count; i++)
		printf("%s %s", i > 0 ? "," : "", words[i]);
	putchar('\n');
}

static void print_secret(const struct secret *secret)
{
	const struct rule *rule = secret_rule(secret);
	const struct requirements *requirements = rule_requirements(rule);
	char bindings[BINDINGS_TEXT_SIZE];
	char age[SPAN_TEXT_SIZE];

	bindings_text(requirements->bindings, bindings);
	format_span(rule_max_age_ms(rule), age);
	printf("%s\n  %-8s %s ", secret_name(secret), "source",
	       source_name(secret));
	print_safe_string(stdout, secret_location(secret));
	putchar('\n');
	print_words("image", requirements->images, requirements->image_count);
	printf("  %-8s %u\n", "level", requirements->level);
	print_words("roots", requirements->roots, requirements->root_count);
	printf("  %-8s %s\n", "bind", bindings);
	printf("  %-8s %s\n", "max_age", age);
}

static void print_secrets(const struct policy *policy)
{
	size_t count = policy_secret_count(policy);

	if (count == 0)
		puts("There is no secret.");
	for (size_t i = 0; i < count; i++)
		print_secret(policy_secret(policy, i));
}

static json_t *json_bindings(unsigned bindings)
{
	const char *names[BINDING_COUNT];
	size_t count = 0;

	for (unsigned i = 0; i < BINDING_COUNT; i++)
		if ((bindings & 1u << i) != 0)
			names[count++] = binding_name(i);
	return json_words(names, count);
}

static json_t *json_secret(const struct secret *secret)
{
	const struct rule *rule = secret_rule(secret);
	const struct requirements *requirements = rule_requirements(rule);

	return json_pack(
		"{s:s, s:s, s:o, s:o, s:i, s:o, s:o, s:I}", "name",
		secret_name(secret), "source", source_name(secret), "location",
		json_text(span_of_text(secret_location(secret))), "images",
		json_words(requirements->images, requirements->image_count),
		"level", (int)requirements->level, "roots",
		json_words(requirements->roots, requirements->root_count),
		"bind", json_bindings(requirements->bindings), "max_age_ms",
		(json_int_t)rule_max_age_ms(rule));
}

static json_t *json_secrets(const struct policy *policy)
{
	json_t *secrets = json_array();

	for (size_t i = 0; i < policy_secret_count(policy); i++)
		if (json_array_append_new(secrets, json_secret(policy_secret(
							   policy, i))) < 0) {
			json_decref(secrets);
			return NULL;
		}
	return json_pack("{s:o}", "secrets", secrets);
}

static enum exit_code list(const struct list_settings *settings)
{
	const struct config_layers layers =
		config_layers_choose(settings->question.policy_dir, NULL);
	_cleanup_(offline_policy_freep) struct offline_policy offline =
		OFFLINE_POLICY_NONE;
	enum exit_code code = offline_policy_load(&layers, &offline);

	if (code != EXIT_ALLOWED)
		return code;
	if (!settings->json)
		print_secrets(offline.policy);
	else if (!json_print_consume(stdout, json_secrets(offline.policy)))
		return EXIT_NOT_JUDGED;
	return EXIT_ALLOWED;
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct list_settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	QUESTION_POLICY_OPTION,
	{ "json", NULL, "one JSON object", set_json },
};

static enum exit_code run_list(const struct command *command, int argc,
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
		return command_misused(command,
				       "secret list takes options only.");
	return list(&settings);
}

const struct command command_secret_list = {
	.name = "secret list",
	.operands = "",
	.summary = "List the secrets and whom they are released to.",
	.help = "It reads the files, which the daemon may not have loaded "
		"yet.\n"
		"Exit code: 0 listed, 2 wrong use, 3 the policy cannot be "
		"used.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_list,
};
