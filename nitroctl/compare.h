/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy that the daemon has in force against the one on disk: what would
 * change, and what of it somebody may be logging in by now. Rather calls too much
 * lost than too little, as the daemon's ReloadKeeping does.
 */
#ifndef NITRO_NITROCTL_COMPARE_H
#define NITRO_NITROCTL_COMPARE_H

#include <stdbool.h>

#include "client/admin.h"
#include "policy/policy.h"

enum difference_kind {
	DIFFERENCE_ADDED,
	DIFFERENCE_REMOVED,
	DIFFERENCE_CHANGED,
};

struct difference {
	enum difference_kind kind;
	const char *name; /* "release/x/1"; borrowed */
	const char *loss; /* NULL: nothing in force is lost; static text */
};

struct differences {
	struct difference *items;
	size_t count;
};

/* Removed and changed ones first, then added ones, each by name.
 * False when memory is exhausted. */
bool compare_policies(const struct client_policy *running,
		      const struct policy_description *disk, int64_t now_ms,
		      struct differences *ret_differences) _must_use_;

static inline void differences_free(struct differences differences)
{
	free(differences.items);
}
DEFINE_CLEANUP(struct differences, differences_free)

/* "added", "removed", "changed" */
const char *difference_kind_name(enum difference_kind kind);

#endif
