/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl rule list: the rules of a configuration on disk, in the order in which
 * they match.
 */
#include "config.h"

#include "nitroctl/policy_list.h"
#include "nitroctl/rule_text.h"

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

static json_t *json_rule(const struct policy *policy, size_t index)
{
	return rule_json(policy_rule(policy, index));
}

static json_t *json_rules(const struct policy *policy)
{
	return policy_list_json(policy, "rules", policy_rule_count(policy),
				json_rule);
}

static enum exit_code run_list(const struct command *command, int argc,
			       char **argv)
{
	static const struct policy_list list = { print_rules, json_rules };

	return policy_list_run(command, argc, argv, &list);
}

const struct command command_rule_list = {
	.name = "rule list",
	.operands = "",
	.summary = "List the rules in the order in which they match.",
	.help = "It reads the files, which the daemon may not have loaded "
		"yet.\n"
		"Exit code: 0 listed, 2 wrong use, 3 the policy cannot be "
		"used.\n",
	.options = policy_list_options,
	.option_count = POLICY_LIST_OPTION_COUNT,
	.run = run_list,
};
