/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The threads that judge. They take work from the queue until it stops; each owns
 * a memory of chains, for the roots of the policy that it judged by last.
 */
#ifndef NITRO_POLICYD_WORKER_H
#define NITRO_POLICYD_WORKER_H

#include <stddef.h>

#include "base/cleanup.h"
#include "base/compiler.h"
#include "nitro-policyd/judge.h"
#include "nitro-policyd/work_queue.h"

struct worker_pool;

/* How many threads a setting of `workers` stands for (0: one per processor). */
size_t worker_count(unsigned setting);

/* Starts `count` threads with all signals blocked. `judge` and `queue` outlive the
 * pool. 0 or a negative errno. */
int worker_pool_new(size_t count, const struct judge *judge,
		    struct work_queue *queue,
		    struct worker_pool **ret_pool) _must_use_;

size_t worker_pool_count(const struct worker_pool *pool);

/* Waits for all threads after work_queue_stop(), at most STOP_DEADLINE_USEC. True
 * when they have ended and the pool is freed. False: one hangs in a call to the
 * host; then nothing that it may touch can be freed, and the process should end. */
bool worker_pool_join(struct worker_pool *pool) _must_use_;

#endif
