/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a question becomes an answer, in a worker's thread. Knows nothing of the
 * bus and never waits for the loop. Every decision of Authorize is in the journal
 * before this returns.
 */
#ifndef NITRO_POLICYD_JUDGE_H
#define NITRO_POLICYD_JUDGE_H

#include "attest/chain_cache.h"
#include "key/attested_key.h"
#include "nitro-policyd/job.h"
#include "nitro-policyd/journal.h"
#include "nitro-policyd/seen.h"

/* What all workers share; every part of it may be used by several threads. */
struct judge {
	struct seen *seen;
	const struct journal *journal;
	const struct key_library *keys;
	struct config_layers layers;
};

/* Fills in the answer of `job`. `cache` belongs to the calling thread and to the
 * roots of the job's snapshot; NULL: remember nothing. */
void judge_job(const struct judge *judge, struct chain_cache *cache,
	       struct job *job);

#endif
