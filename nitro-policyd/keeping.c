/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/keeping.h"

#include <string.h>

struct comparison {
	const struct config *old;
	const struct config *new;
	int64_t now_ms;
	struct diagnostics *diagnostics;
};

static void lose(const struct comparison *comparison,
		 const struct diagnostic_place *place, const char *what)
{
	diagnostics_add(comparison->diagnostics, DIAGNOSTIC_ERROR, place,
			"is in force and would be lost: %s", what);
}

static bool has_root(const struct anchors *anchors, const char *label,
		     struct span fingerprint)
{
	for (size_t i = 0; i < anchors_count(anchors); i++)
		if (strcmp(anchors_label(anchors, i), label) == 0 &&
		    span_equal(anchors_fingerprint(anchors, i), fingerprint))
			return true;
	return false;
}

static void compare_roots(const struct comparison *comparison)
{
	const struct anchors *old = comparison->old->anchors;

	for (size_t i = 0; i < anchors_count(old); i++) {
		struct diagnostic_place place = {
			.file = "roots.d",
			.section = anchors_label(old, i),
		};

		if (!has_root(comparison->new->anchors, anchors_label(old, i),
			      anchors_fingerprint(old, i)))
			lose(comparison, &place,
			     "no root has this label and "
			     "certificate any more.");
	}
}

static bool is_in_force(const struct policy_release_info *release,
			int64_t now_ms)
{
	return release->state != RELEASE_REVOKED &&
	       release->not_before_ms <= now_ms &&
	       now_ms <= release->not_after_ms;
}

static bool is_same_tuple(const struct policy_release_info *a,
			  const struct policy_release_info *b)
{
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
		if (!span_equal(a->pcrs[i], b->pcrs[i]))
			return false;
	return span_equal(a->user_data_sha256, b->user_data_sha256);
}

/* `old` is release number `hint` of its image; most likely it still is. */
static const char *find_loss(const struct comparison *comparison, size_t image,
			     size_t hint, const struct policy_release_info *old)
{
	const struct policy *policy = comparison->new->policy;
	size_t count = policy_image_release_count(policy, image);

	for (size_t i = 0; i < count; i++) {
		struct policy_release_info new;

		policy_release_info(policy, image, (hint + i) % count, &new);
		if (strcmp(new.name, old->name) != 0)
			continue;
		if (!is_same_tuple(old, &new))
			return "it measures something else now.";
		if (!is_in_force(&new, comparison->now_ms))
			return "it is no longer in force.";
		return NULL;
	}
	return "it is gone.";
}

static const char *find_image_loss(const struct policy_image_info *old,
				   const struct policy *policy,
				   size_t *ret_image)
{
	for (size_t i = 0; i < policy_image_count(policy); i++) {
		struct policy_image_info new;

		policy_image_info(policy, i, &new);
		if (strcmp(new.name, old->name) != 0)
			continue;
		*ret_image = i;
		return new.kind == old->kind ? NULL
					     : "its image has another kind.";
	}
	return "its image is gone.";
}

static void compare_image(const struct comparison *comparison, size_t index)
{
	const struct policy *policy = comparison->old->policy;
	struct policy_image_info image;
	const char *image_loss;
	size_t new_index = 0;

	policy_image_info(policy, index, &image);
	image_loss =
		find_image_loss(&image, comparison->new->policy, &new_index);
	for (size_t i = 0; i < policy_image_release_count(policy, index); i++) {
		struct policy_release_info release;
		const char *loss = image_loss;
		char section[512];

		policy_release_info(policy, index, i, &release);
		if (!is_in_force(&release, comparison->now_ms))
			continue;
		if (loss == NULL)
			loss = find_loss(comparison, new_index, i, &release);
		if (loss == NULL)
			continue;
		snprintf(section, sizeof(section), "release/%s/%s", image.name,
			 release.name);
		lose(comparison,
		     &(struct diagnostic_place){ .file = release.file,
						 .line = release.line,
						 .section = section },
		     loss);
	}
}

static bool is_rule(const struct policy_item *item)
{
	return strncmp(item->name, "rule/", strlen("rule/")) == 0;
}

/* The rules of a description: they are its end. */
static struct policy_description
rules_of(const struct policy_description *description)
{
	struct policy_description rules = *description;

	while (rules.count > 0 && !is_rule(&rules.items[0])) {
		rules.items++;
		rules.count--;
	}
	return rules;
}

static const char *find_rule_loss(const struct policy_description *new,
				  const struct policy_item *old, size_t at)
{
	for (size_t i = 0; i < new->count; i++) {
		if (strcmp(new->items[i].name, old->name) != 0)
			continue;
		if (strcmp(new->items[i].text, old->text) != 0)
			return "it says something else now.";
		return i == at ? NULL : "the rules before it are others now.";
	}
	return "it is gone.";
}

static bool compare_rules(const struct comparison *comparison)
{
	_cleanup_(
		policy_description_freep) struct policy_description old = { 0 },
								    new = { 0 };
	struct policy_description old_rules, new_rules;

	if (policy_describe(comparison->old->policy, &old) != POLICY_OK ||
	    policy_describe(comparison->new->policy, &new) != POLICY_OK)
		return false;

	old_rules = rules_of(&old);
	new_rules = rules_of(&new);
	for (size_t i = 0; i < old_rules.count; i++) {
		const struct policy_item *rule = &old_rules.items[i];
		const char *loss = find_rule_loss(&new_rules, rule, i);

		if (loss != NULL)
			lose(comparison,
			     &(struct diagnostic_place){
				     .file = "rules.d", .section = rule->name },
			     loss);
	}
	return true;
}

/* Documents that are accepted now could be refused by a smaller limit. */
static void compare_settings(const struct comparison *comparison)
{
	const struct policy_settings *old =
		policy_settings(comparison->old->policy);
	const struct policy_settings *new =
		policy_settings(comparison->new->policy);
	const struct {
		const char *key;
		bool is_less;
	} limits[] = {
		{ "max_document_age",
		  new->max_document_age_ms < old->max_document_age_ms },
		{ "clock_skew", new->clock_skew_ms < old->clock_skew_ms },
		{ "max_field_size", new->max_field_size < old->max_field_size },
	};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (limits[i].is_less)
			lose(comparison,
			     &(struct diagnostic_place){ .file = "policyd.conf",
							 .section = "policyd",
							 .key = limits[i].key },
			     "it is smaller now.");
}

bool keeping_compare(const struct config *old, const struct config *new,
		     int64_t now_ms, struct diagnostics *diagnostics)
{
	struct comparison comparison = { old, new, now_ms, diagnostics };

	compare_settings(&comparison);
	compare_roots(&comparison);
	for (size_t i = 0; i < policy_image_count(old->policy); i++)
		compare_image(&comparison, i);
	return compare_rules(&comparison);
}
