/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/match.h"

#include <string.h>

#include "policy/rules.h"

static const struct key_row {
	const char *name;
	size_t size_max;
	bool must_be_given;
} rows[RULE_KEY_COUNT] = {
	[RULE_KEY_SERVICE] = { "service", REQUEST_SERVICE_MAX },
	[RULE_KEY_USER] = { "user", REQUEST_USER_MAX },
	[RULE_KEY_GROUP] = { "group", REQUEST_GROUP_MAX },
	[RULE_KEY_REMOTE_HOST] = { "remote_host", REQUEST_HOST_MAX },
	[RULE_KEY_TTY] = { "tty", REQUEST_TTY_MAX },
	[RULE_KEY_FROM] = { "from", sizeof("remote") },
	[RULE_KEY_COMMAND] = { "command", REQUEST_COMMAND_MAX },
	[RULE_KEY_RUN_AS] = { "run_as", REQUEST_USER_MAX },
	[RULE_KEY_RUN_AS_GROUP] = { "run_as_group", REQUEST_GROUP_MAX, true },
	[RULE_KEY_HOST] = { "host", REQUEST_HOST_MAX },
};

const char *rule_key_name(enum rule_key key)
{
	return rows[key].name;
}

size_t rule_key_size_max(enum rule_key key)
{
	return rows[key].size_max;
}

bool rule_key_must_be_given(enum rule_key key)
{
	return rows[key].must_be_given;
}

struct rule_patterns rule_patterns(const struct rule *rule, enum rule_key key)
{
	const struct word_list *list = &rule->keys[key];

	return (struct rule_patterns){ list->words, list->count };
}

static bool was_given(const char *text)
{
	return text != NULL && *text != '\0';
}

const char *request_text(const struct request *request, enum rule_key key)
{
	switch (key) {
	case RULE_KEY_SERVICE:
		return request->service;
	case RULE_KEY_USER:
		return request->user;
	case RULE_KEY_REMOTE_HOST:
		return request->remote_host;
	case RULE_KEY_TTY:
		return request->tty;
	case RULE_KEY_FROM:
		return was_given(request->remote_host) ? "remote" : "local";
	case RULE_KEY_COMMAND:
		return request->command;
	case RULE_KEY_RUN_AS:
		return request->run_as;
	case RULE_KEY_RUN_AS_GROUP:
		return request->run_as_group;
	case RULE_KEY_HOST:
		return request->host;
	case RULE_KEY_GROUP:
	case RULE_KEY_COUNT:
		break;
	}
	return NULL;
}

/* Too long, or nothing at all: no pattern matches that, not even '*'. */
static bool text_matches(const struct rule *rule, enum rule_key key,
			 const char *text)
{
	const size_t most = rule_key_size_max(key);

	return was_given(text) && strnlen(text, most + 1) <= most &&
	       word_list_matches(&rule->keys[key], text);
}

static bool key_matches(const struct rule *rule, enum rule_key key,
			const struct request *request)
{
	if (rule->keys[key].count == 0)
		return !rule_key_must_be_given(key) ||
		       !was_given(request_text(request, key));
	if (key != RULE_KEY_GROUP)
		return text_matches(rule, key, request_text(request, key));
	for (size_t i = 0; i < request->group_count; i++)
		if (text_matches(rule, key, request->groups[i]))
			return true;
	return false;
}

const char *rule_file(const struct rule *rule)
{
	return rule->origin->file;
}

unsigned rule_line(const struct rule *rule)
{
	return rule->origin->line;
}

uint32_t rule_mismatches(const struct rule *rule, const struct request *request)
{
	uint32_t mismatches = 0;

	for (unsigned i = 0; i < RULE_KEY_COUNT; i++)
		if (!key_matches(rule, (enum rule_key)i, request))
			mismatches |= RULE_KEY_BIT(i);
	return mismatches;
}

const struct rule *policy_find_rule(const struct policy *policy,
				    const struct request *request)
{
	for (size_t i = 0; i < policy->rule_count; i++)
		if (rule_mismatches(policy->rules[i], request) == 0)
			return policy->rules[i];
	return NULL;
}
