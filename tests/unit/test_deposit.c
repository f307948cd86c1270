/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-attest/deposit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "nitro-attest/peers.h"
#include "tests/unit/unit.h"

#define TICKET "mfzwizdsmvrwi3lfnzsg64tfme"

START_TEST(heads_are_what_they_say)
{
	static const size_t sizes[] = { 0, 1, 255, 256, 16640, UINT32_MAX };
	uint8_t head[DEPOSIT_HEAD_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		deposit_write_head(sizes[i], head);
		ck_assert_uint_eq(deposit_read_head(head), sizes[i]);
	}
	deposit_write_head(0x01020304, head);
	ck_assert_mem_eq(head, "\1\2\3\4", DEPOSIT_HEAD_SIZE);
}
END_TEST

/* What is written can be read, and says the same. */
static struct deposit_answer
carry(const struct deposit_answer *answer,
      uint8_t frame[static DEPOSIT_HEAD_SIZE + DEPOSIT_ANSWER_MAX])
{
	size_t size = deposit_write_answer(answer, frame);
	struct deposit_answer read;

	ck_assert_uint_eq(deposit_read_head(frame), size - DEPOSIT_HEAD_SIZE);
	ck_assert_int_eq(deposit_read_answer(frame + DEPOSIT_HEAD_SIZE,
					     size - DEPOSIT_HEAD_SIZE, &read),
			 0);
	ck_assert_int_eq(read.kind, answer->kind);
	return read;
}

START_TEST(answers_are_carried)
{
	uint8_t frame[DEPOSIT_HEAD_SIZE + DEPOSIT_ANSWER_MAX];
	struct deposit_answer read;

	read = carry(&(struct deposit_answer){ .kind = DEPOSIT_TICKET,
					       .lifetime_usec = 60000000,
					       .ticket = TICKET },
		     frame);
	ck_assert_uint_eq(read.lifetime_usec, 60000000);
	ck_assert_str_eq(read.ticket, TICKET);

	read = carry(
		&(struct deposit_answer){ .kind = DEPOSIT_SEALED,
					  .lifetime_usec = 1,
					  .sealed = span_of("a\nb\0c", 5) },
		frame);
	ck_assert_uint_eq(read.sealed.size, 5);
	ck_assert_mem_eq(read.sealed.data, "a\nb\0c", 5);

	read = carry(
		&(struct deposit_answer){ .kind = DEPOSIT_REFUSED,
					  .reason = "no-rule",
					  .message = "No rule allows it." },
		frame);
	ck_assert_str_eq(read.reason, "no-rule");
	ck_assert_str_eq(read.message, "No rule allows it.");
}
END_TEST

START_TEST(long_messages_are_cut)
{
	uint8_t frame[DEPOSIT_HEAD_SIZE + DEPOSIT_ANSWER_MAX];
	char message[3 * DEPOSIT_LINE_MAX];
	struct deposit_answer read;

	memset(message, 'x', sizeof(message));
	message[sizeof(message) - 1] = '\0';
	read = carry(&(struct deposit_answer){ .kind = DEPOSIT_FAILED,
					       .reason = "too-many",
					       .message = message },
		     frame);
	ck_assert_str_eq(read.reason, "too-many");
	ck_assert_uint_gt(strlen(read.message), DEPOSIT_LINE_MAX / 2);
}
END_TEST

static const struct {
	const char *bytes;
	size_t size;
} bad_answers[] = {
#define BAD(text)                                                              \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}
	BAD(""),
	BAD("\n"),
	BAD(" \n"),
	BAD("ticket"),
	BAD("ticket\n"),
	BAD("ticket 5\n"),
	BAD("ticket 5 \n"),
	BAD("ticket 5 " TICKET),
	BAD("ticket 0 " TICKET "\n"),
	BAD("ticket 05 " TICKET "\n"),
	BAD("ticket -5 " TICKET "\n"),
	BAD("ticket +5 " TICKET "\n"),
	BAD("ticket 5x " TICKET "\n"),
	BAD("ticket 99999999999999999999 " TICKET "\n"),
	BAD("ticket  5 " TICKET "\n"),
	BAD("ticket 5 " TICKET " \n"),
	BAD("ticket 5 " TICKET " more\n"),
	BAD("ticket 5 " TICKET "\nmore"),
	BAD("ticket 5 " TICKET TICKET TICKET "\n"),
	BAD("ticket 5 " TICKET "\0\n"),
	BAD("tickets 5 " TICKET "\n"),
	BAD("Ticket 5 " TICKET "\n"),
	BAD("sealed\nx"),
	BAD("sealed \nx"),
	BAD("sealed 5\n"),
	BAD("sealed 5 \nx"),
	BAD("sealed 5 6\nx"),
	BAD("sealedx 5\nx"),
	BAD("refused\n"),
	BAD("refused reason\n"),
	BAD("refused reason \n"),
	BAD("refused  message\n"),
	BAD("refused reason a message\nmore"),
	BAD("failed reason \x1b[2J\n"),
	BAD("failed reason \x80\n"),
	BAD("allowed 5 " TICKET "\n"),
#undef BAD
};

START_TEST(bad_answers_are_refused)
{
	struct deposit_answer answer = { .lifetime_usec = 4711 };
	/* On the heap, so that a sanitizer sees what is read behind the end. */
	_cleanup_free_ uint8_t *bytes = malloc(bad_answers[_i].size + 1);

	ck_assert_ptr_nonnull(bytes);
	memcpy(bytes + 1, bad_answers[_i].bytes, bad_answers[_i].size);
	ck_assert_msg(deposit_read_answer(bytes + 1, bad_answers[_i].size,
					  &answer) == -EBADMSG,
		      "%s", bad_answers[_i].bytes);
	ck_assert_uint_eq(answer.lifetime_usec, 4711);
}
END_TEST

static struct peers peers;

static int take(sa_family_t family, uint32_t id, uint64_t now, size_t *ret)
{
	return peers_take(&peers, (struct peer){ family, id }, now, now + 10,
			  ret);
}

START_TEST(each_peer_has_so_many_places)
{
	size_t place, last;

	memset(&peers, 0, sizeof(peers));
	for (unsigned i = 0; i < PEER_PLACES; i++)
		ck_assert_int_eq(take(AF_VSOCK, 16, 1, &last), 0);
	ck_assert_int_eq(take(AF_VSOCK, 16, 1, &place), -EDQUOT);
	/* Another enclave, and a user whose uid is the same number. */
	ck_assert_int_eq(take(AF_VSOCK, 17, 1, &place), 0);
	ck_assert_int_eq(take(AF_UNIX, 16, 1, &place), 0);
	peers_hold(&peers, last, 5);
	ck_assert_int_eq(take(AF_VSOCK, 16, 4, &place), -EDQUOT);
	ck_assert_int_eq(take(AF_VSOCK, 16, 5, &place), 0);
	ck_assert_int_eq(take(AF_VSOCK, 16, 10, &place), -EDQUOT);
	ck_assert_int_eq(take(AF_VSOCK, 16, 11, &place), 0);
}
END_TEST

START_TEST(all_peers_together_are_bounded)
{
	size_t place;

	memset(&peers, 0, sizeof(peers));
	for (unsigned id = 0; id < PEERS_MAX * PEER_PLACES; id++)
		ck_assert_int_eq(take(AF_UNIX, id, 1, &place), 0);
	ck_assert_int_eq(take(AF_UNIX, 9999, 1, &place), -EBUSY);
	ck_assert_int_eq(take(AF_UNIX, 9999, 11, &place), 0);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, heads_are_what_they_say);
	tcase_add_test(tests, answers_are_carried);
	tcase_add_test(tests, long_messages_are_cut);
	tcase_add_loop_test(tests, bad_answers_are_refused, 0,
			    ARRAY_SIZE(bad_answers));
	tcase_add_test(tests, each_peer_has_so_many_places);
	tcase_add_test(tests, all_peers_together_are_bounded);
}

UNIT_MAIN("deposit", add_tests)
