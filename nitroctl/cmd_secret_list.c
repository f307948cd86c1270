/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl secret list: the secrets of a configuration on disk, and what a document
 * must show for each. Never opens a secret itself.
 */
#include "config.h"

#include "nitroctl/output_json.h"
#include "nitroctl/policy_list.h"
#include "nitroctl/text.h"
#include "policy/binding.h"
#include "policy/secret.h"

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

static json_t *json_secret(const struct policy *policy, size_t index)
{
	const struct secret *secret = policy_secret(policy, index);
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
	return policy_list_json(policy, "secrets", policy_secret_count(policy),
				json_secret);
}

static enum exit_code run_list(const struct command *command, int argc,
			       char **argv)
{
	static const struct policy_list list = { print_secrets, json_secrets };

	return policy_list_run(command, argc, argv, &list);
}

const struct command command_secret_list = {
	.name = "secret list",
	.operands = "",
	.summary = "List the secrets and whom they are released to.",
	.help = "It reads the files, which the daemon may not have loaded "
		"yet.\n"
		"Exit code: 0 listed, 2 wrong use, 3 the policy cannot be "
		"used.\n",
	.options = policy_list_options,
	.option_count = POLICY_LIST_OPTION_COUNT,
	.run = run_list,
};
