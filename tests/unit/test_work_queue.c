/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/work_queue.h"

#include <poll.h>
#include <pthread.h>

#include "nitro-policyd/limits.h"
#include "tests/unit/unit.h"

static struct work_queue *queue;
static struct work works[8];

static void make_queue(void)
{
	ck_assert_int_eq(work_queue_new(WORKERS_MIN, &queue), 0);
	for (size_t i = 0; i < ARRAY_SIZE(works); i++)
		works[i] = (struct work){ 0 };
}

static void free_queue(void)
{
	work_queue_free(queue);
}

static void push(size_t index, enum rank rank)
{
	works[index].rank = rank;
	work_queue_push(queue, &works[index]);
}

static bool is_ready(void)
{
	struct pollfd wait = { work_queue_fd(queue), POLLIN, 0 };

	return poll(&wait, 1, 0) == 1;
}

START_TEST(root_goes_first)
{
	push(0, RANK_USER);
	push(1, RANK_USER);
	push(2, RANK_KEYS);
	push(3, RANK_ROOT);
	push(4, RANK_ROOT);
	ck_assert_ptr_eq(work_queue_take(queue), &works[3]);
	ck_assert_ptr_eq(work_queue_take(queue), &works[4]);
	ck_assert_ptr_eq(work_queue_take(queue), &works[2]);
	ck_assert_ptr_eq(work_queue_take(queue), &works[0]);
}
END_TEST

/* Whichever of them keeps its workers busy, the other two go on. */
static void check_that_one_goes_on(enum rank greedy, enum rank other)
{
	for (size_t i = 0; i < 5; i++)
		push(i, greedy);
	ck_assert_ptr_eq(work_queue_take(queue), &works[0]);
	push(5, other);
	ck_assert_ptr_eq(work_queue_take(queue), &works[5]);
	push(6, RANK_ROOT);
	ck_assert_ptr_eq(work_queue_take(queue), &works[6]);
	work_queue_finish(queue, &works[0]);
	ck_assert_ptr_eq(work_queue_take(queue), &works[1]);
}

START_TEST(users_leave_a_worker_for_keys)
{
	check_that_one_goes_on(RANK_USER, RANK_KEYS);
}
END_TEST

START_TEST(keys_leave_a_worker_for_users)
{
	check_that_one_goes_on(RANK_KEYS, RANK_USER);
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

	push(0, RANK_USER);
	push(1, RANK_USER);
	push(3, RANK_KEYS);
	push(4, RANK_KEYS);
	ck_assert_ptr_eq(work_queue_take(queue), &works[3]);
	ck_assert_ptr_eq(work_queue_take(queue), &works[0]);
	/* Of three workers one is at work for a user, and one for sshd's command:
	 * the other waits for root, though there is work. */
	ck_assert_int_eq(pthread_create(&thread, NULL, take, NULL), 0);
	usleep(50000);
	push(2, RANK_ROOT);
	ck_assert_int_eq(pthread_join(thread, &taken), 0);
	ck_assert_ptr_eq(taken, &works[2]);
	work_queue_finish(queue, &works[0]);
	ck_assert_ptr_eq(work_queue_take(queue), &works[1]);
}
END_TEST

/* Users and keys together may not have all workers either, however many there are. */
START_TEST(one_of_many_workers_stays_free_for_root)
{
	pthread_t thread;
	void *taken;

	work_queue_free(queue);
	ck_assert_int_eq(work_queue_new(WORKERS_MIN + 1, &queue), 0);
	for (size_t i = 0; i < 4; i++)
		push(i, i % 2 == 0 ? RANK_USER : RANK_KEYS);
	for (size_t i = 0; i < 3; i++)
		ck_assert_ptr_nonnull(work_queue_take(queue));
	ck_assert_int_eq(pthread_create(&thread, NULL, take, NULL), 0);
	usleep(50000);
	push(4, RANK_ROOT);
	ck_assert_int_eq(pthread_join(thread, &taken), 0);
	ck_assert_ptr_eq(taken, &works[4]);
}
END_TEST

START_TEST(finished_work_wakes_the_waiting_worker)
{
	pthread_t thread;
	void *taken;

	push(0, RANK_USER);
	push(1, RANK_USER);
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
	push(0, RANK_ROOT);
	push(1, RANK_ROOT);
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
	push(0, RANK_ROOT);
	ck_assert_ptr_null(work_queue_take(queue));
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make_queue, free_queue);
	tcase_add_test(tests, root_goes_first);
	tcase_add_test(tests, users_leave_a_worker_for_keys);
	tcase_add_test(tests, keys_leave_a_worker_for_users);
	tcase_add_test(tests, one_of_many_workers_stays_free_for_root);
	tcase_add_test(tests, one_worker_stays_free_for_root);
	tcase_add_test(tests, finished_work_wakes_the_waiting_worker);
	tcase_add_test(tests, hands_back_in_order);
	tcase_add_test(tests, hands_out_nothing_after_the_stop);
}

UNIT_MAIN("work_queue", add_tests)
