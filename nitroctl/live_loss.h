/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which live verdicts another policy would end, as far as can be told from what the
 * daemon shows of them. Rather calls too much lost than too little: the daemon has
 * the documents and judges them again when it reloads.
 */
#ifndef NITRO_NITROCTL_LIVE_LOSS_H
#define NITRO_NITROCTL_LIVE_LOSS_H

#include "client/verdicts.h"
#include "policy/compare.h"

struct live_loss {
	const struct client_verdict *verdict; /* borrowed */
	const char *why; /* for people, without a full stop; static text */
};

struct live_losses {
	struct live_loss *items;
	size_t count;
};

/* The other policy, and what differs from the one in force. */
struct live_future {
	const struct policy *policy;
	const struct policy_differences *differences;
	int64_t now_ms;
};

/* In the order of `verdicts`. Looks up the groups of their users on this host.
 * False, after a complaint, when that fails or memory is exhausted. */
bool live_losses_find(const struct live_future *future,
		      const struct client_verdicts *verdicts,
		      struct live_losses *ret_losses) _must_use_;

static inline void live_losses_free(struct live_losses losses)
{
	free(losses.items);
}
DEFINE_CLEANUP(struct live_losses, live_losses_free)

#endif
