/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accounts: in whose name the daemon counts what it holds and does, and how much of it
 * one rank of accounts must leave to the others. An account is a uid but for two: that
 * of root, and that of sshd's command, which asks in the name of all strangers.
 */
#ifndef NITRO_POLICYD_ACCOUNT_H
#define NITRO_POLICYD_ACCOUNT_H

#include <sys/types.h>

#define ACCOUNT_ROOT ((uid_t)0)

/* The number that no user has, chown(2). */
#define ACCOUNT_KEYS ((uid_t)-1)

/* What is of a higher rank goes first, and no rank can take from another what is kept
 * for it. */
enum rank {
	RANK_USER,
	RANK_KEYS,
	RANK_ROOT,
};
#define RANK_COUNT (RANK_ROOT + 1)

static inline enum rank account_rank(uid_t account)
{
	if (account == ACCOUNT_ROOT)
		return RANK_ROOT;
	return account == ACCOUNT_KEYS ? RANK_KEYS : RANK_USER;
}

#endif
