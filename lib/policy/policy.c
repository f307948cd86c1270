/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/policy.h"

#include <string.h>

#include "policy/loader.h"
#include "policy/lookup.h"

static const struct policy_settings default_settings = {
	.workers = 0,
	.max_document_age_ms = UINT64_C(300000),
	.clock_skew_ms = UINT64_C(30000),
	.challenge_lifetime_ms = UINT64_C(60000),
	.max_field_size = ATTEST_FIELD_DEFAULT,
	.expiry_warning_ms = UINT64_C(14) * 86400000,
};

static void origin_free(struct origin *origin)
{
	if (origin == NULL)
		return;
	free(origin->section);
	free(origin);
}

DEFINE_CLEANUP(struct origin *, origin_free)

void policy_free(struct policy *policy)
{
	if (policy == NULL)
		return;
	for (size_t i = 0; i < policy->rule_count; i++)
		rule_free(policy->rules[i]);
	for (size_t i = 0; i < policy->secret_count; i++)
		secret_free(policy->secrets[i]);
	for (size_t i = 0; i < policy->release_count; i++)
		release_free(policy->releases[i]);
	for (size_t i = 0; i < policy->image_count; i++)
		image_free(policy->images[i]);
	for (size_t i = 0; i < policy->origin_count; i++)
		origin_free(policy->origins[i]);
	for (size_t i = 0; i < policy->file_count; i++)
		free(policy->files[i]);
	free(policy->rules);
	free(policy->secrets);
	free(policy->releases);
	lookup_deinit(&policy->lookup);
	free(policy->images_by_name);
	free(policy->images);
	free(policy->origins);
	free(policy->files);
	digest_free(policy->digest);
	curve_free(policy->curve);
	free(policy);
}

void *array_grow(void *pointers, size_t count)
{
	/* Full exactly when the count is 0 or a power of two. */
	if ((count & (count - 1)) != 0)
		return pointers;
	return reallocarray(pointers, count == 0 ? 1 : count * 2,
			    sizeof(void *));
}

const struct origin *loader_declare(struct loader *loader,
				    const struct ini_section *section)
{
	_cleanup_(origin_freep) struct origin *origin =
		calloc(1, sizeof(*origin));
	struct policy *policy = loader->policy;
	void *larger;

	if (origin == NULL)
		return NULL;
	origin->file = loader->file;
	origin->line = section->line;
	origin->sequence = policy->origin_count;
	origin->section = strdup(section->name);
	larger = array_grow(policy->origins, policy->origin_count);
	if (larger != NULL)
		policy->origins = larger;
	if (origin->section == NULL || larger == NULL)
		return NULL;

	policy->origins[policy->origin_count++] = origin;
	return TAKE_PTR(origin);
}

const struct digest *loader_digest(struct loader *loader)
{
	struct policy *policy = loader->policy;

	if (policy->digest == NULL && digest_new(&policy->digest) != ATTEST_OK)
		return NULL;
	return policy->digest;
}

const struct curve *loader_curve(struct loader *loader)
{
	struct policy *policy = loader->policy;

	if (policy->curve == NULL && curve_new(&policy->curve) != QOS_OK)
		return NULL;
	return policy->curve;
}

static enum policy_error read_source(struct loader *loader,
				     const struct policy_source *source)
{
	const struct ini_reader reader = {
		.section = section_read,
		.context = loader,
		.diagnostics = loader->diagnostics,
	};
	struct policy *policy = loader->policy;
	void *larger = array_grow(policy->files, policy->file_count);
	char *file;

	if (larger == NULL)
		return POLICY_E_NO_MEMORY;
	policy->files = larger;
	file = strdup(source->name);
	if (file == NULL)
		return POLICY_E_NO_MEMORY;
	policy->files[policy->file_count++] = file;

	loader->file = file;
	loader->source_kind = source->kind;
	return ini_text_read(file, source->text, &reader);
}

/* A rule without max_age takes the one of the settings, wherever they stand. */
static void settle_age(const struct policy *policy, struct rule *rule)
{
	if (rule->max_age_ms == 0)
		rule->max_age_ms = policy->settings.max_document_age_ms;
}

static void settle_ages(struct policy *policy)
{
	for (size_t i = 0; i < policy->rule_count; i++)
		settle_age(policy, policy->rules[i]);
	for (size_t i = 0; i < policy->secret_count; i++)
		settle_age(policy, &policy->secrets[i]->rule);
}

static enum policy_error finish(struct loader *loader)
{
	enum policy_error error = declarations_check(loader);

	if (error == POLICY_OK)
		error = images_link(loader);
	if (error == POLICY_OK)
		error = lookup_build(loader->policy);
	if (error == POLICY_OK)
		error = manifests_check(loader);
	if (error != POLICY_OK)
		return error;
	tuples_check(loader);
	rules_link(loader);
	settle_ages(loader->policy);
	return POLICY_OK;
}

enum policy_error policy_load(const struct policy_input *input,
			      struct policy **ret_policy,
			      struct diagnostics *diagnostics)
{
	_cleanup_(policy_freep) struct policy *policy =
		calloc(1, sizeof(*policy));
	struct loader loader = {
		.policy = policy,
		.diagnostics = diagnostics,
		.input = input,
	};
	const size_t errors_before = diagnostics_errors(diagnostics);
	enum policy_error error = POLICY_OK;

	if (policy == NULL)
		return POLICY_E_NO_MEMORY;
	policy->settings = default_settings;
	for (size_t i = 0; error == POLICY_OK && i < input->source_count; i++)
		error = read_source(&loader, &input->sources[i]);
	/* An SSH key may be shown whatever the rules bind documents to; what its
	 * check needs is looked for now, while failing is cheap. */
	if (error == POLICY_OK && loader_digest(&loader) == NULL)
		error = POLICY_E_NO_MEMORY;
	if (error == POLICY_OK)
		error = finish(&loader);
	if (error != POLICY_OK)
		return error;
	if (diagnostics_errors(diagnostics) != errors_before)
		return POLICY_E_INVALID;

	*ret_policy = TAKE_PTR(policy);
	return POLICY_OK;
}

const struct policy_settings *policy_settings(const struct policy *policy)
{
	return &policy->settings;
}

const char *rule_name(const struct rule *rule)
{
	return rule->name;
}

const struct requirements *rule_requirements(const struct rule *rule)
{
	return &rule->requirements;
}

uint64_t rule_max_age_ms(const struct rule *rule)
{
	return rule->max_age_ms;
}

bool rule_takes_signature(const struct rule *rule)
{
	return (rule_bindings(rule) & (BIND_KEY | BIND_NONCE)) == BIND_KEY;
}

uint64_t rule_signed_max_age_ms(const struct rule *rule)
{
	/* A leaf lives three hours, which is what really ends a document. */
	return rule->gives_max_age ? rule->max_age_ms
				   : 4 * 3600 * UINT64_C(1000);
}

bool rule_gives_max_age(const struct rule *rule)
{
	return rule->gives_max_age;
}

unsigned rule_bindings(const struct rule *rule)
{
	return rule->requirements.bindings;
}

bool rule_needs_challenge(const struct rule *rule)
{
	return (rule_bindings(rule) & BIND_NONCE) != 0;
}

enum on_revoke rule_on_revoke(const struct rule *rule)
{
	return rule->on_revoke;
}

bool rule_is_audit(const struct rule *rule)
{
	return rule->is_audit;
}

uint64_t rule_session_max_ms(const struct rule *rule)
{
	return rule->session_max_ms;
}
