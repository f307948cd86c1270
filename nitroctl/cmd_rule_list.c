/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl rule list: the rules of a configuration on disk, in the order in which
 * they match.
 */
#include "config.h"

#include "nitroctl/command.h"
#include "nitroctl/offline_policy.h"
#include "nitroctl/output_json.h"
#include "nitroctl/question.h"
#include "nitroctl/rule_text.h"
#include "nitroctl/text.h"

struct list_settings {
	struct question question; /* of which --policy alone */
	bool json;
};

static void print_rules(const struct policy *policy)
{
	size_t count = policy_rule_count(policy);

	if (count == 0)
		puts("There is no rule: nobody can log in by a document.");
	for (size_t i = 0; i < count; i++) {
		rule_print_name(stdout, policy_rule(policy, i));
		putchar('\n');
		rule_print(stdout, "  ", policy_rule(policy, i));
	}
}

static json_t *json_rules(const struct policy *policy)
{
	json_t *rules = json_array();

	for (size_t i = 0; i < policy_rule_count(policy); i++)
		if (json_array_append_new(
			    rules, rule_json(policy_rule(policy, i))) < 0) {
			json_decref(rules);
			return NULL;
		}
	return json_pack("{s:o}", "rules", rules);
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
		print_rules(offline.policy);
	else if (!json_print_consume(stdout, json_rules(offline.policy)))
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
				       "rule list takes options only.");
	return list(&settings);
}

const struct command command_rule_list = {
	.name = "rule list",
	.operands = "",
	.summary = "List the rules in the order in which they match.",
	.help = "It reads the files, which the daemon may not have loaded "
		"yet.\n"
		"Exit code: 0 listed, 2 wrong use, 3 the policy cannot be "
		"used.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_list,
};
