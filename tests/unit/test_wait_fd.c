/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/wait_fd.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"

#include "tests/unit/unit.h"

#define SHORT_MS 100

static int ends[2];

static void make_pipe(void)
{
	ck_assert_int_eq(pipe(ends), 0);
}

static void close_pipe(void)
{
	close(ends[0]);
	close(ends[1]);
}

START_TEST(what_is_there_is_there)
{
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(wait_fd(ends[0], POLLIN, INT64_MAX), 0);
	ck_assert_int_eq(wait_fd(ends[1], POLLOUT, INT64_MAX), 0);
}
END_TEST

START_TEST(an_end_is_something)
{
	close(ends[1]);
	ck_assert_int_eq(wait_fd(ends[0], POLLIN, INT64_MAX), 0);
}
END_TEST

START_TEST(nothing_comes)
{
	int64_t begin = clock_monotonic_ms();

	ck_assert_int_eq(wait_fd(ends[0], POLLIN, begin + SHORT_MS),
			 -ETIMEDOUT);
	ck_assert_int_ge(clock_monotonic_ms(), begin + SHORT_MS);
}
END_TEST

START_TEST(the_deadline_is_over)
{
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(wait_fd(ends[0], POLLIN, clock_monotonic_ms()),
			 -ETIMEDOUT);
}
END_TEST

static volatile sig_atomic_t signals;

static void count(int number _unused_)
{
	signals++;
}

/* Neither do they end the waiting, nor do they prolong it. */
START_TEST(signals_come)
{
	const struct sigaction action = { .sa_handler = count };
	const struct itimerval often = { { 0, 10000 }, { 0, 10000 } };
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };
	int64_t begin = clock_monotonic_ms();

	ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
	ck_assert_int_eq(wait_fd(ends[0], POLLIN, begin + SHORT_MS),
			 -ETIMEDOUT);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
	ck_assert_int_ge(clock_monotonic_ms(), begin + SHORT_MS);
	ck_assert_int_gt(signals, 0);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make_pipe, close_pipe);
	tcase_add_test(tests, what_is_there_is_there);
	tcase_add_test(tests, an_end_is_something);
	tcase_add_test(tests, nothing_comes);
	tcase_add_test(tests, the_deadline_is_over);
	tcase_add_test(tests, signals_come);
}

UNIT_MAIN("wait_fd", add_tests)
