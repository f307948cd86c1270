/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/keeping.h"

#include "policy/compare.h"

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
			"is in force and would be lost: %s.", what);
}

static void compare_roots(const struct comparison *comparison)
{
	const struct anchors *old = comparison->old->anchors;

	for (size_t i = 0; i < anchors_count(old); i++) {
		struct diagnostic_place place = {
			.file = "roots.d",
			.section = anchors_label(old, i),
		};

		if (!anchors_hold(comparison->new->anchors,
				  anchors_label(old, i),
				  anchors_fingerprint(old, i)))
			lose(comparison, &place,
			     "no root has this label and "
			     "certificate any more");
	}
}

static bool compare_policies(const struct comparison *comparison)
{
	_cleanup_(
		policy_description_freep) struct policy_description old = { 0 },
								    new = { 0 };
	_cleanup_(policy_differences_freep) struct policy_differences
		differences = { 0 };

	if (policy_describe(comparison->old->policy, &old) != POLICY_OK ||
	    policy_describe(comparison->new->policy, &new) != POLICY_OK ||
	    policy_compare(&old, &new, comparison->now_ms, &differences) !=
		    POLICY_OK)
		return false;
	for (size_t i = 0; i < differences.count; i++) {
		const struct policy_difference *difference =
			&differences.items[i];
		const struct diagnostic_place place = {
			.file = difference->item->file,
			.line = difference->item->line,
			.section = difference->item->name,
		};

		if (difference->loss != NULL)
			lose(comparison, &place, difference->loss);
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
			     "it is smaller now");
}

bool keeping_compare(const struct config *old, const struct config *new,
		     int64_t now_ms, struct diagnostics *diagnostics)
{
	struct comparison comparison = { old, new, now_ms, diagnostics };

	compare_settings(&comparison);
	compare_roots(&comparison);
	return compare_policies(&comparison);
}
