/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells in the journal which images end soon: when it is asked to, and once in an
 * interval afterwards, so that nobody is locked out on a date he forgot.
 */
#ifndef NITRO_POLICYD_EXPIRY_H
#define NITRO_POLICYD_EXPIRY_H

#include <systemd/sd-event.h>

#include "base/cleanup.h"
#include "base/compiler.h"
#include "nitro-policyd/journal.h"
#include "nitro-policyd/policy_store.h"

struct expiry;

/* `store` and `journal` outlive it. 0, or a negative errno. */
int expiry_new(sd_event *event, const struct policy_store *store,
	       const struct journal *journal, uint64_t interval_usec,
	       struct expiry **ret_expiry) _must_use_;
void expiry_free(struct expiry *expiry);
DEFINE_CLEANUP(struct expiry *, expiry_free)

/* One record for each image of the policy in force that ends soon; the interval
 * begins anew. */
void expiry_tell(struct expiry *expiry);

#endif
