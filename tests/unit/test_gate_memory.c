/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each allocation of what the gates read fails once: the answer is that memory is
 * exhausted, never anything that was read by then. Linked with --wrap=malloc.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "client/conversation.h"
#include "pam_nitro/ssh_keys.h"
#include "tests/unit/unit.h"

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

/* Each attempt makes as many. */
#define ALLOCATIONS 2

/* The allocation that fails, counted from 1; 0: none. */
static unsigned failing, count;

void *__wrap_malloc(size_t size)
{
	return ++count == failing ? NULL : __real_malloc(size);
}

static bool say_document(void *data _unused_, const char *prompt _unused_,
			 char **ret_text, struct answer *reterr _unused_)
{
	*ret_text = strdup("1/1 AAAA");
	return true;
}

static bool hold(struct answer *reterr_answer)
{
	const struct conversation conversation = { say_document, NULL };
	const struct client_challenge challenge = { .lifetime_usec =
							    UINT64_MAX };
	_cleanup_(conversation_reply_clear) struct conversation_reply reply =
		CONVERSATION_REPLY_EMPTY;

	return conversation_hold(&conversation, &challenge, 64, &reply,
				 reterr_answer);
}

static bool read_keys(struct answer *reterr_answer)
{
	_cleanup_(ssh_keys_clear) struct ssh_keys keys = SSH_KEYS_EMPTY;

	return ssh_keys_read("publickey ssh-rsa AAAA\n"
			     "publickey ssh-ed25519 AAAA\n",
			     &keys, reterr_answer);
}

/* With the allocation `which` failing; libcheck, which allocates, is not called. */
static bool attempt_with(bool (*attempt)(struct answer *reterr_answer),
			 unsigned which, struct answer *reterr_answer)
{
	bool ok;

	failing = which;
	count = 0;
	ok = attempt(reterr_answer);
	failing = 0;
	return ok;
}

static void fail_each(bool (*attempt)(struct answer *reterr_answer))
{
	struct answer answer;

	ck_assert(attempt_with(attempt, 0, &answer));
	for (unsigned which = 1; which <= ALLOCATIONS; which++) {
		answer.kind = ANSWER_ALLOWED;
		ck_assert(!attempt_with(attempt, which, &answer));
		ck_assert_int_eq(answer.kind, ANSWER_UNAVAILABLE);
		ck_assert_str_eq(answer.reason, "no-memory");
	}
	ck_assert(attempt_with(attempt, ALLOCATIONS + 1, &answer));
}

START_TEST(conversation_without_memory)
{
	fail_each(hold);
}
END_TEST

START_TEST(keys_without_memory)
{
	fail_each(read_keys);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, conversation_without_memory);
	tcase_add_test(tests, keys_without_memory);
}

UNIT_MAIN("gate_memory", add_tests)
