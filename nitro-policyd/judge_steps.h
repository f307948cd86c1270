/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Steps that the answers to several questions are made of.
 */
#ifndef NITRO_POLICYD_JUDGE_STEPS_H
#define NITRO_POLICYD_JUDGE_STEPS_H

#include "attest/chain_cache.h"
#include "nitro-policyd/job.h"
#include "policy/policy.h"

/* The checks of level 0: a rule applies, and challenge and signature came as it asks.
 * False: the verdict is a denial already, and nothing else is looked at. */
bool judge_request(struct job *job, const struct rule *rule);

/* What a document is asked for at level 1. */
struct document_question {
	struct span nonce; /* SPAN_ABSENT: not asked */
	uint64_t max_age_ms;
	int64_t now_ms;
};

/* Level 1. True when there is a verdict about the document: it was verified, or
 * refused for a reason that lies in it. */
bool judge_document(struct job *job, struct chain_cache *cache,
		    const struct document_question *question);

/* The same under a rule, as it wants nonce and age. */
bool judge_document_by_rule(struct job *job, struct chain_cache *cache,
			    const struct rule *rule, int64_t now_ms);

#endif
