/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/work_queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>

struct work_list {
	struct work *first;
	struct work **end;
};

struct work_queue {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* All below: with the lock held. */
	struct work_list waiting[RANK_COUNT];
	size_t running[RANK_COUNT];
	struct work_list done;
	size_t workers;
	bool stopped;
	int fd; /* written once, before there are threads */
};

static void list_init(struct work_list *list)
{
	list->first = NULL;
	list->end = &list->first;
}

static void list_append(struct work_list *list, struct work *work)
{
	work->next = NULL;
	*list->end = work;
	list->end = &work->next;
}

static struct work *list_take(struct work_list *list)
{
	struct work *work = list->first;

	if (work == NULL)
		return NULL;

	list->first = work->next;
	if (list->first == NULL)
		list->end = &list->first;
	work->next = NULL;
	return work;
}

int work_queue_new(size_t workers, struct work_queue **ret_queue)
{
	_cleanup_close_ int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct work_queue *queue;

	if (fd < 0)
		return -errno;

	queue = calloc(1, sizeof(*queue));
	if (queue == NULL)
		return -ENOMEM;

	pthread_mutex_init(&queue->lock, NULL);
	pthread_cond_init(&queue->changed, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(queue->waiting); i++)
		list_init(&queue->waiting[i]);
	list_init(&queue->done);
	queue->workers = workers;
	queue->fd = TAKE_FD(fd);
	*ret_queue = queue;
	return 0;
}

void work_queue_free(struct work_queue *queue)
{
	if (queue == NULL)
		return;

	close(queue->fd);
	pthread_cond_destroy(&queue->changed);
	pthread_mutex_destroy(&queue->lock);
	free(queue);
}

void work_queue_push(struct work_queue *queue, struct work *work)
{
	pthread_mutex_lock(&queue->lock);
	list_append(&queue->waiting[work->rank], work);
	/* All, because the one that wakes may not be allowed to take it. */
	pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
}

/* Whether one more of this rank leaves to each other rank the worker that is its own. */
static bool may_run(const struct work_queue *queue, enum rank rank)
{
	size_t low = queue->running[RANK_USER] + queue->running[RANK_KEYS];

	return rank == RANK_ROOT || (low + 1 < queue->workers &&
				     queue->running[rank] + 2 < queue->workers);
}

static struct work *take_locked(struct work_queue *queue)
{
	for (size_t i = RANK_COUNT; i-- > 0;) {
		struct work *work = may_run(queue, (enum rank)i)
					    ? list_take(&queue->waiting[i])
					    : NULL;

		if (work == NULL)
			continue;
		queue->running[i]++;
		return work;
	}
	return NULL;
}

struct work *work_queue_take(struct work_queue *queue)
{
	struct work *work = NULL;

	pthread_mutex_lock(&queue->lock);
	while (!queue->stopped) {
		work = take_locked(queue);
		if (work != NULL)
			break;
		pthread_cond_wait(&queue->changed, &queue->lock);
	}
	pthread_mutex_unlock(&queue->lock);
	return work;
}

void work_queue_finish(struct work_queue *queue, struct work *work)
{
	pthread_mutex_lock(&queue->lock);
	queue->running[work->rank]--;
	if (work->rank != RANK_ROOT)
		pthread_cond_broadcast(&queue->changed);
	list_append(&queue->done, work);
	pthread_mutex_unlock(&queue->lock);
	/* Fails only when 2^64 - 2 wake-ups are pending. */
	eventfd_write(queue->fd, 1);
}

int work_queue_fd(const struct work_queue *queue)
{
	return queue->fd;
}

struct work *work_queue_collect(struct work_queue *queue)
{
	struct work *work;
	eventfd_t count;

	/* First the wake-up, then the list: what is finished in between wakes
	 * the loop once more. */
	eventfd_read(queue->fd, &count);
	pthread_mutex_lock(&queue->lock);
	work = queue->done.first;
	list_init(&queue->done);
	pthread_mutex_unlock(&queue->lock);
	return work;
}

void work_queue_stop(struct work_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->stopped = true;
	pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
}
