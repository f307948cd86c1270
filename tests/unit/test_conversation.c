/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/conversation.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/compiler.h"
#include "tests/unit/unit.h"

#define MAX	       64
#define LONG_LIFE_USEC (60 * UINT64_C(1000000))

/* What the other side says to each prompt, and what it was asked. */
struct script {
	const char *const *answers; /* NULL: the end; then PAM_CONV_ERR */
	int code;		    /* of every call, if not PAM_SUCCESS */
	bool no_response;
	useconds_t delay;
	unsigned calls;
	char last_prompt[256];
};

static int play(int count, const struct pam_message **messages,
		struct pam_response **responses, void *data)
{
	struct script *script = data;
	const char *answer = script->answers[script->calls];

	ck_assert_int_eq(count, 1);
	ck_assert_int_eq(messages[0]->msg_style, PAM_PROMPT_ECHO_ON);
	snprintf(script->last_prompt, sizeof(script->last_prompt), "%s",
		 messages[0]->msg);
	usleep(script->delay);
	if (script->code != PAM_SUCCESS)
		return script->code;
	if (script->no_response)
		return PAM_SUCCESS;
	if (answer == NULL)
		return PAM_CONV_ERR;

	script->calls++;
	*responses = calloc(1, sizeof(**responses));
	(*responses)->resp = strdup(answer);
	return PAM_SUCCESS;
}

static bool hold(struct script *script, uint64_t lifetime,
		 struct buffer *ret_document, struct answer *reterr_answer)
{
	struct client_challenge challenge = { .lifetime_usec = lifetime };
	const struct pam_conv conv = { play, script };

	memset(challenge.nonce, 0xff, sizeof(challenge.nonce));
	return conversation_hold(&conv, &challenge, MAX, ret_document,
				 reterr_answer);
}

static void check_refused(struct script *script, uint64_t lifetime,
			  const char *reason)
{
	_cleanup_(buffer_freep) struct buffer document = BUFFER_EMPTY;
	struct answer answer = { .kind = ANSWER_ALLOWED };

	ck_assert_msg(!hold(script, lifetime, &document, &answer), "%s: %s",
		      reason, script->answers[0]);
	ck_assert_int_ne(answer.kind, ANSWER_ALLOWED);
	ck_assert_str_eq(answer.reason, reason);
	ck_assert_ptr_null(document.data);
}

START_TEST(one_part)
{
	static const char *const answers[] = { "1/1 aGVsbG8", NULL };
	_cleanup_(buffer_freep) struct buffer document = BUFFER_EMPTY;
	struct script script = { answers };
	struct answer answer;

	ck_assert(hold(&script, LONG_LIFE_USEC, &document, &answer));
	ck_assert_uint_eq(document.size, 5);
	ck_assert_mem_eq(document.data, "hello", 5);
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
	_cleanup_(buffer_freep) struct buffer document = BUFFER_EMPTY;
	struct script script = { answers };
	struct answer answer;

	ck_assert(hold(&script, UINT64_MAX, &document, &answer));
	ck_assert_uint_eq(document.size, 5);
	ck_assert_mem_eq(document.data, "hello", 5);
	ck_assert_uint_eq(script.calls, 3);
}
END_TEST

START_TEST(sixty_four_parts)
{
	_cleanup_(buffer_freep) struct buffer document = BUFFER_EMPTY;
	const char *answers[65] = { NULL };
	char texts[64][16];
	struct script script = { answers };
	struct answer answer;

	for (unsigned i = 0; i < 64; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%u/64 AAAA", i + 1);
		answers[i] = texts[i];
	}
	ck_assert(hold(&script, LONG_LIFE_USEC, &document, &answer));
	ck_assert_uint_eq(document.size, 64 * 3);
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
	{ { "ticket 1234" }, "ticket-unsupported" },
	{ { "ticket " }, "ticket-unsupported" },
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
	{ { "1/2 AAAA", "ticket 1" }, "ticket-unsupported" },
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
	_cleanup_(buffer_freep) struct buffer document = BUFFER_EMPTY;
	struct script script = { answers };
	struct answer answer;

	ck_assert_uint_eq(strlen(answers[0]), MAX);
	ck_assert(hold(&script, LONG_LIFE_USEC, &document, &answer));
	ck_assert_uint_eq(document.size, 45);
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
	_cleanup_(buffer_freep) struct buffer document = BUFFER_EMPTY;
	struct client_challenge challenge = { .lifetime_usec = UINT64_MAX };
	_cleanup_free_ uint8_t *bytes = calloc(1, size);
	_cleanup_free_ char *text = malloc(BASE64_SIZE(size));
	size_t length = base64_encode(BASE64_URL, span_of(bytes, size), text);
	size_t total = (length + 992) / 993;
	static char parts[32][1100];
	const char *answers[33] = { NULL };
	struct script script = { answers };
	const struct pam_conv conv = { play, &script };

	for (size_t i = 0; i < total; i++) {
		snprintf(parts[i], sizeof(parts[i]), "%zu/%zu %.993s", i + 1,
			 total, text + i * 993);
		answers[i] = parts[i];
	}
	return conversation_hold(&conv, &challenge, 1000, &document,
				 ret_answer) &&
	       document.size == size;
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

START_TEST(refuses_a_conversation_that_fails)
{
	static const char *const answers[] = { "1/1 AAAA", NULL };
	static const int codes[] = { PAM_CONV_ERR, PAM_CONV_AGAIN, PAM_BUF_ERR,
				     PAM_ABORT };
	struct script silent = { answers, .no_response = true };

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		struct script script = { answers, .code = codes[i] };

		check_refused(&script, LONG_LIFE_USEC, "conversation-failed");
	}
	check_refused(&silent, LONG_LIFE_USEC, "answer-missing");
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, one_part);
	tcase_add_test(tests, parts_may_end_anywhere);
	tcase_add_test(tests, sixty_four_parts);
	tcase_add_test(tests, refuses_hostile_answers);
	tcase_add_test(tests, takes_exactly_max_characters);
	tcase_add_test(tests, refuses_a_megabyte);
	tcase_add_test(tests, takes_16_kib_and_no_more);
	tcase_add_test(tests, refuses_late_answers);
	tcase_add_test(tests, the_lifetime_is_that_of_all_parts);
	tcase_add_test(tests, refuses_a_conversation_that_fails);
}

UNIT_MAIN("conversation", add_tests)
