/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RevokeVerdict: who may end a verdict by hand. Root may, and the user himself, whom
 * a worker knows; about everybody else polkit is asked.
 */
#ifndef NITRO_POLICYD_REVOKE_H
#define NITRO_POLICYD_REVOKE_H

#include "nitro-policyd/manager.h"

/* A caller asked to end the verdict job->live_id. As a handler returns: 1 (answered
 * later, or by now), or a negative errno with the job dropped. */
int revoke_for_caller_consume(struct job *job) _must_use_;

/* A worker has looked whether the caller is the user himself. Ends the verdict and
 * answers, now or when polkit has. */
void revoke_finish_consume(struct job *job);

#endif
