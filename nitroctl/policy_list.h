/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the verbs that list a part of the policy on disk have in common: their
 * options, reading the policy, and the choice between text and JSON.
 */
#ifndef NITROCTL_POLICY_LIST_H
#define NITROCTL_POLICY_LIST_H

#include <jansson.h>

#include "nitroctl/command.h"
#include "policy/policy.h"

struct policy_list {
	void (*print)(const struct policy *policy); /* to standard output */
	/* One object, a new reference; NULL when memory is exhausted. */
	json_t *(*make_json)(const struct policy *policy);
};

/* --policy DIR and --json. */
#define POLICY_LIST_OPTION_COUNT 2
extern const struct command_option
	policy_list_options[POLICY_LIST_OPTION_COUNT];

/* Runs a verb that has these options and takes no operand. */
enum exit_code policy_list_run(const struct command *command, int argc,
			       char **argv, const struct policy_list *list);

/* An array of `count` objects, each made by `make` from the policy's item of that
 * index, as the only member of an object; NULL when memory is exhausted. */
json_t *
policy_list_json(const struct policy *policy, const char *name, size_t count,
		 json_t *(*make)(const struct policy *policy, size_t index));

#endif
