/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Challenges: nonces that were handed out and wait for their answer. Each is
 * bound to the caller, service and user it was made for, counts once, and dies
 * soon. Used by one thread; the time is a parameter.
 */
#ifndef NITRO_POLICYD_CHALLENGE_H
#define NITRO_POLICYD_CHALLENGE_H

#include <sys/types.h>

#include "base/cleanup.h"
#include "base/compiler.h"
#include "base/span.h"
#include "dbus/nitro_bus.h"
#include "policy/request.h"

struct challenges;

enum challenge_outcome {
	CHALLENGE_UNKNOWN,  /* never issued, expired, or used before */
	CHALLENGE_MISMATCH, /* issued for another caller, service or user */
	CHALLENGE_ANSWERED, /* this very question's challenge; now used up */
	CHALLENGE_ABSENT,   /* the request carries no nonce */
};

/* NULL when memory is exhausted. */
struct challenges *challenges_new(void) _must_use_;
void challenges_free(struct challenges *challenges);
DEFINE_CLEANUP(struct challenges *, challenges_free)

/* Makes a challenge that can be answered until `expires_usec` (CLOCK_BOOTTIME).
 * 0 and the nonce; -EDQUOT when the caller has too many open ones; -ENOMEM; the
 * error of getrandom(). Root is never refused for its number: its oldest
 * challenge gives way, because what fills root's share are logins that strangers
 * began. */
int challenges_create(struct challenges *challenges, uid_t caller,
		      const struct request *request, uint64_t now_usec,
		      uint64_t expires_usec,
		      uint8_t ret_nonce[static NITRO_NONCE_SIZE]) _must_use_;

/* Looks up the challenge and removes it, whatever the outcome: a nonce that was
 * presented once is worth nothing afterwards. */
enum challenge_outcome challenges_consume(struct challenges *challenges,
					  uid_t caller,
					  const struct request *request,
					  struct span nonce,
					  uint64_t now_usec) _must_use_;

/* Open challenges, expired ones included until they are met. */
size_t challenges_count(const struct challenges *challenges);

#endif
