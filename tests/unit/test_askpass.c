/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of "nitro-attest/1": which prompts are answered, and that the answers
 * put together are the document, whatever its size and the prompt's limit.
 */
#include "config.h"

#include "nitro-attest/prompt.h"

#include "base/base64.h"
#include "base/cleanup.h"

#include <errno.h>
#include <stdio.h>

#include "unit.h"

/* The bytes 0..31. */
#define NONCE "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
#define GOOD  "nitro-attest/1 nonce=" NONCE " max=500 part=1:"

static int parse(const char *text, struct prompt *ret_prompt)
{
	return prompt_parse(span_of_text(text), ret_prompt);
}

START_TEST(no_more_is_used_than_ssh_lets_through)
{
	static const char text[] =
		"nitro-attest/1 nonce=" NONCE " max=22000 part=1:";
	struct prompt prompt;

	ck_assert_int_eq(prompt_parse(span_of(text, strlen(text)), &prompt), 0);
	ck_assert_uint_eq(prompt.max, PROMPT_ANSWER_MAX);
}
END_TEST

START_TEST(the_prompt_of_the_module_is_read)
{
	struct prompt prompt;

	ck_assert_int_eq(parse(GOOD, &prompt), 0);
	for (unsigned i = 0; i < PROMPT_NONCE_SIZE; i++)
		ck_assert_uint_eq(prompt.nonce[i], i);
	ck_assert_uint_eq(prompt.max, 500);
	ck_assert_uint_eq(prompt.part, 1);
}
END_TEST

static const char *const good_prompts[] = {
	"(user@host) " GOOD,
	"(a-user@2001:db8::1) " GOOD,
	"(DOMAIN\\user@host.example) " GOOD,
	"(user@realm@host) " GOOD,
	"[sudo: input needed " GOOD " ",
	"[sudo: input needed] " GOOD " ",
	"nitro-attest/1 nonce=" NONCE " max=64 part=64:",
	"nitro-attest/1 nonce=" NONCE " max=1000 part=10:",
};

START_TEST(good_prompts_are_read)
{
	struct prompt prompt;

	ck_assert_msg(parse(good_prompts[_i], &prompt) == 0, "%s",
		      good_prompts[_i]);
}
END_TEST

static const char *const bad_prompts[] = {
	"",
	"Password: ",
	"(user@host) Password:",
	"The authenticity of host 'h (::1)' can't be established. Are you sure "
	"you want to continue connecting (yes/no/[fingerprint])? ",
	"nitro-attest/1",
	/* the version */
	"nitro-attest/2 nonce=" NONCE " max=500 part=1:",
	"Nitro-attest/1 nonce=" NONCE " max=500 part=1:",
	/* what surrounds it */
	" " GOOD,
	GOOD " ",
	GOOD "\n",
	GOOD GOOD,
	"(user@host)" GOOD,
	"(user) " GOOD,
	"(user@host " GOOD,
	"(user @host) " GOOD,
	"((user@host) " GOOD,
	"(user@host) (user@host) " GOOD,
	"() " GOOD,
	"(user@host)  " GOOD,
	/* the nonce */
	"nitro-attest/1 nonce= max=500 part=1:",
	"nitro-attest/1 nonce=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh "
	"max=500 part=1:",
	"nitro-attest/1 nonce=" NONCE "A max=500 part=1:",
	"nitro-attest/1 nonce=" NONCE "= max=500 part=1:",
	"nitro-attest/1 nonce=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9 "
	"max=500 part=1:",
	"nitro-attest/1 nonce=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdH+8 "
	"max=500 part=1:",
	"nitro-attest/1 nonce=../../../../../../../../../../../../../etc "
	"max=500 "
	"part=1:",
	/* the numbers */
	"nitro-attest/1 nonce=" NONCE " max=63 part=1:",
	"nitro-attest/1 nonce=" NONCE " max=22001 part=1:",
	"nitro-attest/1 nonce=" NONCE " max=0500 part=1:",
	"nitro-attest/1 nonce=" NONCE " max=+500 part=1:",
	"nitro-attest/1 nonce=" NONCE " max=-1 part=1:",
	"nitro-attest/1 nonce=" NONCE " max= part=1:",
	"nitro-attest/1 nonce=" NONCE " max=4294967796 part=1:",
	"nitro-attest/1 nonce=" NONCE " max=18446744073709552116 part=1:",
	"nitro-attest/1 nonce=" NONCE " max=500 part=0:",
	"nitro-attest/1 nonce=" NONCE " max=500 part=65:",
	"nitro-attest/1 nonce=" NONCE " max=500 part=01:",
	"nitro-attest/1 nonce=" NONCE " max=500 part=1",
	"nitro-attest/1 nonce=" NONCE " max=500 part=:",
	"nitro-attest/1 nonce=" NONCE " max=5e2 part=1:",
	/* the order, and repetition */
	"nitro-attest/1 max=500 nonce=" NONCE " part=1:",
	"nitro-attest/1 nonce=" NONCE " part=1 max=500:",
	"nitro-attest/1 nonce=" NONCE " nonce=" NONCE " max=500 part=1:",
	"nitro-attest/1  nonce=" NONCE " max=500 part=1:",
	GOOD " ",
	"[sudo: input needed " GOOD,
	"[sudo: input needed " GOOD "  ",
	"[sudo: input needed]" GOOD " ",
	"[sudo: input needed]] " GOOD " ",
	"[sudo: password needed " GOOD " ",
	"[sudo: authenticate] Password: ",
	"(user@host) [sudo: input needed " GOOD " ",
	"[sudo: input needed [sudo: input needed " GOOD "  ",
};

START_TEST(bad_prompts_are_refused)
{
	struct prompt prompt = { .max = 4711 };

	ck_assert_msg(parse(bad_prompts[_i], &prompt) == -EINVAL, "%s",
		      bad_prompts[_i]);
	ck_assert_uint_eq(prompt.max, 4711);
}
END_TEST

/* On the heap, so that a sanitizer sees what is read behind the end. */
START_TEST(every_cut_of_a_prompt_is_refused)
{
	struct prompt prompt;

	for (size_t cut = 0; cut < strlen(GOOD); cut++) {
		_cleanup_free_ char *text = malloc(cut + 1);

		ck_assert_ptr_nonnull(text);
		memcpy(text + 1, GOOD, cut);
		ck_assert_int_eq(prompt_parse(span_of(text + 1, cut), &prompt),
				 -EINVAL);
	}
}
END_TEST

START_TEST(a_very_long_prompt_is_refused)
{
	static char text[PROMPT_TEXT_MAX + sizeof(GOOD) + 8];
	struct prompt prompt;

	memset(text, 'u', sizeof(text));
	text[0] = '(';
	memcpy(text + PROMPT_TEXT_MAX, "@h) " GOOD, sizeof("@h) " GOOD));
	ck_assert_int_eq(parse(text, &prompt), -EINVAL);
}
END_TEST

static uint8_t document[PROMPT_DOCUMENT_MAX + 1];

static struct prompt prompt_for(unsigned max, unsigned part)
{
	return (struct prompt){ .max = max, .part = part };
}

/* The answer to `prompt` with this document, and perhaps a manifest. */
static int answer_with(const struct prompt *prompt, struct span bytes,
		       struct span manifest, struct prompt_answer *answer)
{
	const struct prompt_evidence evidence = { .document = bytes,
						  .manifest = manifest };
	_cleanup_free_ char *text = NULL;
	int r = prompt_evidence_text(&evidence, &text);

	return r < 0 ? r : prompt_answer(prompt, span_of_text(text), answer);
}

/* Asks for all parts as the module does, and joins them. */
static void check_conversation(size_t size, unsigned max)
{
	static uint8_t joined[PROMPT_DOCUMENT_MAX];
	struct prompt_answer answer = { .total = 1 };
	size_t joined_size = 0;

	for (unsigned part = 1; part <= answer.total; part++) {
		struct prompt prompt = prompt_for(max, part);
		const char *text;
		unsigned total;
		char head[16];
		size_t n;

		ck_assert_int_eq(answer_with(&prompt, span_of(document, size),
					     SPAN_ABSENT, &answer),
				 0);
		total = answer.total;
		n = strlen(answer.line);
		ck_assert_uint_le(n - 1, max);
		ck_assert_int_eq(answer.line[n - 1], '\n');
		snprintf(head, sizeof(head), "%u/%u ", part, total);
		ck_assert_int_eq(strncmp(answer.line, head, strlen(head)), 0);
		text = answer.line + strlen(head);
		n = strlen(text) - 1;
		ck_assert_uint_gt(n, 0);
		ck_assert_int_eq(base64_decode(BASE64_URL, span_of(text, n),
					       joined + joined_size,
					       sizeof(joined) - joined_size,
					       &n),
				 0);
		joined_size += n;
	}
	ck_assert_uint_eq(joined_size, size);
	ck_assert_mem_eq(joined, document, size);
}

START_TEST(the_parts_are_the_document)
{
	for (size_t i = 0; i < sizeof(document); i++)
		document[i] = (uint8_t)(i * 7 + i / 256);
	for (size_t size = 1; size < 800; size++)
		check_conversation(size, 64);
	for (unsigned max = PROMPT_ANSWER_MIN; max <= PROMPT_ANSWER_MAX; max++)
		check_conversation(2000, max);
	check_conversation(4500, 500);
	check_conversation(PROMPT_DOCUMENT_MAX, 1000);
}
END_TEST

START_TEST(a_manifest_stands_behind_a_mark)
{
	const struct prompt prompt = prompt_for(100, 1);
	struct prompt_answer answer;

	ck_assert_int_eq(answer_with(&prompt, span_of_text("hello"),
				     span_of_text("world"), &answer),
			 0);
	ck_assert_str_eq(answer.line, "1/1 aGVsbG8.md29ybGQ\n");
	ck_assert_int_eq(answer_with(&prompt, span_of_text("hello"),
				     span_of(document, PROMPT_MANIFEST_MAX + 1),
				     &answer),
			 -EFBIG);
}
END_TEST

START_TEST(a_signature_stands_behind_a_mark)
{
	struct prompt_evidence evidence = {
		.document = span_of_text("hello"),
		.signature = span_of_text("world"),
	};
	char *text;

	ck_assert_int_eq(prompt_evidence_text(&evidence, &text), 0);
	ck_assert_str_eq(text, "aGVsbG8.sd29ybGQ");
	free(text);
	evidence.manifest = span_of_text("hello");
	ck_assert_int_eq(prompt_evidence_text(&evidence, &text), 0);
	ck_assert_str_eq(text, "aGVsbG8.maGVsbG8.sd29ybGQ");
	free(text);
	evidence.signature = span_of(document, PROMPT_SIGNATURE_MAX + 1);
	ck_assert_int_eq(prompt_evidence_text(&evidence, &text), -EFBIG);
}
END_TEST

static struct prompt read_prompt(const char *text)
{
	struct prompt prompt;

	ck_assert_int_eq(prompt_parse(span_of_text(text), &prompt), 0);
	return prompt;
}

#define CHALLENGE                                                              \
	"nitro-attest/1 nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "    \
	"max=500 part=1:"

START_TEST(the_login_is_openssh_s_own)
{
	struct prompt prompt = read_prompt("(deploy@web1) " CHALLENGE);

	ck_assert_str_eq(prompt.user, "deploy");
	ck_assert_str_eq(prompt.host, "web1");
	prompt = read_prompt(CHALLENGE);
	ck_assert_str_eq(prompt.user, "");
	ck_assert_str_eq(prompt.host, "");
}
END_TEST

START_TEST(what_does_not_fit_is_refused)
{
	struct prompt_answer answer;
	struct prompt prompt = prompt_for(1000, 1);
	/* 64 answers of 64 characters: 56 of base64, 42 bytes each. */
	const size_t most = 64 * 42;

	ck_assert_int_eq(answer_with(&prompt,
				     span_of(document, sizeof(document)),
				     SPAN_ABSENT, &answer),
			 -EFBIG);
	prompt = prompt_for(64, 1);
	ck_assert_int_eq(answer_with(&prompt, span_of(document, most),
				     SPAN_ABSENT, &answer),
			 0);
	ck_assert_uint_eq(answer.total, 64);
	ck_assert_int_eq(answer_with(&prompt, span_of(document, most + 1),
				     SPAN_ABSENT, &answer),
			 -EFBIG);
}
END_TEST

START_TEST(a_part_beyond_the_last_is_refused)
{
	struct prompt_answer answer;
	struct prompt prompt = prompt_for(500, 3);

	ck_assert_int_eq(answer_with(&prompt, span_of(document, 700),
				     SPAN_ABSENT, &answer),
			 -ERANGE);
	prompt.part = 1;
	ck_assert_int_eq(answer_with(&prompt, span_of(document, 0), SPAN_ABSENT,
				     &answer),
			 -ERANGE);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, no_more_is_used_than_ssh_lets_through);
	tcase_add_test(tests, the_prompt_of_the_module_is_read);
	tcase_add_loop_test(tests, good_prompts_are_read, 0,
			    ARRAY_SIZE(good_prompts));
	tcase_add_loop_test(tests, bad_prompts_are_refused, 0,
			    ARRAY_SIZE(bad_prompts));
	tcase_add_test(tests, every_cut_of_a_prompt_is_refused);
	tcase_add_test(tests, a_very_long_prompt_is_refused);
	tcase_add_test(tests, the_parts_are_the_document);
	tcase_add_test(tests, a_manifest_stands_behind_a_mark);
	tcase_add_test(tests, a_signature_stands_behind_a_mark);
	tcase_add_test(tests, the_login_is_openssh_s_own);
	tcase_add_test(tests, what_does_not_fit_is_refused);
	tcase_add_test(tests, a_part_beyond_the_last_is_refused);
}

UNIT_MAIN("askpass", add_tests)
