/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `bind = key`: the document's key has signed this login. Then the document may be
 * as old as its certificate, and be used again: what counts once is the challenge
 * that is signed.
 */
#ifndef NITRO_POLICYD_JUDGE_KEY_H
#define NITRO_POLICYD_JUDGE_KEY_H

#include "nitro-policyd/job.h"
#include "policy/policy.h"

/* Whether the rule takes a signature over the challenge in place of a document that
 * carries its nonce, and the question has one. */
bool judge_key_replaces_nonce(const struct rule *rule, const struct job *job);

/* The age that a document may have under `rule`. */
uint64_t judge_key_max_age_ms(const struct rule *rule, const struct job *job);

/* Says in `claim` whether the signature of the question is by the key of its evidence,
 * over its challenge, which was answered. False, and the job has failed. */
bool judge_key_prove(const struct key_library *library, struct job *job,
		     struct claim *claim) _must_use_;

#endif
