/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/sudo_users.h"

#include <grp.h>
#include <stdio.h>
#include <string.h>

#include "nitroctl/offline_policy.h"
#include "nitroctl/question.h"
#include "policy/match.h"

#define SERVICE "sudo"

/* Groups whose members the sudoers of one distribution or another lets through. */
static const char *const groups[] = { "sudo", "wheel", "admin" };

/* What a rule says about the command and where it is given is not known here. */
#define KEYS_OF_USER                                                           \
	(RULE_KEY_BIT(RULE_KEY_SERVICE) | RULE_KEY_BIT(RULE_KEY_USER) |        \
	 RULE_KEY_BIT(RULE_KEY_GROUP))

static void add_user(struct sudo_users *users, const char *name)
{
	size_t length = strnlen(name, SUDO_USERS_NAME_SIZE);

	for (size_t i = 0; i < users->count; i++)
		if (strcmp(users->users[i].name, name) == 0)
			return;
	if (users->count == SUDO_USERS_MAX || length == SUDO_USERS_NAME_SIZE)
		return;
	memcpy(users->users[users->count++].name, name, length + 1);
}

static void add_members(struct sudo_users *users, const char *name)
{
	const struct group *group = getgrnam(name);

	for (size_t i = 0; group != NULL && group->gr_mem[i] != NULL; i++)
		add_user(users, group->gr_mem[i]);
}

static enum exit_code find_rule(const struct policy *policy,
				struct sudo_user *user)
{
	struct question question = { .request = { .service = SERVICE,
						  .user = user->name } };
	enum exit_code code = question_find_groups(&question);

	for (size_t i = 0;
	     code == EXIT_ALLOWED && i < policy_rule_count(policy); i++) {
		const struct rule *rule = policy_rule(policy, i);

		if ((rule_mismatches(rule, &question.request) & KEYS_OF_USER) !=
		    0)
			continue;
		snprintf(user->rule, sizeof(user->rule), "%s", rule_name(rule));
		user->is_audit = rule_is_audit(rule);
		break;
	}
	question_deinit(&question);
	return code;
}

static size_t count_rules(const struct policy *policy)
{
	const struct request request = { .service = SERVICE };
	size_t count = 0;

	for (size_t i = 0; i < policy_rule_count(policy); i++)
		if ((rule_mismatches(policy_rule(policy, i), &request) &
		     RULE_KEY_BIT(RULE_KEY_SERVICE)) == 0)
			count++;
	return count;
}

enum exit_code sudo_users_find(const char *policy_dir, const char *extra,
			       struct sudo_users *ret_users)
{
	const struct config_layers layers =
		config_layers_choose(policy_dir, NULL);
	_cleanup_(offline_policy_freep) struct offline_policy offline =
		OFFLINE_POLICY_NONE;
	enum exit_code code = offline_policy_load(&layers, &offline);

	*ret_users = (struct sudo_users){ .count = 0 };
	if (code != EXIT_ALLOWED)
		return code;
	if (extra != NULL)
		add_user(ret_users, extra);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		add_members(ret_users, groups[i]);
	ret_users->rule_count = count_rules(offline.policy);
	for (size_t i = 0; code == EXIT_ALLOWED && i < ret_users->count; i++)
		code = find_rule(offline.policy, &ret_users->users[i]);
	return code;
}
