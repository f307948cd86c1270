/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ReleaseSecret: a document earns a secret, sealed to the key in it. The secret is in
 * locked memory of this process and nowhere else, for as long as sealing takes.
 */
#ifndef NITRO_POLICYD_JUDGE_SECRET_H
#define NITRO_POLICYD_JUDGE_SECRET_H

#include "nitro-policyd/judge.h"

/* Fills in the verdict and, when it allows, `sealed`. The outcome is in the journal
 * before this returns. */
void judge_secret(const struct judge *judge, struct chain_cache *cache,
		  struct job *job);

#endif
