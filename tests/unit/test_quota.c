/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/quota.h"

#include <errno.h>

#include "nitro-policyd/account.h"
#include "nitro-policyd/limits.h"
#include "tests/unit/unit.h"

#define ALICE 1000

static struct quota *quota;

static void make_quota(void)
{
	quota = quota_new();
	ck_assert_ptr_nonnull(quota);
}

static void free_quota(void)
{
	quota_free(quota);
}

START_TEST(bounds_the_calls_of_a_user)
{
	for (unsigned i = 0; i < CALLS_PER_USER; i++)
		ck_assert_int_eq(quota_acquire(quota, ALICE, 1), 0);
	ck_assert_int_eq(quota_acquire(quota, ALICE, 1), -EDQUOT);
	ck_assert_int_eq(quota_acquire(quota, ALICE + 1, 1), 0);
	quota_release(quota, ALICE, 1);
	ck_assert_int_eq(quota_acquire(quota, ALICE, 1), 0);
	ck_assert_uint_eq(quota_calls(quota), CALLS_PER_USER + 1);
}
END_TEST

START_TEST(bounds_the_bytes_of_a_user)
{
	ck_assert_int_eq(quota_acquire(quota, ALICE, CALLS_USER_BYTES + 1),
			 -EDQUOT);
	ck_assert_int_eq(quota_acquire(quota, ALICE, SIZE_MAX), -EDQUOT);
	ck_assert_int_eq(quota_acquire(quota, ALICE, CALLS_USER_BYTES), 0);
	ck_assert_int_eq(quota_acquire(quota, ALICE, 1), -EDQUOT);
	ck_assert_int_eq(quota_acquire(quota, ALICE, 0), 0);
	quota_release(quota, ALICE, CALLS_USER_BYTES);
	ck_assert_int_eq(quota_acquire(quota, ALICE, CALLS_USER_BYTES), 0);
}
END_TEST

static void fill(uid_t first, unsigned step, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		ck_assert_int_eq(quota_acquire(quota, first + i * step, 1), 0);
}

#define PLACES_FOR_USERS (CALLS_MAX - CALLS_FOR_ROOT - CALLS_FOR_KEYS)

/* Users and sshd's command in either order: neither takes from the other, and neither
 * from root. */
START_TEST(keeps_places_for_root_and_keys)
{
	fill(ALICE, 1, PLACES_FOR_USERS);
	ck_assert_int_eq(quota_acquire(quota, ALICE, 1), -EBUSY);
	fill(ACCOUNT_KEYS, 0, CALLS_FOR_KEYS);
	ck_assert_int_ne(quota_acquire(quota, ACCOUNT_KEYS, 1), 0);
	for (unsigned i = 0; i < CALLS_FOR_ROOT; i++)
		ck_assert_int_eq(quota_acquire(quota, 0, CALLS_KEYS_BYTES), 0);
	ck_assert_int_eq(quota_acquire(quota, 0, 1), -EBUSY);
	ck_assert_uint_eq(quota_calls(quota), CALLS_MAX);
}
END_TEST

START_TEST(keys_leave_all_their_places_to_users)
{
	fill(ACCOUNT_KEYS, 0, CALLS_FOR_KEYS);
	ck_assert_int_eq(quota_acquire(quota, ACCOUNT_KEYS, 1), -EDQUOT);
	fill(ALICE, 1, PLACES_FOR_USERS);
	ck_assert_int_eq(quota_acquire(quota, ALICE, 1), -EBUSY);
	fill(ACCOUNT_ROOT, 0, CALLS_FOR_ROOT);
}
END_TEST

START_TEST(bounds_the_bytes_of_keys)
{
	ck_assert_int_eq(quota_acquire(quota, ACCOUNT_KEYS, CALLS_KEYS_BYTES),
			 0);
	ck_assert_int_eq(quota_acquire(quota, ACCOUNT_KEYS, 1), -EDQUOT);
	quota_release(quota, ACCOUNT_KEYS, CALLS_KEYS_BYTES);
	ck_assert_int_eq(
		quota_acquire(quota, ACCOUNT_KEYS, CALLS_KEYS_BYTES + 1),
		-EDQUOT);
}
END_TEST

START_TEST(forgets_who_has_nothing)
{
	/* Many more users than there are accounts, one after another. */
	for (unsigned i = 0; i < 10 * CALLS_MAX; i++) {
		ck_assert_int_eq(quota_acquire(quota, ALICE + i, 9), 0);
		ck_assert_int_eq(quota_acquire(quota, ALICE + i, 9), 0);
		quota_release(quota, ALICE + i, 9);
		quota_release(quota, ALICE + i, 9);
	}
	ck_assert_uint_eq(quota_calls(quota), 0);
}
END_TEST

START_TEST(keeps_accounts_apart_when_one_goes)
{
	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(quota_acquire(quota, ALICE + i, 100 + i), 0);
	quota_release(quota, ALICE, 100);
	ck_assert_int_eq(
		quota_acquire(quota, ALICE + 2, CALLS_USER_BYTES - 101),
		-EDQUOT);
	ck_assert_int_eq(
		quota_acquire(quota, ALICE + 2, CALLS_USER_BYTES - 102), 0);
	quota_release(quota, ALICE + 1, 101);
	ck_assert_uint_eq(quota_calls(quota), 2);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make_quota, free_quota);
	tcase_add_test(tests, bounds_the_calls_of_a_user);
	tcase_add_test(tests, bounds_the_bytes_of_a_user);
	tcase_add_test(tests, keeps_places_for_root_and_keys);
	tcase_add_test(tests, keys_leave_all_their_places_to_users);
	tcase_add_test(tests, bounds_the_bytes_of_keys);
	tcase_add_test(tests, forgets_who_has_nothing);
	tcase_add_test(tests, keeps_accounts_apart_when_one_goes);
}

UNIT_MAIN("quota", add_tests)
