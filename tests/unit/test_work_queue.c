/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/work_queue.h"

#include <poll.h>
#include <pthread.h>

#include "tests/unit/unit.h"

static struct work_queue *queue;
static struct work works[4];

static void make_queue(void)
{
	ck_assert_int_eq(work_queue_new(2, &queue), 0);
	for (size_t i = 0; i < ARRAY_SIZE(works); i++)
		works[i] = (struct work){ 0 };
}

static void free_queue(void)
{
	work_queue_free(queue);
}

static void push(size_t index, bool privileged)
{
	works[index].privileged = privileged;
	work_queue_push(queue, &works[index]);
}

static bool is_ready(void)
{
	struct pollfd wait = { work_queue_fd(queue), POLLIN, 0 };

	return poll(&wait, 1, 0) == 1;
}

START_TEST(root_goes_first)
{
	push(0, false);
	push(1, false);
	push(2, true);
	push(3, true);
	ck_assert_ptr_eq(work_queue_take(queue), &works[2]);
	ck_assert_ptr_eq(work_queue_take(queue), &works[3]);
	ck_assert_ptr_eq(work_queue_take(queue), &works[0]);
}
END_TEST

static void *take(void *argument _unused_)
{
	return work_queue_take(queue);
}

START_TEST(one_worker_stays_free_for_root)
{
	pthread_t thread;
	void *taken;

	push(0, false);
	push(1, false);
	ck_assert_ptr_eq(work_queue_take(queue), &works[0]);
	/* Of two workers one is at work for a user: the other waits for root,
	 * though there is work. */
	ck_assert_int_eq(pthread_create(&thread, NULL, take, NULL), 0);
	usleep(50000);
	push(2, true);
	ck_assert_int_eq(pthread_join(thread, &taken), 0);
	ck_assert_ptr_eq(taken, &works[2]);
	work_queue_finish(queue, &works[0]);
	ck_assert_ptr_eq(work_queue_take(queue), &works[1]);
}
END_TEST

START_TEST(finished_work_wakes_the_waiting_worker)
{
	pthread_t thread;
	void *taken;

	push(0, false);
	push(1, false);
	ck_assert_ptr_eq(work_queue_take(queue), &works[0]);
	ck_assert_int_eq(pthread_create(&thread, NULL, take, NULL), 0);
	usleep(50000);
	work_queue_finish(queue, &works[0]);
	ck_assert_int_eq(pthread_join(thread, &taken), 0);
	ck_assert_ptr_eq(taken, &works[1]);
}
END_TEST

START_TEST(hands_back_in_order)
{
	ck_assert(!is_ready());
	push(0, true);
	push(1, true);
	ck_assert_ptr_eq(work_queue_take(queue), &works[0]);
	ck_assert_ptr_eq(work_queue_take(queue), &works[1]);
	work_queue_finish(queue, &works[1]);
	work_queue_finish(queue, &works[0]);
	ck_assert(is_ready());
	ck_assert_ptr_eq(work_queue_collect(queue), &works[1]);
	ck_assert_ptr_eq(works[1].next, &works[0]);
	ck_assert_ptr_null(works[0].next);
	ck_assert(!is_ready());
	ck_assert_ptr_null(work_queue_collect(queue));
}
END_TEST

START_TEST(hands_out_nothing_after_the_stop)
{
	pthread_t thread;
	void *taken;

	ck_assert_int_eq(pthread_create(&thread, NULL, take, NULL), 0);
	usleep(50000);
	work_queue_stop(queue);
	ck_assert_int_eq(pthread_join(thread, &taken), 0);
	ck_assert_ptr_null(taken);
	push(0, true);
	ck_assert_ptr_null(work_queue_take(queue));
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make_queue, free_queue);
	tcase_add_test(tests, root_goes_first);
	tcase_add_test(tests, one_worker_stays_free_for_root);
	tcase_add_test(tests, finished_work_wakes_the_waiting_worker);
	tcase_add_test(tests, hands_back_in_order);
	tcase_add_test(tests, hands_out_nothing_after_the_stop);
}

UNIT_MAIN("work_queue", add_tests)
