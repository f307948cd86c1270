/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/conversation.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/compiler.h"
#include "client/refusal.h"
#include "tests/unit/unit.h"

#define MAX	       64
#define LONG_LIFE_USEC (60 * UINT64_C(1000000))

/* What the other side says to each prompt, and what it was asked. */
struct script {
	const char *const *answers; /* NULL: the end; then it fails */
	bool nothing;		    /* as the answer */
	useconds_t delay;
	unsigned calls;
	char last_prompt[256];
};

static bool play(void *data, const char *prompt, char **ret_text,
		 struct answer *reterr_answer)
{
	struct script *script = data;
	const char *answer = script->answers[script->calls];

	snprintf(script->last_prompt, sizeof(script->last_prompt), "%s",
		 prompt);
	usleep(script->delay);
	if (answer == NULL)
		return refusal_give(REFUSAL_CONVERSATION_FAILED, NULL,
				    reterr_answer);

	script->calls++;
	*ret_text = script->nothing ? NULL : strdup(answer);
	return true;
}

static bool hold(struct script *script, uint64_t lifetime,
		 struct conversation_reply *ret_reply,
		 struct answer *reterr_answer)
{
	const struct conversation conversation = { play, script };
	struct client_challenge challenge = { .lifetime_usec = lifetime };

	memset(challenge.nonce, 0xff, sizeof(challenge.nonce));
	return conversation_hold(&conversation, &challenge, MAX, ret_reply,
				 reterr_answer);
}

static void check_refused(struct script *script, uint64_t lifetime,
			  const char *reason)
{
	_cleanup_(conversation_reply_clear) struct conversation_reply reply =
		CONVERSATION_REPLY_EMPTY;
	struct answer answer = { .kind = ANSWER_ALLOWED };

	ck_assert_msg(!hold(script, lifetime, &reply, &answer), "%s: %s",
		      reason, script->answers[0]);
	ck_assert_int_ne(answer.kind, ANSWER_ALLOWED);
	ck_assert_str_eq(answer.reason, reason);
	ck_assert_ptr_null(reply.document.data);
}

START_TEST(one_part)
{
	static const char *const answers[] = { "1/1 aGVsbG8", NULL };
	_cleanup_(conversation_reply_clear) struct conversation_reply reply =
		CONVERSATION_REPLY_EMPTY;
	struct script script = { answers };
	struct answer answer;

	ck_assert(hold(&script, LONG_LIFE_USEC, &reply, &answer));
	ck_assert_uint_eq(reply.document.size, 5);
	ck_assert_mem_eq(reply.document.data, "hello", 5);
	ck_assert_str_eq(script.last_prompt,
			 "nitro-attest/1 nonce="
			 "__________________________________________8"
			 " max=64 part=1:");
}
END_TEST

START_TEST(parts_may_end_anywhere)
{
	static const char *const answers[] = { "1/3 a", "2/3 GVsb", "3/3 G8",
					       NULL };
	_cleanup_(conversation_reply_clear) struct conversation_reply reply =
		CONVERSATION_REPLY_EMPTY;
	struct script script = { answers };
	struct answer answer;

	ck_assert(hold(&script, UINT64_MAX, &reply, &answer));
	ck_assert_uint_eq(reply.document.size, 5);
	ck_assert_mem_eq(reply.document.data, "hello", 5);
	ck_assert_uint_eq(script.calls, 3);
}
END_TEST

/* The mark may be cut in two like everything else. */
START_TEST(a_manifest_follows_the_document)
{
	static const char *const answers[] = { "1/2 aGVsbG8.", "2/2 md29ybGQ",
					       NULL };
	_cleanup_(conversation_reply_clear) struct conversation_reply reply =
		CONVERSATION_REPLY_EMPTY;
	struct script script = { answers };
	struct answer answer;

	ck_assert(hold(&script, LONG_LIFE_USEC, &reply, &answer));
	ck_assert_uint_eq(reply.document.size, 5);
	ck_assert_mem_eq(reply.document.data, "hello", 5);
	ck_assert_uint_eq(reply.manifest.size, 5);
	ck_assert_mem_eq(reply.manifest.data, "world", 5);
}
END_TEST

static const char *const bad_marks[][2] = {
	{ "1/1 aGVsbG8.x", NULL },
	{ "1/1 aGVsbG8.", NULL },
	{ "1/1 aGVsbG8.md29ybGQ.md29ybGQ", NULL },
	{ "1/1 aGVsbG8.md29ybGR", NULL },
};

START_TEST(a_manifest_has_one_mark)
{
	struct script script = { bad_marks[_i] };

	check_refused(&script, LONG_LIFE_USEC, "answer-not-base64");
}
END_TEST

/* With a manifest and without. */
START_TEST(a_signature_stands_last)
{
	static const char *const answers[][2] = {
		{ "1/1 aGVsbG8.sd29ybGQ", NULL },
		{ "1/1 aGVsbG8.maGVsbG8.sd29ybGQ", NULL },
	};
	_cleanup_(conversation_reply_clear) struct conversation_reply reply =
		CONVERSATION_REPLY_EMPTY;
	struct script script = { answers[_i] };
	struct answer answer;

	ck_assert(hold(&script, LONG_LIFE_USEC, &reply, &answer));
	ck_assert_mem_eq(reply.document.data, "hello", 5);
	ck_assert_uint_eq(reply.manifest.size, _i == 0 ? 0 : 5);
	ck_assert_uint_eq(reply.signature.size, 5);
	ck_assert_mem_eq(reply.signature.data, "world", 5);
}
END_TEST

static const char *const empty_sections[][2] = {
	{ "1/1 aGVsbG8.s", NULL },
	{ "1/1 aGVsbG8.m", NULL },
	{ "1/1 aGVsbG8.m.sd29ybGQ", NULL },
};

START_TEST(an_empty_section_is_refused)
{
	struct script script = { empty_sections[_i] };

	check_refused(&script, LONG_LIFE_USEC, "answer-malformed");
}
END_TEST

static const char *const bad_signatures[][2] = {
	{ "1/1 aGVsbG8.sd29ybGQ.maGVsbG8", NULL },
	{ "1/1 aGVsbG8.sd29ybGQ.sd29ybGQ", NULL },
};

START_TEST(a_signature_is_the_last_section)
{
	struct script script = { bad_signatures[_i] };

	check_refused(&script, LONG_LIFE_USEC, "answer-not-base64");
}
END_TEST

START_TEST(sixty_four_parts)
{
	_cleanup_(conversation_reply_clear) struct conversation_reply reply =
		CONVERSATION_REPLY_EMPTY;
	const char *answers[65] = { NULL };
	char texts[64][16];
	struct script script = { answers };
	struct answer answer;

	for (unsigned i = 0; i < 64; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%u/64 AAAA", i + 1);
		answers[i] = texts[i];
	}
	ck_assert(hold(&script, LONG_LIFE_USEC, &reply, &answer));
	ck_assert_uint_eq(reply.document.size, 64 * 3);
}
END_TEST

/* "1/1 " and 60 characters are 64; one more is too long. */
#define FIFTEEN_GROUPS                                                         \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const struct {
	const char *answers[4];
	const char *reason;
} hostile[] = {
	{ { "" }, "answer-missing" },
	{ { "ticket " }, "answer-not-a-ticket" },
	{ { "ticket  abc" }, "answer-not-a-ticket" },
	{ { "ticket abc " }, "answer-not-a-ticket" },
	{ { "ticket ABC" }, "answer-not-a-ticket" },
	{ { "ticket a-b" }, "answer-not-a-ticket" },
	{ { "ticket abc\n" }, "answer-not-a-ticket" },
	{ { "ticket \xc3\xa4" }, "answer-not-a-ticket" },
	{ { "ticket" }, "answer-malformed" },
	{ { "Ticket abc" }, "answer-malformed" },
	{ { " ticket abc" }, "answer-malformed" },
	{ { "1/1 " FIFTEEN_GROUPS "A" }, "answer-too-long" },
	{ { "password" }, "answer-malformed" },
	{ { " 1/1 AAAA" }, "answer-malformed" },
	{ { "1/1" }, "answer-malformed" },
	{ { "1/1 " }, "answer-malformed" },
	{ { "1/1AAAA" }, "answer-malformed" },
	{ { "1 /1 AAAA" }, "answer-malformed" },
	{ { "1/ 1 AAAA" }, "answer-malformed" },
	{ { "/1 AAAA" }, "answer-malformed" },
	{ { "1/ AAAA" }, "answer-malformed" },
	{ { "01/1 AAAA" }, "answer-malformed" },
	{ { "1/01 AAAA" }, "answer-malformed" },
	{ { "+1/1 AAAA" }, "answer-malformed" },
	{ { "-1/1 AAAA" }, "answer-malformed" },
	{ { "0/1 AAAA" }, "answer-malformed" },
	{ { "1/0 AAAA" }, "answer-malformed" },
	{ { "1/100 AAAA" }, "answer-malformed" },
	{ { "100/100 AAAA" }, "answer-malformed" },
	{ { "4294967297/1 AAAA" }, "answer-malformed" },
	{ { "1/4294967297 AAAA" }, "answer-malformed" },
	{ { "1\\1 AAAA" }, "answer-malformed" },
	{ { "1/1\tAAAA" }, "answer-malformed" },
	{ { "1/65 AAAA" }, "answer-total" },
	{ { "65/65 AAAA" }, "answer-wrong-part" },
	{ { "2/2 AAAA" }, "answer-wrong-part" },
	{ { "2/1 AAAA" }, "answer-wrong-part" },
	{ { "1/2 AAAA", "1/2 AAAA" }, "answer-wrong-part" },
	{ { "1/3 AAAA", "3/3 AAAA" }, "answer-wrong-part" },
	{ { "1/2 AAAA", "2/3 AAAA" }, "answer-total" },
	{ { "1/3 AAAA", "2/2 AAAA" }, "answer-total" },
	{ { "1/2 AAAA", "2/1 AAAA" }, "answer-total" },
	{ { "1/2 AAAA", "" }, "answer-missing" },
	{ { "1/2 AAAA", "2/2 " }, "answer-malformed" },
	{ { "1/2 AAAA", "ticket abc" }, "answer-malformed" },
	{ { "1/2 AAAA" }, "conversation-failed" },
	{ { "1/1 A" }, "answer-not-base64" },
	{ { "1/1 AB" }, "answer-not-base64" },
	{ { "1/1 AAB" }, "answer-not-base64" },
	{ { "1/1 AA==" }, "answer-not-base64" },
	{ { "1/1 AA+/" }, "answer-not-base64" },
	{ { "1/1 AAAA " }, "answer-not-base64" },
	{ { "1/1  AAAA" }, "answer-not-base64" },
	{ { "1/1 AAAA\r\n" }, "answer-not-base64" },
	{ { "1/1 AAAA\n" }, "answer-not-base64" },
	{ { "1/1 AA\x80\xff" }, "answer-not-base64" },
	{ { "1/2 AAA", "2/2 AAAAAA" }, "answer-not-base64" },
};

START_TEST(refuses_hostile_answers)
{
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		struct script script = { hostile[i].answers };

		check_refused(&script, LONG_LIFE_USEC, hostile[i].reason);
	}
}
END_TEST

START_TEST(takes_exactly_max_characters)
{
	static const char *const answers[] = { "1/1 " FIFTEEN_GROUPS, NULL };
	_cleanup_(conversation_reply_clear) struct conversation_reply reply =
		CONVERSATION_REPLY_EMPTY;
	struct script script = { answers };
	struct answer answer;

	ck_assert_uint_eq(strlen(answers[0]), MAX);
	ck_assert(hold(&script, LONG_LIFE_USEC, &reply, &answer));
	ck_assert_uint_eq(reply.document.size, 45);
}
END_TEST

START_TEST(refuses_a_megabyte)
{
	char *answer = malloc(1000001);
	const char *answers[] = { answer, NULL };
	struct script script = { answers };

	memset(answer, 'A', 1000000);
	answer[1000000] = '\0';
	memcpy(answer, "1/1 ", 4);
	check_refused(&script, LONG_LIFE_USEC, "answer-too-long");
	free(answer);
}
END_TEST

/* 22 parts of 993 characters are 16384 bytes in base64url; the last has one
 * character for each byte over. */
static bool hold_bytes(size_t size, struct answer *ret_answer)
{
	_cleanup_(conversation_reply_clear) struct conversation_reply reply =
		CONVERSATION_REPLY_EMPTY;
	struct client_challenge challenge = { .lifetime_usec = UINT64_MAX };
	_cleanup_free_ uint8_t *bytes = calloc(1, size);
	_cleanup_free_ char *text = malloc(BASE64_SIZE(size));
	size_t length = base64_encode(BASE64_URL, span_of(bytes, size), text);
	size_t total = (length + 992) / 993;
	static char parts[32][1100];
	const char *answers[33] = { NULL };
	struct script script = { answers };
	const struct conversation conversation = { play, &script };

	for (size_t i = 0; i < total; i++) {
		snprintf(parts[i], sizeof(parts[i]), "%zu/%zu %.993s", i + 1,
			 total, text + i * 993);
		answers[i] = parts[i];
	}
	return conversation_hold(&conversation, &challenge, 1000, &reply,
				 ret_answer) &&
	       reply.document.size == size;
}

START_TEST(takes_16_kib_and_no_more)
{
	struct answer answer;

	ck_assert(hold_bytes(CONVERSATION_DOCUMENT_MAX, &answer));
	ck_assert(!hold_bytes(CONVERSATION_DOCUMENT_MAX + 1, &answer));
	ck_assert_str_eq(answer.reason, "answer-too-large");
	ck_assert(!hold_bytes(CONVERSATION_DOCUMENT_MAX + 5000, &answer));
	ck_assert_str_eq(answer.reason, "answer-too-large");
}
END_TEST

START_TEST(refuses_late_answers)
{
	static const char *const answers[] = { "1/1 AAAA", NULL };
	struct script script = { answers, .delay = 20000 };

	check_refused(&script, 1000, "answer-late");
}
END_TEST

START_TEST(the_lifetime_is_that_of_all_parts)
{
	static const char *const answers[] = { "1/3 AAAA", "2/3 AAAA",
					       "3/3 AAAA", NULL };
	struct script script = { answers, .delay = 60000 };

	check_refused(&script, 150000, "answer-late");
	ck_assert_uint_eq(script.calls, 3);
}
END_TEST

START_TEST(nothing_is_no_answer)
{
	static const char *const answers[] = { "1/1 AAAA", NULL };
	struct script silent = { answers, .nothing = true };

	check_refused(&silent, LONG_LIFE_USEC, "answer-missing");
}
END_TEST

START_TEST(takes_a_ticket)
{
	static const char *const answers[] = {
		"ticket abcdefghijklmnopqrstuvwxyz", NULL
	};
	_cleanup_(conversation_reply_clear) struct conversation_reply reply =
		CONVERSATION_REPLY_EMPTY;
	struct script script = { answers };
	struct answer answer;

	ck_assert(hold(&script, LONG_LIFE_USEC, &reply, &answer));
	ck_assert_str_eq(reply.ticket, "abcdefghijklmnopqrstuvwxyz");
	ck_assert_ptr_null(reply.document.data);
	ck_assert_uint_eq(script.calls, 1);
}
END_TEST

/* Within the `max` of a prompt a ticket has its own bound. */
START_TEST(a_ticket_has_at_most_64_characters)
{
	char text[7 + CONVERSATION_TICKET_MAX + 2] = "ticket ";
	const char *answers[] = { text, NULL };
	const struct client_challenge challenge = { .lifetime_usec =
							    UINT64_MAX };

	memset(text + 7, '7', CONVERSATION_TICKET_MAX + 1);
	for (int over = 1; over >= 0; over--) {
		_cleanup_(conversation_reply_clear) struct conversation_reply
			reply = CONVERSATION_REPLY_EMPTY;
		struct script script = { answers };
		const struct conversation conversation = { play, &script };
		struct answer answer;

		text[7 + CONVERSATION_TICKET_MAX + over] = '\0';
		ck_assert_int_eq(conversation_hold(&conversation, &challenge,
						   500, &reply, &answer),
				 !over);
		if (over)
			ck_assert_str_eq(answer.reason, "answer-not-a-ticket");
	}
}
END_TEST

START_TEST(a_ticket_may_be_late_too)
{
	static const char *const answers[] = { "ticket abc", NULL };
	struct script script = { answers, .delay = 20000 };

	check_refused(&script, 1000, "answer-late");
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, one_part);
	tcase_add_test(tests, parts_may_end_anywhere);
	tcase_add_test(tests, a_manifest_follows_the_document);
	tcase_add_loop_test(tests, a_manifest_has_one_mark, 0,
			    ARRAY_SIZE(bad_marks));
	tcase_add_loop_test(tests, a_signature_stands_last, 0, 2);
	tcase_add_loop_test(tests, an_empty_section_is_refused, 0,
			    (int)ARRAY_SIZE(empty_sections));
	tcase_add_loop_test(tests, a_signature_is_the_last_section, 0,
			    (int)ARRAY_SIZE(bad_signatures));
	tcase_add_test(tests, sixty_four_parts);
	tcase_add_test(tests, refuses_hostile_answers);
	tcase_add_test(tests, takes_exactly_max_characters);
	tcase_add_test(tests, refuses_a_megabyte);
	tcase_add_test(tests, takes_16_kib_and_no_more);
	tcase_add_test(tests, refuses_late_answers);
	tcase_add_test(tests, the_lifetime_is_that_of_all_parts);
	tcase_add_test(tests, nothing_is_no_answer);
	tcase_add_test(tests, takes_a_ticket);
	tcase_add_test(tests, a_ticket_has_at_most_64_characters);
	tcase_add_test(tests, a_ticket_may_be_late_too);
}

UNIT_MAIN("conversation", add_tests)
