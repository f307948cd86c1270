/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/rate.h"

#include <stdlib.h>

#include "nitro-policyd/account.h"
#include "nitro-policyd/limits.h"

/* A bucket is described by the time at which it will be full again: each question
 * moves it on by what it costs, up to a burst of them from now. 0: nobody's. */
struct bucket {
	uid_t uid;
	uint64_t full_usec;
};

struct rate {
	struct bucket buckets[RATE_USERS];
};

struct rate *rate_new(void)
{
	return calloc(1, sizeof(struct rate));
}

void rate_free(struct rate *rate)
{
	free(rate);
}

/* The user's bucket; else that which is full first. Where more users ask than there
 * are buckets, those who ask least are forgotten. */
static struct bucket *find(struct rate *rate, uid_t uid)
{
	struct bucket *fullest = &rate->buckets[0];

	for (size_t i = 0; i < RATE_USERS; i++) {
		struct bucket *bucket = &rate->buckets[i];

		if (bucket->full_usec > 0 && bucket->uid == uid)
			return bucket;
		if (bucket->full_usec < fullest->full_usec)
			fullest = bucket;
	}
	*fullest = (struct bucket){ .uid = uid };
	return fullest;
}

unsigned rate_per_second(uid_t uid)
{
	return uid == ACCOUNT_KEYS ? RATE_KEYS_PER_SECOND : RATE_PER_SECOND;
}

bool rate_take(struct rate *rate, uid_t uid, uint64_t now_usec)
{
	const uint64_t cost_usec = USEC_PER_SEC / rate_per_second(uid);
	const uint64_t burst_usec =
		cost_usec *
		(uid == ACCOUNT_KEYS ? RATE_KEYS_BURST : RATE_BURST);
	struct bucket *bucket;
	uint64_t full_usec;

	if (uid == ACCOUNT_ROOT)
		return true;

	bucket = find(rate, uid);
	full_usec = bucket->full_usec > now_usec ? bucket->full_usec : now_usec;
	if (full_usec + cost_usec > now_usec + burst_usec)
		return false;

	bucket->full_usec = full_usec + cost_usec;
	return true;
}

bool looks_take(struct looks *looks, size_t objects, uint64_t now_usec)
{
	const uint64_t burst_usec =
		LOOKS_BURST * USEC_PER_SEC / LOOKS_PER_SECOND;
	uint64_t cost_usec = objects * USEC_PER_SEC / LOOKS_PER_SECOND;
	uint64_t full_usec =
		looks->full_usec > now_usec ? looks->full_usec : now_usec;

	if (full_usec + cost_usec > now_usec + burst_usec)
		return false;

	looks->full_usec = full_usec + cost_usec;
	return true;
}

bool refusals_add(struct refusals *refusals, uint64_t now_usec,
		  uint64_t *ret_count)
{
	refusals->untold++;
	if (now_usec < refusals->next_usec)
		return false;

	*ret_count = refusals->untold;
	*refusals = (struct refusals){
		.next_usec = now_usec + REFUSALS_RECORD_USEC,
	};
	return true;
}
