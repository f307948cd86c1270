/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The groups of those who are logged in, for the day on which a policy names groups
 * first: the loop says whose are missing, a worker looks them up, the loop takes
 * them. Whoever is not found has no verdict any more under such a policy.
 */
#ifndef NITRO_POLICYD_LIVE_GROUPS_H
#define NITRO_POLICYD_LIVE_GROUPS_H

#include "nitro-policyd/live.h"

struct live_groups {
	struct live_groups_user {
		char *user;
		bool is_found;
		struct groups groups;
	} * users;
	size_t count;
};

/* The users of verdicts whose groups nobody has asked for. 0 or -ENOMEM. */
int live_groups_collect(const struct lives *lives,
			struct live_groups *ret_groups) _must_use_;
/* Asks for them, which may take long. */
void live_groups_resolve(struct live_groups *groups);
/* Tells the verdicts what was found. */
void live_groups_apply(const struct live_groups *groups, struct lives *lives);
void live_groups_clear(struct live_groups *groups);

#endif
