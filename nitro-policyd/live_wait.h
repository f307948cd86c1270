/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions about live verdicts of the daemon before that are not judged yet: those
 * are judged next, and the question waits for them, within its deadline.
 */
#ifndef NITRO_POLICYD_LIVE_WAIT_H
#define NITRO_POLICYD_LIVE_WAIT_H

#include "nitro-policyd/manager.h"

/* Goes on with `job` by `then` when nothing that it is about is left to be judged;
 * that is what its `selection` says: the verdict `live_id`, or those that answer its
 * question. Returns as a handler does; where that is an error, the job is gone and
 * its caller not answered. */
int live_wait_consume(struct job *job, job_then then) _must_use_;

/* Goes on with all that need not wait any longer. */
void live_wait_resume(struct manager *manager);

#endif
