/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/quota.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "nitro-policyd/account.h"
#include "nitro-policyd/limits.h"

/* Of all calls that count for a rank, and of those of one account. */
static const struct bounds {
	size_t all;
	size_t calls;
	size_t bytes;
} bounds[RANK_COUNT] = {
	[RANK_USER] = { CALLS_MAX - CALLS_FOR_ROOT - CALLS_FOR_KEYS,
			CALLS_PER_USER, CALLS_USER_BYTES },
	[RANK_KEYS] = { CALLS_MAX - CALLS_FOR_ROOT, CALLS_FOR_KEYS,
			CALLS_KEYS_BYTES },
	[RANK_ROOT] = { CALLS_MAX, CALLS_MAX, SIZE_MAX },
};

struct account {
	uid_t uid;
	size_t calls; /* never 0: an account without calls does not exist */
	size_t bytes;
};

struct quota {
	size_t calls;
	size_t count;
	struct account accounts[CALLS_MAX];
};

struct quota *quota_new(void)
{
	return calloc(1, sizeof(struct quota));
}

void quota_free(struct quota *quota)
{
	free(quota);
}

static struct account *find(struct quota *quota, uid_t uid)
{
	for (size_t i = 0; i < quota->count; i++)
		if (quota->accounts[i].uid == uid)
			return &quota->accounts[i];
	return NULL;
}

/* Users have their places whether strangers ask or not. */
static size_t calls_that_count(struct quota *quota, enum rank rank)
{
	const struct account *keys = find(quota, ACCOUNT_KEYS);

	if (rank != RANK_USER || keys == NULL)
		return quota->calls;
	return quota->calls - keys->calls;
}

int quota_acquire(struct quota *quota, uid_t uid, size_t bytes)
{
	struct account *account = find(quota, uid);
	enum rank rank = account_rank(uid);
	const struct bounds *bound = &bounds[rank];

	/* Accounts are as many as calls at most, so there is room for one. */
	if (calls_that_count(quota, rank) >= bound->all)
		return -EBUSY;
	if (account == NULL) {
		account = &quota->accounts[quota->count];
		*account = (struct account){ .uid = uid };
	}
	if (account->calls >= bound->calls ||
	    bytes > bound->bytes - account->bytes)
		return -EDQUOT;

	if (account->calls == 0)
		quota->count++;
	account->calls++;
	account->bytes += bytes;
	quota->calls++;
	return 0;
}

void quota_release(struct quota *quota, uid_t uid, size_t bytes)
{
	struct account *account = find(quota, uid);

	assert(account != NULL && account->bytes >= bytes);
	account->calls--;
	account->bytes -= bytes;
	quota->calls--;
	if (account->calls == 0)
		*account = quota->accounts[--quota->count];
}

size_t quota_calls(const struct quota *quota)
{
	return quota->calls;
}
