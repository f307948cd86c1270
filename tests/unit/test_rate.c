/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/rate.h"

#include "nitro-policyd/account.h"
#include "nitro-policyd/limits.h"
#include "tests/unit/unit.h"

#define ALICE 1000
#define NOW   (3600 * USEC_PER_SEC)

static struct rate *rate;

static void make_rate(void)
{
	rate = rate_new();
	ck_assert_ptr_nonnull(rate);
}

static void free_rate(void)
{
	rate_free(rate);
}

static unsigned taken(uid_t uid, unsigned tries, uint64_t now_usec)
{
	unsigned count = 0;

	for (unsigned i = 0; i < tries; i++)
		count += rate_take(rate, uid, now_usec);
	return count;
}

START_TEST(bounds_a_burst)
{
	ck_assert_uint_eq(taken(ALICE, 3 * RATE_BURST, NOW), RATE_BURST);
	ck_assert(!rate_take(rate, ALICE, NOW));
	/* Everybody has his own. */
	ck_assert_uint_eq(taken(ALICE + 1, 3 * RATE_BURST, NOW), RATE_BURST);
}
END_TEST

START_TEST(bounds_the_rate_after_a_burst)
{
	taken(ALICE, RATE_BURST, NOW);
	for (unsigned second = 1; second < 10; second++)
		ck_assert_uint_eq(taken(ALICE, 3 * RATE_BURST,
					NOW + second * USEC_PER_SEC),
				  RATE_PER_SECOND);
}
END_TEST

START_TEST(forgives_with_time)
{
	taken(ALICE, 3 * RATE_BURST, NOW);
	ck_assert_uint_eq(
		taken(ALICE, 3 * RATE_BURST,
		      NOW + RATE_BURST / RATE_PER_SECOND * USEC_PER_SEC),
		RATE_BURST);
	/* No more than one burst is saved. */
	ck_assert_uint_eq(taken(ALICE, 3 * RATE_BURST, 100 * NOW), RATE_BURST);
}
END_TEST

START_TEST(gives_more_to_keys_but_not_without_end)
{
	ck_assert_uint_eq(taken(ACCOUNT_KEYS, 3 * RATE_KEYS_BURST, NOW),
			  RATE_KEYS_BURST);
	ck_assert_uint_eq(
		taken(ACCOUNT_KEYS, 3 * RATE_KEYS_BURST, NOW + USEC_PER_SEC),
		RATE_KEYS_PER_SECOND);
	ck_assert(rate_take(rate, ALICE, NOW));
}
END_TEST

/* What journald takes from a service in 30 seconds, unless it is told otherwise. */
START_TEST(leaves_records_for_root)
{
	ck_assert_uint_lt(RATE_KEYS_BURST + 30 * RATE_KEYS_PER_SECOND, 10000);
}
END_TEST

START_TEST(never_refuses_root)
{
	ck_assert_uint_eq(taken(0, 10 * RATE_BURST, NOW), 10 * RATE_BURST);
}
END_TEST

/* With more users than buckets, who asks most stays known, and nobody who asks
 * little is refused. */
START_TEST(remembers_who_asks_most)
{
	taken(ALICE, RATE_BURST, NOW);
	for (uid_t i = 1; i <= 2 * RATE_USERS; i++)
		ck_assert(rate_take(rate, ALICE + i, NOW));
	ck_assert(!rate_take(rate, ALICE, NOW));
}
END_TEST

/* A look at many objects takes as much as many looks at one. */
START_TEST(bounds_looks_by_what_they_show)
{
	struct looks looks = { 0 };

	for (unsigned i = 0; i < LOOKS_BURST / 512; i++)
		ck_assert(looks_take(&looks, 512, NOW));
	ck_assert(!looks_take(&looks, 512, NOW));
	ck_assert(!looks_take(&looks, 1, NOW));
	ck_assert(
		!looks_take(&looks, LOOKS_PER_SECOND + 1, NOW + USEC_PER_SEC));
	ck_assert(looks_take(&looks, LOOKS_PER_SECOND, NOW + USEC_PER_SEC));
	ck_assert(!looks_take(&looks, 1, NOW + USEC_PER_SEC));
}
END_TEST

START_TEST(tells_of_refusals_now_and_then)
{
	struct refusals refusals = { 0 };
	uint64_t count;

	ck_assert(refusals_add(&refusals, NOW, &count));
	ck_assert_uint_eq(count, 1);
	for (unsigned i = 0; i < 1000; i++)
		ck_assert(!refusals_add(
			&refusals, NOW + REFUSALS_RECORD_USEC - 1, &count));
	ck_assert(refusals_add(&refusals, NOW + REFUSALS_RECORD_USEC, &count));
	ck_assert_uint_eq(count, 1001);
	ck_assert(!refusals_add(&refusals, NOW + REFUSALS_RECORD_USEC, &count));
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make_rate, free_rate);
	tcase_add_test(tests, bounds_a_burst);
	tcase_add_test(tests, bounds_the_rate_after_a_burst);
	tcase_add_test(tests, forgives_with_time);
	tcase_add_test(tests, gives_more_to_keys_but_not_without_end);
	tcase_add_test(tests, leaves_records_for_root);
	tcase_add_test(tests, never_refuses_root);
	tcase_add_test(tests, remembers_who_asks_most);
	tcase_add_test(tests, bounds_looks_by_what_they_show);
	tcase_add_test(tests, tells_of_refusals_now_and_then);
}

UNIT_MAIN("rate", add_tests)
