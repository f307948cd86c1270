/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/verdict.h"

#include <string.h>

#include "policy/decide.h"
#include "tests/unit/unit.h"

static struct verdict *verdict;

static void make(void)
{
	verdict = verdict_new();
	ck_assert_ptr_nonnull(verdict);
}

static void release(void)
{
	verdict_free(verdict);
}

START_TEST(begins_as_a_denial_with_nothing_checked)
{
	ck_assert(!verdict->allowed);
	ck_assert_uint_eq(verdict->level, 0);
	ck_assert_str_eq(verdict->reason, "internal-error");
	ck_assert_str_eq(verdict->rule, "");
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		ck_assert_int_eq(verdict->checks[i].state, CHECK_NOT_CHECKED);
		ck_assert_ptr_nonnull(verdict->checks[i].why);
	}
}
END_TEST

START_TEST(the_first_failure_decides)
{
	verdict_fail(verdict, REASON_DEBUG_ENCLAVE, "a", "b");
	verdict_fail(verdict, REASON_INSTANCE_MISMATCH, "c", "d");
	ck_assert_str_eq(verdict->reason, "debug-enclave");
	ck_assert_str_eq(verdict->checks[CHECK_INSTANCE].expected, "c");
	ck_assert_str_eq(verdict->checks[CHECK_INSTANCE].actual, "d");
	ck_assert_int_eq(verdict->checks[CHECK_INSTANCE].state, CHECK_FAILED);
}
END_TEST

START_TEST(a_failure_is_final)
{
	verdict_fail(verdict, REASON_DEBUG_ENCLAVE, "a", "b");
	verdict_pass(verdict, CHECK_DEBUG_MODE);
	verdict_skip(verdict, CHECK_DEBUG_MODE, "why");
	verdict_allow(verdict);
	ck_assert_int_eq(verdict->checks[CHECK_DEBUG_MODE].state, CHECK_FAILED);
	ck_assert(!verdict->allowed);
	ck_assert_str_eq(verdict->reason, "debug-enclave");
}
END_TEST

START_TEST(a_failure_takes_an_allowance_back)
{
	verdict_allow(verdict);
	ck_assert(verdict->allowed);
	ck_assert_str_eq(verdict->reason, "allowed");
	verdict_fail(verdict, REASON_DOCUMENT_REPLAYED, "", "");
	ck_assert(!verdict->allowed);
	ck_assert_str_eq(verdict->reason, "document-replayed");
}
END_TEST

START_TEST(a_note_does_not_decide)
{
	verdict_note(verdict, REASON_DEBUG_ENCLAVE, "a", "b");
	ck_assert_int_eq(verdict->checks[CHECK_DEBUG_MODE].state, CHECK_FAILED);
	verdict_allow(verdict);
	ck_assert(verdict->allowed);
}
END_TEST

START_TEST(cuts_details_between_characters)
{
	char text[2 * ATTEST_DETAIL_SIZE];
	const char *kept = verdict->checks[CHECK_INSTANCE].expected;

	for (size_t i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa4", 2);
	text[sizeof(text) - 2] = '\0';
	verdict_fail(verdict, REASON_INSTANCE_MISMATCH, text, "");
	ck_assert_uint_eq(strlen(kept), ATTEST_DETAIL_SIZE - 2);
}
END_TEST

/* Each error of the verifier: what was before has passed, what comes after was not
 * looked at, and the reason is the error's own. */
START_TEST(takes_over_every_failure)
{
	struct attest_failure failure = {
		.error = (enum attest_error)_i,
		.expected = "this",
		.actual = "that",
	};
	enum attest_check failed = attest_error_check(failure.error);
	size_t at;

	verdict_allow(verdict);
	verdict_take_failure(verdict, &failure);
	ck_assert(!verdict->allowed);
	ck_assert(verdict->is_denied);
	ck_assert_str_eq(verdict->reason, attest_error_name(failure.error));
	ck_assert_str_eq(verdict->sentence,
			 attest_error_sentence(failure.error));
	ck_assert_str_eq(verdict->hint, attest_error_hint(failure.error));
	if (failed == ATTEST_CHECK_NONE) {
		for (size_t i = 0; i < CHECK_COUNT; i++)
			ck_assert_int_eq(verdict->checks[i].state,
					 CHECK_NOT_CHECKED);
		return;
	}
	at = CHECK_ENVELOPE + (size_t)failed - ATTEST_CHECK_ENVELOPE;
	ck_assert_str_eq(verdict_check_name((enum verdict_check)at),
			 attest_check_name(failed));
	ck_assert_int_eq(verdict->checks[at].state, CHECK_FAILED);
	ck_assert_str_eq(verdict->checks[at].expected, "this");
	ck_assert_str_eq(verdict->checks[at].actual, "that");
	for (size_t i = CHECK_ENVELOPE; i < at; i++)
		ck_assert_int_eq(verdict->checks[i].state,
				 at == CHECK_AGE && i == CHECK_NONCE
					 ? CHECK_NOT_CHECKED
					 : CHECK_PASSED);
	for (size_t i = at + 1; i < CHECK_COUNT; i++)
		ck_assert_int_eq(verdict->checks[i].state, CHECK_NOT_CHECKED);
}
END_TEST

START_TEST(names_checks_and_states)
{
	ck_assert_str_eq(verdict_check_name(CHECK_ROOT_LABEL), "root-label");
	ck_assert_uint_eq(verdict_check_level(CHECK_RULE), 0);
	ck_assert_uint_eq(verdict_check_level(CHECK_AGE), 1);
	ck_assert_uint_eq(verdict_check_level(CHECK_RELEASE), 2);
	ck_assert_uint_eq(verdict_check_level(CHECK_MANIFEST), 3);
	ck_assert_str_eq(check_state_name(CHECK_PASSED), "passed");
	ck_assert_str_eq(check_state_name(CHECK_FAILED), "failed");
	ck_assert_str_eq(check_state_name(CHECK_NOT_CHECKED), "not-checked");
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make, release);
	tcase_add_test(tests, begins_as_a_denial_with_nothing_checked);
	tcase_add_test(tests, the_first_failure_decides);
	tcase_add_test(tests, a_failure_is_final);
	tcase_add_test(tests, a_failure_takes_an_allowance_back);
	tcase_add_test(tests, a_note_does_not_decide);
	tcase_add_test(tests, cuts_details_between_characters);
	tcase_add_loop_test(tests, takes_over_every_failure, 1,
			    ATTEST_ERROR_COUNT);
	tcase_add_test(tests, names_checks_and_states);
}

UNIT_MAIN("verdict", add_tests)
