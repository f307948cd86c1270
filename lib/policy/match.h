/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rule answers a request, key by key: what decides it, and what explains it.
 * All keys that a rule gives must match.
 */
#ifndef NITRO_POLICY_MATCH_H
#define NITRO_POLICY_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/policy.h"

/* The keys of a rule that say whom and what it is for. */
enum rule_key {
	RULE_KEY_SERVICE,
	RULE_KEY_USER,
	RULE_KEY_GROUP,
	RULE_KEY_REMOTE_HOST,
	RULE_KEY_TTY,
	RULE_KEY_FROM,
	RULE_KEY_COMMAND,
	RULE_KEY_RUN_AS,
	RULE_KEY_RUN_AS_GROUP,
	RULE_KEY_HOST,
	RULE_KEY_COUNT,
};

#define RULE_KEY_BIT(key) (UINT32_C(1) << (key))

/* As rules.d writes it: "service", … */
const char *rule_key_name(enum rule_key key);

/* The longest text of a request that is compared with the key's patterns. */
size_t rule_key_size_max(enum rule_key key);

/* Whether a request that says something about the key is matched only by rules that
 * give the key: it asks for more than others do, and whoever wrote a rule without the
 * key did not think of it. */
bool rule_key_must_be_given(enum rule_key key);

/* The words of a key, any of which has to match; none: the rule does not give it,
 * and everything matches that may. */
struct rule_patterns {
	const char *const *words;
	size_t count;
};
struct rule_patterns rule_patterns(const struct rule *rule, enum rule_key key);

/* What a request says about a key, NULL or "" for nothing. The groups are several
 * texts, and NULL here. */
const char *request_text(const struct request *request, enum rule_key key);

/* Where the rule is declared. */
const char *rule_file(const struct rule *rule);
unsigned rule_line(const struct rule *rule);

/* RULE_KEY_BIT() of each key that does not match; 0: the rule matches. */
uint32_t rule_mismatches(const struct rule *rule,
			 const struct request *request);

#endif
