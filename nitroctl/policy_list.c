/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/policy_list.h"

#include "nitroctl/offline_policy.h"
#include "nitroctl/output_json.h"
#include "nitroctl/question.h"

struct list_settings {
	struct question question; /* of which --policy alone */
	bool json;
};

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct list_settings *)settings)->json = true;
	return true;
}

const struct command_option policy_list_options[] = {
	QUESTION_POLICY_OPTION,
	{ "json", NULL, "one JSON object", set_json },
};

static enum exit_code show(const struct list_settings *settings,
			   const struct policy_list *list)
{
	const struct config_layers layers =
		config_layers_choose(settings->question.policy_dir, NULL);
	_cleanup_(offline_policy_freep) struct offline_policy offline =
		OFFLINE_POLICY_NONE;
	enum exit_code code = offline_policy_load(&layers, &offline);

	if (code != EXIT_ALLOWED)
		return code;
	if (!settings->json)
		list->print(offline.policy);
	else if (!json_print_consume(stdout, list->make_json(offline.policy)))
		return EXIT_NOT_JUDGED;
	return EXIT_ALLOWED;
}

enum exit_code policy_list_run(const struct command *command, int argc,
			       char **argv, const struct policy_list *list)
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
		return command_misused(command, "%s takes options only.",
				       command->name);
	return show(&settings, list);
}

json_t *
policy_list_json(const struct policy *policy, const char *name, size_t count,
		 json_t *(*make)(const struct policy *policy, size_t index))
{
	json_t *items = json_array();

	for (size_t i = 0; i < count; i++)
		if (json_array_append_new(items, make(policy, i)) < 0) {
			json_decref(items);
			return NULL;
		}
	return json_pack("{s:o}", name, items);
}
