/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl rule test: which rule a login would meet, and what it would have to
 * show. No document takes part.
 */
#include "config.h"

#include "nitroctl/command.h"
#include "nitroctl/offline_policy.h"
#include "nitroctl/output_json.h"
#include "nitroctl/question.h"
#include "nitroctl/rule_text.h"
#include "nitroctl/text.h"

struct test_settings {
	struct question question;
	bool json;
};

static void print_result(const struct policy *policy, const struct rule *rule,
			 const struct request *request)
{
	if (rule == NULL) {
		puts("No rule matches: the login is denied.");
	} else {
		rule_print_name(stdout, rule);
		putchar('\n');
		rule_print(stdout, "  ", rule);
	}
	rule_print_passed_over(stdout, "", policy, rule, request);
}

static json_t *json_result(const struct policy *policy, const struct rule *rule,
			   const struct request *request)
{
	return json_pack("{s:o, s:o, s:o}", "request",
			 rule_json_request(request), "rule", rule_json(rule),
			 "passed_over",
			 rule_json_passed_over(policy, rule, request));
}

static enum exit_code test(struct test_settings *settings)
{
	const struct config_layers layers =
		config_layers_choose(settings->question.policy_dir, NULL);
	const struct request *request = &settings->question.request;
	_cleanup_(offline_policy_freep) struct offline_policy offline =
		OFFLINE_POLICY_NONE;
	const struct rule *rule;
	enum exit_code code = question_find_groups(&settings->question);

	if (code == EXIT_ALLOWED)
		code = offline_policy_load(&layers, &offline);
	if (code != EXIT_ALLOWED)
		return code;
	rule = policy_find_rule(offline.policy, request);
	if (!settings->json)
		print_result(offline.policy, rule, request);
	else if (!json_print_consume(
			 stdout, json_result(offline.policy, rule, request)))
		return EXIT_NOT_JUDGED;
	return rule != NULL ? EXIT_ALLOWED : EXIT_DENIED;
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct test_settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	QUESTION_OPTIONS,
	{ "json", NULL, "one JSON object", set_json },
};

static enum exit_code run_test(const struct command *command, int argc,
			       char **argv)
{
	struct test_settings settings = { 0 };
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
	if (operands != argc)
		return command_misused(command,
				       "rule test takes options only.");
	if (!question_is_complete(&settings.question))
		return command_misused(command, "it takes both to find a "
						"rule.");
	code = test(&settings);
	question_deinit(&settings.question);
	return code;
}

const struct command command_rule_test = {
	.name = "rule test",
	.operands = "",
	.summary = "Say which rule a login would meet.",
	.help = "--service and --user are needed. What follows is the rule and "
		"what it requires,\nthen each rule before it and why it does "
		"not match.\n"
		"Exit code: 0 a rule matches, 1 none does, 2 wrong use, 3 the "
		"policy cannot be\nused.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_test,
};
