/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/quota.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "nitro-policyd/limits.h"

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

int quota_acquire(struct quota *quota, uid_t uid, size_t bytes)
{
	struct account *account = find(quota, uid);
	size_t places = uid == 0 ? CALLS_MAX : CALLS_MAX - CALLS_FOR_ROOT;

	/* Accounts are as many as calls at most, so there is room for one. */
	if (quota->calls >= places)
		return -EBUSY;
	if (account == NULL) {
		account = &quota->accounts[quota->count];
		*account = (struct account){ .uid = uid };
	}
	if (uid != 0 && (account->calls >= CALLS_PER_USER ||
			 bytes > CALLS_USER_BYTES - account->bytes))
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
