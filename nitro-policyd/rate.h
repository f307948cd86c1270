/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often a user may ask over time. Each question of Authorize leaves a record in
 * the journal, whose own limit counts all records of the daemon together: a user
 * who asks without end must not push root's records out. Used by one thread; the
 * time is a parameter.
 */
#ifndef NITRO_POLICYD_RATE_H
#define NITRO_POLICYD_RATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/compiler.h"

struct rate;

/* NULL when memory is exhausted. */
struct rate *rate_new(void) _must_use_;
void rate_free(struct rate *rate);
DEFINE_CLEANUP(struct rate *, rate_free)

/* How many questions of this account are taken each second. */
unsigned rate_per_second(uid_t uid);

/* Counts a question that the account `uid` asks at now_usec (CLOCK_BOOTTIME). False:
 * it has asked as many as it may at once, and more than rate_per_second() ever since. A
 * refused question costs nothing; root is never refused. */
bool rate_take(struct rate *rate, uid_t uid, uint64_t now_usec) _must_use_;

/* How much users other than root may look at over time, all of them together. */
struct looks {
	uint64_t full_usec; /* when all of LOOKS_BURST can be looked at again */
};

/* Counts a look at so many objects. False: too many were looked at lately. */
bool looks_take(struct looks *looks, size_t objects,
		uint64_t now_usec) _must_use_;

/* Questions that limits refused, for a record now and then. */
struct refusals {
	uint64_t next_usec; /* when the next record may be written */
	uint64_t untold;
};

/* Counts one more. True when it is time for a record: *ret_count refusals since the
 * last one. */
bool refusals_add(struct refusals *refusals, uint64_t now_usec,
		  uint64_t *ret_count) _must_use_;

#endif
