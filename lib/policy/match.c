/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/match.h"

#include <string.h>

#include "policy/rules.h"

/* Too long, or nothing at all: no pattern matches that, not even '*'. */
static bool text_matches(const struct word_list *patterns, const char *text,
			 size_t most)
{
	return *text != '\0' && strnlen(text, most + 1) <= most &&
	       word_list_matches(patterns, text);
}

static bool service_matches(const struct word_list *patterns,
			    const struct request *request)
{
	return text_matches(patterns, request->service, REQUEST_SERVICE_MAX);
}

static bool user_matches(const struct word_list *patterns,
			 const struct request *request)
{
	return text_matches(patterns, request->user, REQUEST_USER_MAX);
}

static const struct match_row {
	const char *name;
	size_t offset; /* of its word_list in struct rule */
	bool (*matches)(const struct word_list *patterns,
			const struct request *request);
} rows[RULE_KEY_COUNT] = {
	[RULE_KEY_SERVICE] = { "service", offsetof(struct rule, services),
			       service_matches },
	[RULE_KEY_USER] = { "user", offsetof(struct rule, users),
			    user_matches },
};

static const struct word_list *word_list_of(const struct rule *rule,
					    enum rule_key key)
{
	return (const struct word_list *)((const char *)rule +
					  rows[key].offset);
}

const char *rule_key_name(enum rule_key key)
{
	return rows[key].name;
}

struct rule_patterns rule_patterns(const struct rule *rule, enum rule_key key)
{
	const struct word_list *list = word_list_of(rule, key);

	return (struct rule_patterns){ list->words, list->count };
}

uint32_t rule_mismatches(const struct rule *rule, const struct request *request)
{
	uint32_t mismatches = 0;

	for (unsigned i = 0; i < RULE_KEY_COUNT; i++) {
		const struct word_list *patterns =
			word_list_of(rule, (enum rule_key)i);

		if (patterns->count > 0 && !rows[i].matches(patterns, request))
			mismatches |= RULE_KEY_BIT(i);
	}
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
