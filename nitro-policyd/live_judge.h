/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was proven once, held against a policy now: for a question about a live
 * verdict, and for the verdict itself when the policy has changed. No cryptography:
 * the evidence is there. Any thread may do it.
 */
#ifndef NITRO_POLICYD_LIVE_JUDGE_H
#define NITRO_POLICYD_LIVE_JUDGE_H

#include "nitro-policyd/live.h"

struct live_case {
	const struct snapshot *snapshot;
	const struct live_proof *proof;
	const struct request *request; /* its rule is asked */
	int64_t now_ms;
	/* A question: the document must not be older than the rule says, where it
	 * does say it. */
	bool is_question;
};

/* Fills in a new verdict, to the last word. */
void live_judge(const struct live_case *live_case, struct verdict *verdict);

/* What a verdict under `snapshot` means for `live`, whose question it is about. */
void live_adopt(struct live *live, const struct snapshot *snapshot,
		const struct verdict *verdict);

#endif
