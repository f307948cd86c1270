/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/ticket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "nitro-policyd/limits.h"
#include "tests/unit/unit.h"

#define ALICE  1000u
#define LATER  UINT64_C(1000)
#define SECRET "document"

static struct tickets *tickets;

static void make_tickets(void)
{
	tickets = tickets_new();
	ck_assert_ptr_nonnull(tickets);
}

static void free_tickets(void)
{
	tickets_free(tickets);
}

/* Texts of tickets, made by number. */
static const char *name(unsigned number)
{
	static char text[NITRO_TICKET_LENGTH + 1];

	snprintf(text, sizeof(text), "%026u", number);
	return text;
}

static int deposit(uid_t uid, unsigned number, uint64_t now_usec)
{
	const struct ticket_deposit ticket = {
		.uid = uid,
		.text = name(number),
		.document = span_of_text(SECRET),
		.expires_usec = now_usec + LATER,
	};

	return tickets_deposit(tickets, &ticket, now_usec);
}

static enum ticket_outcome take(unsigned number, uint64_t now_usec)
{
	struct ticket_worth worth = { .uid = 4711 };
	enum ticket_outcome outcome =
		tickets_take(tickets, name(number), now_usec, &worth);

	if (outcome == TICKET_TAKEN) {
		ck_assert_uint_ne(worth.uid, 4711);
		ck_assert_uint_eq(worth.document_size, strlen(SECRET));
		ck_assert_mem_eq(worth.document, SECRET, strlen(SECRET));
	} else {
		ck_assert_uint_eq(worth.uid, 4711);
		ck_assert_ptr_null(worth.document);
	}
	free(worth.document);
	return outcome;
}

START_TEST(makes_texts_of_all_bits)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
	char text[NITRO_TICKET_LENGTH + 1], other[NITRO_TICKET_LENGTH + 1];
	unsigned seen[NITRO_TICKET_LENGTH] = { 0 };

	ck_assert_int_eq(ticket_make(text), 0);
	ck_assert_int_eq(ticket_make(other), 0);
	ck_assert_str_ne(text, other);
	for (unsigned i = 0; i < 1000; i++) {
		ck_assert_int_eq(ticket_make(text), 0);
		ck_assert_uint_eq(strlen(text), NITRO_TICKET_LENGTH);
		ck_assert_uint_eq(strspn(text, alphabet), NITRO_TICKET_LENGTH);
		for (unsigned at = 0; at < NITRO_TICKET_LENGTH; at++)
			seen[at] |= 1u
				    << (strchr(alphabet, text[at]) - alphabet);
	}
	/* 128 = 25 * 5 + 3: the last character stands for three bits. */
	for (unsigned at = 0; at + 1 < NITRO_TICKET_LENGTH; at++)
		ck_assert_uint_eq(seen[at], UINT32_MAX);
	ck_assert_uint_eq(seen[NITRO_TICKET_LENGTH - 1], 0x11111111u);
}
END_TEST

START_TEST(gives_the_document_once)
{
	ck_assert_int_eq(deposit(ALICE, 1, 0), 0);
	ck_assert_int_eq(take(2, 0), TICKET_UNKNOWN);
	ck_assert_int_eq(take(1, 0), TICKET_TAKEN);
	ck_assert_int_eq(take(1, 0), TICKET_UNKNOWN);
	ck_assert_uint_eq(tickets_count(tickets), 0);
}
END_TEST

START_TEST(forgets_what_expired)
{
	ck_assert_int_eq(deposit(ALICE, 1, 0), 0);
	ck_assert_int_eq(deposit(ALICE, 2, 0), 0);
	ck_assert_int_eq(take(1, LATER - 1), TICKET_TAKEN);
	ck_assert_int_eq(take(2, LATER), TICKET_UNKNOWN);
	ck_assert_uint_eq(tickets_count(tickets), 0);
}
END_TEST

START_TEST(bounds_the_tickets_of_a_user)
{
	for (unsigned i = 0; i < TICKETS_PER_USER; i++)
		ck_assert_int_eq(deposit(ALICE, i, 0), 0);
	ck_assert_int_eq(deposit(ALICE, 100, 0), -EDQUOT);
	ck_assert_int_eq(deposit(ALICE + 1, 100, 0), 0);
	ck_assert_int_eq(take(0, 0), TICKET_TAKEN);
	ck_assert_int_eq(deposit(ALICE, 101, 0), 0);
	ck_assert_int_eq(deposit(ALICE, 102, LATER), 0);
}
END_TEST

/* As many users as it takes, each with all that he may have. */
static unsigned fill_as_users(void)
{
	unsigned count = 0;

	while (deposit(ALICE + count / TICKETS_PER_USER, count, 0) == 0)
		count++;
	return count;
}

START_TEST(keeps_a_share_for_root)
{
	unsigned count = fill_as_users();

	ck_assert_uint_eq(count, TICKETS_MAX - TICKETS_FOR_ROOT);
	for (unsigned i = 0; i < TICKETS_FOR_ROOT; i++)
		ck_assert_int_eq(deposit(0, count + i, 0), 0);
	ck_assert_uint_eq(tickets_count(tickets), TICKETS_MAX);
}
END_TEST

START_TEST(lets_the_oldest_of_root_give_way)
{
	for (unsigned i = 0; i < TICKETS_MAX + 1; i++)
		ck_assert_int_eq(deposit(0, i, 0), 0);
	ck_assert_uint_eq(tickets_count(tickets), TICKETS_MAX);
	ck_assert_int_eq(deposit(ALICE, TICKETS_MAX + 1, 0), -EDQUOT);
	ck_assert_int_eq(take(0, 0), TICKET_UNKNOWN);
	ck_assert_int_eq(take(1, 0), TICKET_TAKEN);
	ck_assert_int_eq(deposit(ALICE, TICKETS_MAX + 1, 0), 0);
}
END_TEST

/* What root holds beyond its share is not at the expense of what users may hold. */
START_TEST(counts_users_apart_from_root)
{
	for (unsigned i = 0; i < TICKETS_FOR_ROOT; i++)
		ck_assert_int_eq(deposit(0, 5000 + i, 0), 0);
	ck_assert_uint_eq(fill_as_users(), TICKETS_MAX - TICKETS_FOR_ROOT);
	ck_assert_int_eq(deposit(0, 6000, 0), 0);
	ck_assert_int_eq(take(5000, 0), TICKET_UNKNOWN);
	ck_assert_int_eq(take(0, 0), TICKET_TAKEN);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make_tickets, free_tickets);
	tcase_add_test(tests, makes_texts_of_all_bits);
	tcase_add_test(tests, gives_the_document_once);
	tcase_add_test(tests, forgets_what_expired);
	tcase_add_test(tests, bounds_the_tickets_of_a_user);
	tcase_add_test(tests, keeps_a_share_for_root);
	tcase_add_test(tests, lets_the_oldest_of_root_give_way);
	tcase_add_test(tests, counts_users_apart_from_root);
}

UNIT_MAIN("ticket", add_tests)
