/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a worker's thread does about live verdicts. CheckVerdict: which of the
 * candidates that the loop found allows what is asked; every decision is in the
 * journal before this returns. And those of the daemon before: what the loop needs
 * to judge them again.
 */
#ifndef NITRO_POLICYD_JUDGE_LIVE_H
#define NITRO_POLICYD_JUDGE_LIVE_H

#include "attest/chain_cache.h"
#include "nitro-policyd/job.h"
#include "nitro-policyd/journal.h"

/* Fills in the answer of `job`, whose verdict is new: the decision, and which
 * candidate it is about. */
void judge_check_verdict(const struct journal *journal, struct job *job);

/* Verifies the document again, if there is one: at level 1, at the time when it was
 * judged first, by the roots of now. Looks for the user's groups where nobody has
 * and the policy names some; that the verdict goes without them is for the loop to
 * say. */
void judge_taken_up(struct chain_cache *cache, struct job *job);

#endif
