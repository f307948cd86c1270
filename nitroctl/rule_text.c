/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/rule_text.h"

#include <string.h>

#include "nitroctl/output_json.h"
#include "nitroctl/text.h"

#define KEY_WIDTH 13

static void print_words(FILE *out, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		fputs(i == 0 ? "" : ", ", out);
		print_safe_string(out, words[i]);
	}
}

static void print_list(FILE *out, const char *prefix, const char *name,
		       struct rule_patterns list)
{
	if (list.count == 0)
		return;
	fprintf(out, "%s%-*s ", prefix, KEY_WIDTH, name);
	print_words(out, list.words, list.count);
	fputc('\n', out);
}

void rule_print_name(FILE *out, const struct rule *rule)
{
	print_safe_string(out, rule_name(rule));
	fputs(" (", out);
	print_safe_string(out, rule_file(rule));
	fprintf(out, ":%u)", rule_line(rule));
}

static void print_span(FILE *out, const char *prefix, const char *name,
		       uint64_t ms)
{
	char text[SPAN_TEXT_SIZE];

	format_span(ms, text);
	fprintf(out, "%s%-*s %s\n", prefix, KEY_WIDTH, name, text);
}

static uint64_t max_age_ms_of(const struct rule *rule)
{
	return rule_takes_signature(rule) ? rule_signed_max_age_ms(rule)
					  : rule_max_age_ms(rule);
}

static void print_requirements(FILE *out, const char *prefix,
			       const struct rule *rule)
{
	const struct requirements *requirements = rule_requirements(rule);
	char bindings[BINDINGS_TEXT_SIZE];

	fprintf(out, "%s%-*s %u (%s)\n", prefix, KEY_WIDTH, "level",
		requirements->level,
		requirements->level == 1 ? "signature" : "boot");
	print_list(out, prefix, "image",
		   (struct rule_patterns){ requirements->images,
					   requirements->image_count });
	print_list(out, prefix, "roots",
		   (struct rule_patterns){ requirements->roots,
					   requirements->root_count });
	print_span(out, prefix, "max_age", max_age_ms_of(rule));
	if (rule_session_max_ms(rule) != 0)
		print_span(out, prefix, "session_max",
			   rule_session_max_ms(rule));
	if (rule_bindings(rule) != 0) {
		bindings_text(rule_bindings(rule), bindings);
		fprintf(out, "%s%-*s %s\n", prefix, KEY_WIDTH, "bind",
			bindings);
	}
	if (rule_on_revoke(rule) != ON_REVOKE_LOG)
		fprintf(out, "%s%-*s %s\n", prefix, KEY_WIDTH, "on_revoke",
			on_revoke_name(rule_on_revoke(rule)));
	if (rule_is_audit(rule))
		fprintf(out, "%s%-*s audit: denies nobody\n", prefix, KEY_WIDTH,
			"mode");
}

void rule_print(FILE *out, const char *prefix, const struct rule *rule)
{
	for (unsigned i = 0; i < RULE_KEY_COUNT; i++)
		print_list(out, prefix, rule_key_name((enum rule_key)i),
			   rule_patterns(rule, (enum rule_key)i));
	print_requirements(out, prefix, rule);
}

static char *join_groups(const struct request *request)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < request->group_count; i++)
		fprintf(out, "%s%s", i == 0 ? "" : ", ", request->groups[i]);
	return fclose(out) == 0 ? text : NULL;
}

char *rule_key_value(enum rule_key key, const struct request *request)
{
	const char *text = request_text(request, key);

	if (key == RULE_KEY_GROUP)
		return join_groups(request);
	return strdup(text == NULL ? "" : text);
}

static void print_mismatch(FILE *out, const char *prefix,
			   const struct rule *rule, enum rule_key key,
			   const struct request *request)
{
	const struct rule_patterns wanted = rule_patterns(rule, key);
	_cleanup_free_ char *value = rule_key_value(key, request);

	fprintf(out, "%s%-*s is ", prefix, KEY_WIDTH, rule_key_name(key));
	fputs(wanted.count == 0 ? "not given" : "", out);
	print_words(out, wanted.words, wanted.count);
	fputs("; asked: ", out);
	print_safe_string(out, value == NULL	  ? "?"
			       : value[0] == '\0' ? "none"
						  : value);
	fputc('\n', out);
}

void rule_print_mismatches(FILE *out, const char *prefix,
			   const struct rule *rule,
			   const struct request *request)
{
	uint32_t mismatches = rule_mismatches(rule, request);

	for (unsigned i = 0; i < RULE_KEY_COUNT; i++)
		if ((mismatches & RULE_KEY_BIT(i)) != 0)
			print_mismatch(out, prefix, rule, (enum rule_key)i,
				       request);
}

void rule_print_passed_over(FILE *out, const char *prefix,
			    const struct policy *policy,
			    const struct rule *rule,
			    const struct request *request)
{
	_cleanup_free_ char *deeper = NULL;

	if (asprintf(&deeper, "%s  ", prefix) < 0)
		return;
	for (size_t i = 0; i < policy_rule_count(policy); i++) {
		const struct rule *other = policy_rule(policy, i);

		if (other == rule)
			return;
		fprintf(out, "%snot ", prefix);
		rule_print_name(out, other);
		fputs(":\n", out);
		rule_print_mismatches(out, deeper, other, request);
	}
}

json_t *rule_json_request(const struct request *request)
{
	json_t *object = json_object();

	if (request == NULL) {
		json_decref(object);
		return json_null();
	}
	for (unsigned i = 0; i < RULE_KEY_COUNT; i++) {
		_cleanup_free_ char *value =
			rule_key_value((enum rule_key)i, request);

		if (value != NULL &&
		    json_object_set_new(object, rule_key_name((enum rule_key)i),
					json_string_or_null(value)) == 0)
			continue;
		json_decref(object);
		return NULL;
	}
	return object;
}

/* The names are those of rules.d; what the rule does not give is an empty list. */
static json_t *json_patterns(const struct rule *rule)
{
	json_t *object = json_object();

	for (unsigned i = 0; i < RULE_KEY_COUNT; i++) {
		const struct rule_patterns list =
			rule_patterns(rule, (enum rule_key)i);

		if (json_object_set_new(object, rule_key_name((enum rule_key)i),
					json_words(list.words, list.count)) ==
		    0)
			continue;
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *json_bindings(unsigned bindings)
{
	const char *words[BINDING_COUNT];
	size_t count = 0;

	for (unsigned i = 0; i < BINDING_COUNT; i++)
		if ((bindings & 1u << i) != 0)
			words[count++] = binding_name(i);
	return json_words(words, count);
}

json_t *rule_json(const struct rule *rule)
{
	const struct requirements *requirements;

	if (rule == NULL)
		return json_null();
	requirements = rule_requirements(rule);
	return json_pack(
		"{s:o, s:o, s:i, s:o, s:i, s:o, s:o, s:I, s:I, s:o, s:s, s:s}",
		"name", json_text(span_of_text(rule_name(rule))), "file",
		json_text(span_of_text(rule_file(rule))), "line",
		(int)rule_line(rule), "match", json_patterns(rule), "level",
		(int)requirements->level, "image",
		json_words(requirements->images, requirements->image_count),
		"roots",
		json_words(requirements->roots, requirements->root_count),
		"max_age_ms", (json_int_t)max_age_ms_of(rule), "session_max_ms",
		(json_int_t)rule_session_max_ms(rule), "bind",
		json_bindings(rule_bindings(rule)), "on_revoke",
		on_revoke_name(rule_on_revoke(rule)), "mode",
		rule_is_audit(rule) ? "audit" : "enforce");
}

static json_t *json_mismatch(const struct rule *rule, enum rule_key key,
			     const struct request *request)
{
	const struct rule_patterns wanted = rule_patterns(rule, key);
	_cleanup_free_ char *value = rule_key_value(key, request);

	if (value == NULL)
		return NULL;
	return json_pack("{s:s, s:o, s:o}", "key", rule_key_name(key),
			 "expected", json_words(wanted.words, wanted.count),
			 "actual", json_string_or_null(value));
}

static json_t *json_mismatches(const struct rule *rule,
			       const struct request *request)
{
	uint32_t mismatches = rule_mismatches(rule, request);
	json_t *array = json_array();

	for (unsigned i = 0; i < RULE_KEY_COUNT; i++) {
		if ((mismatches & RULE_KEY_BIT(i)) == 0 ||
		    json_array_append_new(array,
					  json_mismatch(rule, (enum rule_key)i,
							request)) == 0)
			continue;
		json_decref(array);
		return NULL;
	}
	return array;
}

json_t *rule_json_passed_over(const struct policy *policy,
			      const struct rule *rule,
			      const struct request *request)
{
	json_t *array = json_array();

	for (size_t i = 0; i < policy_rule_count(policy); i++) {
		const struct rule *other = policy_rule(policy, i);

		if (other == rule)
			break;
		if (json_array_append_new(
			    array,
			    json_pack("{s:o, s:o, s:i, s:o}", "name",
				      json_text(span_of_text(rule_name(other))),
				      "file",
				      json_text(span_of_text(rule_file(other))),
				      "line", (int)rule_line(other),
				      "mismatches",
				      json_mismatches(other, request))) == 0)
			continue;
		json_decref(array);
		return NULL;
	}
	return array;
}
