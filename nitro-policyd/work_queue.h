/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way from the event loop to the workers and back. Work of a higher rank goes
 * first, and each rank has a worker that the lower ones leave free for it, and the
 * lowest one that sshd's command leaves, so that whatever other users or strangers
 * make the workers wait for, a login of root does not wait behind it. How much can be
 * queued is bounded by quota.h; the queue itself only links what it is given.
 */
#ifndef NITRO_POLICYD_WORK_QUEUE_H
#define NITRO_POLICYD_WORK_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/compiler.h"
#include "nitro-policyd/account.h"

/* Embedded in whatever is queued. */
struct work {
	struct work *next;
	enum rank rank; /* of who asks; set before the work is pushed */
};

struct work_queue;

/* `workers` threads will take work, WORKERS_MIN at least. 0, or a negative errno. */
int work_queue_new(size_t workers, struct work_queue **ret_queue) _must_use_;
void work_queue_free(struct work_queue *queue);
DEFINE_CLEANUP(struct work_queue *, work_queue_free)

/* The loop's side. The descriptor is readable when work is done;
 * work_queue_collect() then takes all of it, linked by `next` in the order it was
 * finished. After work_queue_stop() nothing is handed out any more. */
void work_queue_push(struct work_queue *queue, struct work *work);
int work_queue_fd(const struct work_queue *queue);
struct work *work_queue_collect(struct work_queue *queue) _must_use_;
void work_queue_stop(struct work_queue *queue);

/* A worker's side. Waits for work; NULL: stop. Each work taken is finished. */
struct work *work_queue_take(struct work_queue *queue) _must_use_;
void work_queue_finish(struct work_queue *queue, struct work *work);

#endif
