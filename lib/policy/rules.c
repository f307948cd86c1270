/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules.d: the section [rule/NAME] and its keys.
 */
#include "config.h"

#include "policy/rules.h"

#include <string.h>

#include "policy/computed.h"
#include "policy/loader.h"
#include "policy/values.h"

void rule_deinit(struct rule *rule)
{
	for (size_t i = 0; i < RULE_KEY_COUNT; i++)
		word_list_deinit(&rule->keys[i]);
	word_list_deinit(&rule->images);
	word_list_deinit(&rule->roots);
}

void rule_free(struct rule *rule)
{
	if (rule == NULL)
		return;
	rule_deinit(rule);
	free(rule);
}

static enum policy_error read_list(const struct field *field,
				   struct word_list *ret_list)
{
	if (!word_list_init(ret_list, field->value))
		return POLICY_E_NO_MEMORY;
	if (ret_list->count == 0)
		FIELD_ERROR(field, "the list is empty");
	return POLICY_OK;
}

/* Other wildcards and negation are refused rather than taken literally: an admin
 * who writes them means something that would not happen. */
static enum policy_error read_patterns(const struct field *field)
{
	struct rule *rule = field->target;
	struct word_list *list = &rule->keys[field->argument];
	const size_t length_max =
		rule_key_size_max((enum rule_key)field->argument);
	enum policy_error error = read_list(field, list);

	if (error != POLICY_OK)
		return error;
	for (size_t i = 0; i < list->count; i++) {
		const char *word = list->words[i];

		if (word[strcspn(word, "[]{}!\"'")] != '\0')
			FIELD_ERROR(field,
				    "expected names and patterns with * and ? "
				    "only, no quotes and no negation; found "
				    "'%s'",
				    word);
		else if (strlen(word) > length_max)
			FIELD_ERROR(field,
				    "expected at most %zu bytes a pattern, "
				    "found '%s'",
				    length_max, word);
	}
	return POLICY_OK;
}

enum policy_error rule_read_image(const struct field *field)
{
	struct rule *rule = field->target;

	rule->images_line = field->place.line;
	return read_list(field, &rule->images);
}

static const char *label_at(const void *list, size_t index)
{
	const char *const *labels = list;

	return labels[index];
}

static bool label_is_known(const struct loader *loader, const char *label)
{
	for (size_t i = 0; i < loader->input->label_count; i++)
		if (strcmp(loader->input->root_labels[i], label) == 0)
			return true;
	return false;
}

enum policy_error rule_read_roots(const struct field *field)
{
	const struct loader *loader = field->loader;
	const struct candidates known = { label_at, loader->input->root_labels,
					  loader->input->label_count };
	struct rule *rule = field->target;
	enum policy_error error = read_list(field, &rule->roots);

	for (size_t i = 0; error == POLICY_OK && i < rule->roots.count; i++) {
		const char *label = rule->roots.words[i];
		const char *nearest;

		if (label_is_known(loader, label))
			continue;
		nearest = nearest_name(label, &known);
		FIELD_ERROR(field,
			    "expected labels of trusted roots (aws, or LABEL "
			    "for roots.d/LABEL.pem)%s%s%s, found '%s'",
			    nearest != NULL ? ", perhaps '" : "",
			    nearest != NULL ? nearest : "",
			    nearest != NULL ? "'" : "", label);
	}
	return error;
}

enum policy_error rule_read_level(const struct field *field)
{
	static const char *const names[] = { "1", "2", "3" };
	struct rule *rule = field->target;
	unsigned index = 0;

	value_choice(field, names, ARRAY_SIZE(names), &index);
	rule->requirements.level = index + 1;
	return POLICY_OK;
}

enum policy_error rule_read_max_age(const struct field *field)
{
	struct rule *rule = field->target;

	value_span(field, &age_range, &rule->max_age_ms);
	rule->gives_max_age = true;
	return POLICY_OK;
}

static enum policy_error read_session_max(const struct field *field)
{
	static const struct span_range range = { 60000, UINT64_C(2678400000),
						 "1min to 31d" };
	struct rule *rule = field->target;

	value_span(field, &range, &rule->session_max_ms);
	return POLICY_OK;
}

static const char *binding_at(const void *list _unused_, size_t index)
{
	return binding_name((unsigned)index);
}

static enum policy_error take_bind(const struct field *field, const char *word)
{
	const struct candidates known = { binding_at, NULL, BINDING_COUNT };
	struct policy *policy = field->loader->policy;
	struct rule *rule = field->target;
	const char *nearest;
	unsigned i = 0;

	while (i < BINDING_COUNT && strcmp(word, binding_name(i)) != 0)
		i++;
	if (i == BINDING_COUNT) {
		nearest = nearest_name(word, &known);
		FIELD_ERROR(field,
			    "expected nonce, ssh-key, host or key%s%s%s, found "
			    "'%s'",
			    nearest != NULL ? ", perhaps '" : "",
			    nearest != NULL ? nearest : "",
			    nearest != NULL ? "'" : "", word);
		return POLICY_OK;
	}
	rule->requirements.bindings |= 1u << i;
	/* What the check will need is looked for now, while failing is cheap. */
	if (1u << i == BIND_HOST)
		this_instance_read(field, policy->instance_id);
	return POLICY_OK;
}

enum policy_error rule_read_bind(const struct field *field)
{
	struct word_list words = { NULL };
	enum policy_error error = read_list(field, &words);

	for (size_t i = 0; error == POLICY_OK && i < words.count; i++)
		error = take_bind(field, words.words[i]);
	word_list_deinit(&words);
	return error;
}

static enum policy_error read_from(const struct field *field)
{
	static const char *const names[] = { "local", "remote" };
	struct rule *rule = field->target;
	unsigned index = ARRAY_SIZE(names);

	value_choice(field, names, ARRAY_SIZE(names), &index);
	if (index == ARRAY_SIZE(names))
		return POLICY_OK; /* it was reported */
	return word_list_init(&rule->keys[RULE_KEY_FROM], names[index])
		       ? POLICY_OK
		       : POLICY_E_NO_MEMORY;
}

static const char *const on_revoke_names[] = {
	[ON_REVOKE_LOG] = "log",
	[ON_REVOKE_LOCK] = "lock",
	[ON_REVOKE_TERMINATE] = "terminate",
};

const char *on_revoke_name(enum on_revoke on_revoke)
{
	return on_revoke_names[on_revoke];
}

static enum policy_error read_on_revoke(const struct field *field)
{
	struct rule *rule = field->target;
	unsigned index = 0;

	value_choice(field, on_revoke_names, ARRAY_SIZE(on_revoke_names),
		     &index);
	rule->on_revoke = (enum on_revoke)index;
	return POLICY_OK;
}

static enum policy_error read_mode(const struct field *field)
{
	static const char *const names[] = { "enforce", "audit" };
	struct rule *rule = field->target;
	unsigned index = 0;

	value_choice(field, names, ARRAY_SIZE(names), &index);
	rule->is_audit = index == 1;
	return POLICY_OK;
}

static const struct key_row rows[] = {
	{ "service", read_patterns, RULE_KEY_SERVICE, .is_required = true },
	{ "user", read_patterns, RULE_KEY_USER, .is_required = true },
	{ "group", read_patterns, RULE_KEY_GROUP },
	{ "remote_host", read_patterns, RULE_KEY_REMOTE_HOST },
	{ "tty", read_patterns, RULE_KEY_TTY },
	{ "command", read_patterns, RULE_KEY_COMMAND },
	{ "run_as", read_patterns, RULE_KEY_RUN_AS },
	{ "run_as_group", read_patterns, RULE_KEY_RUN_AS_GROUP },
	{ "host", read_patterns, RULE_KEY_HOST },
	{ "from", read_from },
	{ "image", rule_read_image },
	{ "level", rule_read_level, .is_required = true },
	{ "roots", rule_read_roots },
	{ "max_age", rule_read_max_age },
	{ "session_max", read_session_max },
	{ "bind", rule_read_bind },
	{ "on_revoke", read_on_revoke },
	{ "mode", read_mode },
};

/* Requirements as the appraisal reads them, pointing into the rule's own lists. */
enum policy_error rule_fill_requirements(struct rule *rule)
{
	struct requirements *requirements = &rule->requirements;

	if (rule->roots.words == NULL &&
	    !word_list_init(&rule->roots, ANCHORS_AWS_LABEL))
		return POLICY_E_NO_MEMORY;
	requirements->images =
		rule->images.count > 0 ? rule->images.words : NULL;
	requirements->image_count = rule->images.count;
	requirements->roots = rule->roots.words;
	requirements->root_count = rule->roots.count;
	return POLICY_OK;
}

enum policy_error rule_read(struct loader *loader,
			    const struct ini_section *section)
{
	static const struct key_table table = { rows, ARRAY_SIZE(rows) };
	_cleanup_(rule_freep) struct rule *rule = calloc(1, sizeof(*rule));
	struct policy *policy = loader->policy;
	enum policy_error error;

	void *larger;

	if (rule == NULL)
		return POLICY_E_NO_MEMORY;
	rule->origin = loader_declare(loader, section);
	if (rule->origin == NULL)
		return POLICY_E_NO_MEMORY;
	rule->name = section_names(rule->origin);
	error = keys_read(loader, section, &table, rule);
	if (error == POLICY_OK)
		error = rule_fill_requirements(rule);
	if (error != POLICY_OK)
		return error;
	rule_check(loader, rule);

	larger = array_grow(policy->rules, policy->rule_count);
	if (larger == NULL)
		return POLICY_E_NO_MEMORY;
	policy->rules = larger;
	policy->rules[policy->rule_count++] = TAKE_PTR(rule);
	return POLICY_OK;
}
