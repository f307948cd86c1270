/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The groups of a user, as the host's user database has them. Asking may take long
 * (a directory server): for workers only. Never guesses: whoever cannot be looked
 * up completely has no answer.
 */
#ifndef NITRO_POLICYD_GROUPS_H
#define NITRO_POLICYD_GROUPS_H

#include <stddef.h>

#include "base/compiler.h"

struct groups {
	char **names;
	size_t count;
};

/* The names of all groups of `user`; none for a user whom the host does not know. A
 * group that has no name cannot be named by a rule and is left out. 0; -E2BIG when
 * there are more than GROUPS_MAX; or the negative errno of the lookup. */
int groups_resolve(const char *user, struct groups *ret_groups) _must_use_;
/* 0 or -ENOMEM, and nothing to clear. */
int groups_copy(const struct groups *groups,
		struct groups *ret_groups) _must_use_;
void groups_clear(struct groups *groups);

#endif
