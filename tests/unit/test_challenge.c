/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/challenge.h"

#include <errno.h>

#include "nitro-policyd/limits.h"
#include "tests/unit/unit.h"

#define ALICE 1000
#define BOB   1001
#define LATER 60

static const struct request question = { "sshd", "alice" };
static struct challenges *challenges;

static void make_table(void)
{
	challenges = challenges_new();
	ck_assert_ptr_nonnull(challenges);
}

static void free_table(void)
{
	challenges_free(challenges);
}

static int create(uid_t caller, uint64_t now, uint8_t *ret_nonce)
{
	return challenges_create(challenges, caller, &question, now,
				 now + LATER, ret_nonce);
}

static enum challenge_outcome consume(uid_t caller, const char *service,
				      const char *user, const uint8_t *nonce,
				      uint64_t now)
{
	struct request request = { service, user };

	return challenges_consume(challenges, caller, &request,
				  span_of(nonce, NITRO_NONCE_SIZE), now);
}

START_TEST(counts_once)
{
	uint8_t nonce[NITRO_NONCE_SIZE];

	ck_assert_int_eq(create(ALICE, 1, nonce), 0);
	ck_assert_uint_eq(challenges_count(challenges), 1);
	ck_assert_int_eq(consume(ALICE, "sshd", "alice", nonce, 2),
			 CHALLENGE_ANSWERED);
	ck_assert_int_eq(consume(ALICE, "sshd", "alice", nonce, 2),
			 CHALLENGE_UNKNOWN);
	ck_assert_uint_eq(challenges_count(challenges), 0);
}
END_TEST

START_TEST(belongs_to_one_question_of_one_caller)
{
	static const struct {
		uid_t caller;
		const char *service, *user;
	} others[] = {
		{ BOB, "sshd", "alice" },   { 0, "sshd", "alice" },
		{ ALICE, "sudo", "alice" }, { ALICE, "sshd", "bob" },
		{ ALICE, "sshd", "alic" },  { ALICE, "ssh", "dalice" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		uint8_t nonce[NITRO_NONCE_SIZE];

		ck_assert_int_eq(create(ALICE, 1, nonce), 0);
		ck_assert_int_eq(consume(others[i].caller, others[i].service,
					 others[i].user, nonce, 2),
				 CHALLENGE_MISMATCH);
		/* It was presented, so it is used up. */
		ck_assert_int_eq(consume(ALICE, "sshd", "alice", nonce, 2),
				 CHALLENGE_UNKNOWN);
	}
}
END_TEST

START_TEST(expires)
{
	uint8_t nonce[NITRO_NONCE_SIZE];

	ck_assert_int_eq(create(ALICE, 1, nonce), 0);
	ck_assert_int_eq(consume(ALICE, "sshd", "alice", nonce, LATER),
			 CHALLENGE_ANSWERED);
	ck_assert_int_eq(create(ALICE, 1, nonce), 0);
	ck_assert_int_eq(consume(ALICE, "sshd", "alice", nonce, 1 + LATER),
			 CHALLENGE_UNKNOWN);
	ck_assert_uint_eq(challenges_count(challenges), 0);
}
END_TEST

START_TEST(nonces_differ)
{
	uint8_t first[NITRO_NONCE_SIZE], second[NITRO_NONCE_SIZE];

	ck_assert_int_eq(create(ALICE, 1, first), 0);
	ck_assert_int_eq(create(ALICE, 1, second), 0);
	ck_assert(memcmp(first, second, NITRO_NONCE_SIZE) != 0);
	ck_assert(!span_is_zero(span_of(first, 8)));
	ck_assert(!span_is_zero(span_of(second + 24, 8)));
}
END_TEST

START_TEST(knows_only_what_it_issued)
{
	uint8_t nonce[NITRO_NONCE_SIZE];
	struct span part = { nonce, NITRO_NONCE_SIZE - 1 };

	ck_assert_int_eq(create(ALICE, 1, nonce), 0);
	ck_assert_int_eq(
		challenges_consume(challenges, ALICE, &question, part, 1),
		CHALLENGE_UNKNOWN);
	nonce[31] ^= 1;
	ck_assert_int_eq(consume(ALICE, "sshd", "alice", nonce, 1),
			 CHALLENGE_UNKNOWN);
	nonce[31] ^= 1;
	ck_assert_int_eq(consume(ALICE, "sshd", "alice", nonce, 1),
			 CHALLENGE_ANSWERED);
}
END_TEST

START_TEST(bounds_each_user)
{
	uint8_t nonce[NITRO_NONCE_SIZE];

	for (unsigned i = 0; i < CHALLENGES_PER_USER; i++)
		ck_assert_int_eq(create(ALICE, 1, nonce), 0);
	ck_assert_int_eq(create(ALICE, 1, nonce), -EDQUOT);
	ck_assert_int_eq(create(BOB, 1, nonce), 0);
	/* Expired ones make room. */
	ck_assert_int_eq(create(ALICE, 1 + LATER, nonce), 0);
	ck_assert_uint_eq(challenges_count(challenges), 1);
}
END_TEST

START_TEST(keeps_room_for_root)
{
	unsigned users = CHALLENGES_MAX - CHALLENGES_FOR_ROOT;
	uint8_t nonce[NITRO_NONCE_SIZE];

	for (unsigned i = 0; i < users; i++)
		ck_assert_int_eq(
			create(ALICE + i / CHALLENGES_PER_USER, 1, nonce), 0);
	ck_assert_int_eq(create(ALICE + users, 1, nonce), -EDQUOT);
	for (unsigned i = 0; i < CHALLENGES_FOR_ROOT; i++)
		ck_assert_int_eq(create(0, 1, nonce), 0);
	ck_assert_uint_eq(challenges_count(challenges), CHALLENGES_MAX);
}
END_TEST

START_TEST(root_loses_its_oldest_and_is_never_refused)
{
	uint8_t users[NITRO_NONCE_SIZE], oldest[NITRO_NONCE_SIZE];
	uint8_t next[NITRO_NONCE_SIZE], last[NITRO_NONCE_SIZE];

	ck_assert_int_eq(create(ALICE, 1, users), 0);
	ck_assert_int_eq(create(0, 1, oldest), 0);
	ck_assert_int_eq(create(0, 1, next), 0);
	for (unsigned i = 0; i < CHALLENGES_MAX - 3; i++)
		ck_assert_int_eq(create(0, 1, last), 0);
	ck_assert_int_eq(create(0, 1, last), 0);
	ck_assert_uint_eq(challenges_count(challenges), CHALLENGES_MAX);
	ck_assert_int_eq(consume(0, "sshd", "alice", oldest, 1),
			 CHALLENGE_UNKNOWN);
	ck_assert_int_eq(consume(0, "sshd", "alice", next, 1),
			 CHALLENGE_ANSWERED);
	ck_assert_int_eq(consume(0, "sshd", "alice", last, 1),
			 CHALLENGE_ANSWERED);
	ck_assert_int_eq(consume(ALICE, "sshd", "alice", users, 1),
			 CHALLENGE_ANSWERED);
}
END_TEST

START_TEST(root_beyond_its_share_does_not_lock_users_out)
{
	uint8_t nonce[NITRO_NONCE_SIZE];

	for (unsigned i = 0; i < CHALLENGES_MAX - 1; i++)
		ck_assert_int_eq(create(0, 1, nonce), 0);
	ck_assert_int_eq(create(ALICE, 1, nonce), 0);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make_table, free_table);
	tcase_add_test(tests, counts_once);
	tcase_add_test(tests, belongs_to_one_question_of_one_caller);
	tcase_add_test(tests, expires);
	tcase_add_test(tests, nonces_differ);
	tcase_add_test(tests, knows_only_what_it_issued);
	tcase_add_test(tests, bounds_each_user);
	tcase_add_test(tests, keeps_room_for_root);
	tcase_add_test(tests, root_loses_its_oldest_and_is_never_refused);
	tcase_add_test(tests, root_beyond_its_share_does_not_lock_users_out);
}

UNIT_MAIN("challenge", add_tests)
