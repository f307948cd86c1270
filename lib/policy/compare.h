/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two policies by their descriptions: what differs, and what somebody may be logging
 * in by now and could not by the new one. Rather calls too much lost than too
 * little: a rule that says something else counts as lost, though it may allow more.
 */
#ifndef NITRO_POLICY_COMPARE_H
#define NITRO_POLICY_COMPARE_H

#include "policy/policy.h"

enum policy_change {
	POLICY_REMOVED,
	POLICY_CHANGED,
	POLICY_ADDED,
};
/* "removed", "changed", "added" */
const char *policy_change_name(enum policy_change change);

struct policy_difference {
	enum policy_change change;
	/* In the new policy when it was added there, else in the old one;
	 * borrowed. */
	const struct policy_item *item;
	/* NULL: nothing that is in force is lost. Else why, for people and without
	 * a full stop; static text. */
	const char *loss;
};

struct policy_differences {
	struct policy_difference *items;
	size_t count;
};

/* What was removed or changed, in the order of the old policy, then what was added,
 * in the order of the new one. A rule of the same text is changed when its place
 * among the rules is another, because the first that matches decides. Releases are
 * lost only while they are in force. POLICY_OK or POLICY_E_NO_MEMORY. */
enum policy_error
policy_compare(const struct policy_description *old,
	       const struct policy_description *new, int64_t now_ms,
	       struct policy_differences *ret_differences) _must_use_;

static inline void
policy_differences_free(struct policy_differences differences)
{
	free(differences.items);
}
DEFINE_CLEANUP(struct policy_differences, policy_differences_free)

#endif
