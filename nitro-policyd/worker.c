/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "nitro-policyd/limits.h"

struct worker {
	pthread_t thread;
	const struct judge *judge;
	struct work_queue *queue;
	struct chain_cache *cache;
	uint64_t cache_generation; /* the policy that the cache belongs to */
};

struct worker_pool {
	size_t count;
	struct worker workers[WORKERS_MAX];
};

/* A cache belongs to one set of roots, so each new policy begins with an empty
 * one. Without memory there is no cache, and every chain is verified anew. */
static struct chain_cache *cache_for(struct worker *worker,
				     const struct snapshot *snapshot)
{
	if (worker->cache != NULL &&
	    worker->cache_generation == snapshot->generation)
		return worker->cache;

	chain_cache_free(TAKE_PTR(worker->cache));
	if (chain_cache_new(CHAIN_CACHE_SIZE, &worker->cache) != ATTEST_OK)
		return NULL;

	worker->cache_generation = snapshot->generation;
	return worker->cache;
}

static void *worker_run(void *argument)
{
	struct worker *worker = argument;
	struct work *work;

	while ((work = work_queue_take(worker->queue)) != NULL) {
		struct job *job = job_of(work);

		judge_job(worker->judge, cache_for(worker, job->snapshot), job);
		work_queue_finish(worker->queue, work);
	}
	chain_cache_free(worker->cache);
	key_library_leave(worker->judge->keys);
	return NULL;
}

size_t worker_count(unsigned setting)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t count = setting;

	if (setting == 0 && processors > 0)
		count = (size_t)processors;
	if (count < WORKERS_MIN)
		return WORKERS_MIN;
	return count > WORKERS_MAX ? WORKERS_MAX : count;
}

static int start(struct worker_pool *pool, size_t count,
		 const struct judge *judge, struct work_queue *queue)
{
	while (pool->count < count) {
		struct worker *worker = &pool->workers[pool->count];
		int r;

		worker->judge = judge;
		worker->queue = queue;
		r = pthread_create(&worker->thread, NULL, worker_run, worker);
		if (r != 0)
			return -r;
		pool->count++;
	}
	return 0;
}

int worker_pool_new(size_t count, const struct judge *judge,
		    struct work_queue *queue, struct worker_pool **ret_pool)
{
	struct worker_pool *pool = calloc(1, sizeof(*pool));
	sigset_t all, before;
	int r;

	if (pool == NULL)
		return -ENOMEM;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = start(pool, count, judge, queue);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r < 0) {
		/* They have no work yet, so nothing can hold them. */
		work_queue_stop(queue);
		if (!worker_pool_join(pool))
			abort();
		return r;
	}
	*ret_pool = pool;
	return 0;
}

size_t worker_pool_count(const struct worker_pool *pool)
{
	return pool->count;
}

bool worker_pool_join(struct worker_pool *pool)
{
	struct timespec until;

	if (pool == NULL)
		return true;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(STOP_DEADLINE_USEC / USEC_PER_SEC);
	for (size_t i = 0; i < pool->count; i++)
		if (pthread_clockjoin_np(pool->workers[i].thread, NULL,
					 CLOCK_MONOTONIC, &until) != 0)
			return false;
	free(pool);
	return true;
}
