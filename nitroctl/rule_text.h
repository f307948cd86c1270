/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules for people and for programs: whom they are for, what they require, and why
 * one does not match.
 */
#ifndef NITRO_NITROCTL_RULE_TEXT_H
#define NITRO_NITROCTL_RULE_TEXT_H

#include <jansson.h>
#include <stdio.h>

#include "policy/match.h"

/* "NAME (FILE:LINE)" */
void rule_print_name(FILE *out, const struct rule *rule);

/* "KEY  VALUE" for each key that the rule gives, and for what it requires; each
 * line begins with `prefix`. */
void rule_print(FILE *out, const char *prefix, const struct rule *rule);

/* One line for each key that does not match: what it asks for, what was asked. */
void rule_print_mismatches(FILE *out, const char *prefix,
			   const struct rule *rule,
			   const struct request *request);

/* The rules before `rule`, or all if it is NULL, and why they do not match. */
void rule_print_passed_over(FILE *out, const char *prefix,
			    const struct policy *policy,
			    const struct rule *rule,
			    const struct request *request);

/* What the request says about a key: a new text, "" for nothing, NULL when memory
 * is exhausted. */
char *rule_key_value(enum rule_key key,
		     const struct request *request) _must_use_;

/* Members of nitroctl's JSON, null for NULL; NULL when memory is exhausted. */
json_t *rule_json(const struct rule *rule);
/* Why the rules before `rule`, or all, do not match: an array. */
json_t *rule_json_passed_over(const struct policy *policy,
			      const struct rule *rule,
			      const struct request *request);
json_t *rule_json_request(const struct request *request);

#endif
