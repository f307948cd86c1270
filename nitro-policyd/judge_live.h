/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CheckVerdict, in a worker's thread: which of the candidates that the loop found
 * allows what is asked. Every decision is in the journal before this returns.
 */
#ifndef NITRO_POLICYD_JUDGE_LIVE_H
#define NITRO_POLICYD_JUDGE_LIVE_H

#include "nitro-policyd/job.h"
#include "nitro-policyd/journal.h"

/* Fills in the answer of `job`, whose verdict is new: the decision, and which
 * candidate it is about. */
void judge_check_verdict(const struct journal *journal, struct job *job);

#endif
