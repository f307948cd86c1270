/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/verdict.h"

#include <string.h>

#include "base/text.h"
#include "policy/decide.h"

static const struct check_row {
	const char *name;
	unsigned level;
} check_rows[CHECK_COUNT] = {
#define CHECK_ROW(code, level, name) [CHECK_##code] = { name, level },
	VERDICT_CHECK_TABLE(CHECK_ROW)
#undef CHECK_ROW
};

static const struct reason_row {
	enum verdict_check check;
	const char *name;
	const char *sentence;
	const char *hint;
} reason_rows[REASON_COUNT] = {
#define REASON_ROW(code, check, name, sentence, hint)                          \
	[REASON_##code] = { CHECK_##check, name, sentence, hint },
	VERDICT_REASON_TABLE(REASON_ROW)
#define QOS_ROW(code, check, name, sentence, hint)                             \
	[REASON_QOS_##code] = { CHECK_##check, name, sentence, hint },
		QOS_ERROR_TABLE(QOS_ROW)
#undef QOS_ROW
#undef REASON_ROW
};

/* The rows of level 1 that attest_verify() fills stand in its own order, so one
 * offset translates between the two enums. */
_Static_assert((int)CHECK_AGE - (int)CHECK_ENVELOPE ==
		       (int)ATTEST_CHECK_AGE - (int)ATTEST_CHECK_ENVELOPE,
	       "VERDICT_CHECK_TABLE must repeat enum attest_check");

static enum verdict_check check_of_attest(enum attest_check check)
{
	return (enum verdict_check)((int)check - (int)ATTEST_CHECK_ENVELOPE +
				    (int)CHECK_ENVELOPE);
}

static const char why_not_reached[] = "not reached";
static const char why_no_verdict[] = "no live verdict was asked for";
static const char why_decided[] = "an earlier check decided";
static const char why_no_nonce[] = "no nonce was asked for";
static const char why_no_age[] = "no age was asked for";
static const char why_age_decided[] =
	"the age decided; a nonce that was asked for is equal";

/* Reason and texts of a verdict that nobody has judged yet. */
static void set_undecided(struct verdict *verdict)
{
	verdict->reason = attest_error_name(ATTEST_E_INTERNAL);
	verdict->sentence = attest_error_sentence(ATTEST_E_INTERNAL);
	verdict->hint = attest_error_hint(ATTEST_E_INTERNAL);
}

static void set_reason(struct verdict *verdict, enum verdict_reason reason)
{
	verdict->reason = reason_rows[reason].name;
	verdict->sentence = reason_rows[reason].sentence;
	verdict->hint = reason_rows[reason].hint;
}

struct verdict *verdict_new(void)
{
	struct verdict *verdict = calloc(1, sizeof(*verdict));

	if (verdict == NULL)
		return NULL;
	set_undecided(verdict);
	verdict->release_not_after_ms = INT64_MAX;
	for (size_t i = 0; i < CHECK_COUNT; i++)
		verdict->checks[i].why = why_not_reached;
	/* Most questions are about documents; who asks for more marks it. */
	verdict->checks[CHECK_VERDICT].why = why_no_verdict;
	return verdict;
}

void verdict_free(struct verdict *verdict)
{
	free(verdict);
}

static void copy_detail(char target[static ATTEST_DETAIL_SIZE],
			const char *text)
{
	size_t length = text_fit(text, ATTEST_DETAIL_SIZE - 1);

	memcpy(target, text, length);
	target[length] = '\0';
}

static void set_failed(struct check_result *result, const char *expected,
		       const char *actual)
{
	result->state = CHECK_FAILED;
	result->why = NULL;
	copy_detail(result->expected, expected);
	copy_detail(result->actual, actual);
}

void verdict_pass(struct verdict *verdict, enum verdict_check check)
{
	struct check_result *result = &verdict->checks[check];

	/* A failure is final. */
	if (result->state == CHECK_FAILED)
		return;
	result->state = CHECK_PASSED;
	result->why = NULL;
}

void verdict_skip(struct verdict *verdict, enum verdict_check check,
		  const char *why)
{
	struct check_result *result = &verdict->checks[check];

	if (result->state == CHECK_FAILED)
		return;
	result->state = CHECK_NOT_CHECKED;
	result->why = why;
}

void verdict_note(struct verdict *verdict, enum verdict_reason reason,
		  const char *expected, const char *actual)
{
	set_failed(&verdict->checks[reason_rows[reason].check], expected,
		   actual);
}

void verdict_fail(struct verdict *verdict, enum verdict_reason reason,
		  const char *expected, const char *actual)
{
	verdict_note(verdict, reason, expected, actual);
	verdict->allowed = false;
	if (verdict->is_denied)
		return;
	verdict->is_denied = true;
	set_reason(verdict, reason);
}

void verdict_refuse(struct verdict *verdict, const char *reason,
		    const char *sentence, const char *hint)
{
	verdict->allowed = false;
	verdict->is_denied = true;
	verdict->reason = reason;
	verdict->sentence = sentence;
	verdict->hint = hint;
}

void verdict_allow(struct verdict *verdict)
{
	if (verdict->is_denied)
		return;
	verdict->allowed = true;
	set_reason(verdict, REASON_ALLOWED);
}

void verdict_audit(struct verdict *verdict)
{
	verdict->allowed = true;
	verdict->audited = true;
}

void verdict_take_failure(struct verdict *verdict,
			  const struct attest_failure *failure)
{
	const enum attest_check failed = attest_error_check(failure->error);

	verdict->allowed = false;
	verdict->level = 0;
	if (!verdict->is_denied) {
		verdict->is_denied = true;
		verdict->reason = attest_error_name(failure->error);
		verdict->sentence = attest_error_sentence(failure->error);
		verdict->hint = attest_error_hint(failure->error);
	}
	/* The verifier could not work: nothing is known about the document. */
	if (failed == ATTEST_CHECK_NONE) {
		verdict->is_unjudged = true;
		return;
	}

	for (enum attest_check i = ATTEST_CHECK_ENVELOPE; i < failed; i++)
		verdict_pass(verdict, check_of_attest(i));
	if (failed == ATTEST_CHECK_AGE)
		verdict_skip(verdict, CHECK_NONCE, why_age_decided);
	set_failed(&verdict->checks[check_of_attest(failed)], failure->expected,
		   failure->actual);
	for (size_t i = check_of_attest(failed) + 1; i < CHECK_COUNT; i++)
		verdict_skip(verdict, (enum verdict_check)i, why_decided);
}

void verdict_take_evidence(struct verdict *verdict,
			   const struct evidence *evidence)
{
	for (enum verdict_check i = CHECK_ENVELOPE; i <= CHECK_TIMESTAMP; i++)
		verdict_pass(verdict, i);
	if (evidence_nonce_was_checked(evidence))
		verdict_pass(verdict, CHECK_NONCE);
	else
		verdict_skip(verdict, CHECK_NONCE, why_no_nonce);
	if (evidence_age_was_checked(evidence))
		verdict_pass(verdict, CHECK_AGE);
	else
		verdict_skip(verdict, CHECK_AGE, why_no_age);
}

const char *verdict_reason_name(enum verdict_reason reason)
{
	return reason_rows[reason].name;
}

const char *verdict_reason_sentence(enum verdict_reason reason)
{
	return reason_rows[reason].sentence;
}

const char *verdict_check_name(enum verdict_check check)
{
	return check_rows[check].name;
}

unsigned verdict_check_level(enum verdict_check check)
{
	return check_rows[check].level;
}

const char *check_state_name(enum check_state state)
{
	static const char *const names[] = {
		[CHECK_NOT_CHECKED] = "not-checked",
		[CHECK_PASSED] = "passed",
		[CHECK_FAILED] = "failed",
	};

	return names[state];
}
