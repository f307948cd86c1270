/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that runs out, at every single allocation of lib/policy: the policy is
 * refused, never accepted in part, and nothing is leaked or touched after it was
 * freed (run it under the sanitizers). The linker puts the functions below in place
 * of the real ones.
 */
#include "config.h"

#include "policy/policy.h"

#include "tests/unit/policy_unit.h"

/* Allocations up to and including the first that fails; 0: all fail. */
static size_t until_failure = SIZE_MAX;

static bool fails(void)
{
	return until_failure == 0 || --until_failure == 0;
}

#define WRAP(result, name, parameters, ...)                                    \
	result __real_##name parameters;                                       \
	result __wrap_##name parameters;                                       \
	result __wrap_##name parameters                                        \
	{                                                                      \
		return fails() ? NULL : __real_##name(__VA_ARGS__);            \
	}

WRAP(void *, malloc, (size_t size), size)
WRAP(void *, calloc, (size_t count, size_t size), count, size)
WRAP(void *, realloc, (void *old, size_t size), old, size)
WRAP(void *, reallocarray, (void *old, size_t count, size_t size), old, count,
     size)
WRAP(char *, strdup, (const char *text), text)
WRAP(char *, strndup, (const char *text, size_t size), text, size)

static const char images[] = IMAGE_A
	"[image/b]\nkind = enclave\ndescription = B\n"
	"[release/b/1]\n" TUPLE("b") "state = retiring\n"
				     "[release/b/2]\n" TUPLE(
					     "c") "not_after = 2027-01-01\n";
static const char rules[] =
	RULE_A "[rule/b]\nservice = x, y\nuser = u\nlevel = 1\nroots = sim\n";
static const char settings[] = "[policyd]\nworkers = 1\n";

static enum policy_error load(const char *rules_text,
			      struct diagnostics *diagnostics,
			      struct policy **ret_policy)
{
	static const char *const labels[] = { "aws", "sim" };
	const struct policy_source sources[] = {
		{ POLICY_SOURCE_SETTINGS, "s", span_of_text(settings) },
		{ POLICY_SOURCE_IMAGES, "i", span_of_text(images) },
		{ POLICY_SOURCE_RULES, "r", span_of_text(rules_text) },
	};

	return policy_load(&(struct policy_input){ sources, ARRAY_SIZE(sources),
						   labels, ARRAY_SIZE(labels) },
			   ret_policy, diagnostics);
}

START_TEST(never_accepts_a_part)
{
	bool is_whole = false;
	size_t at;

	for (at = 1; !is_whole; at++) {
		_cleanup_(diagnostics_freep) struct diagnostics *diagnostics =
			diagnostics_new();
		_cleanup_(policy_freep) struct policy *policy = NULL;
		enum policy_error error;

		until_failure = at;
		error = load(rules, diagnostics, &policy);
		is_whole = until_failure != 0;
		until_failure = SIZE_MAX;
		ck_assert_int_eq(error,
				 is_whole ? POLICY_OK : POLICY_E_NO_MEMORY);
		ck_assert_int_eq(policy != NULL, is_whole);
	}
	ck_assert_uint_gt(at, 50);
}
END_TEST

/* The text of an error may be lost for want of memory; the error is not. */
START_TEST(never_loses_an_error)
{
	for (size_t at = 1; at < 200; at++) {
		_cleanup_(diagnostics_freep) struct diagnostics *diagnostics =
			diagnostics_new();
		_cleanup_(policy_freep) struct policy *policy = NULL;
		enum policy_error error;

		until_failure = at;
		error = load("[rule/a]\nservice = x\nuser = u\nlevel = 9\n",
			     diagnostics, &policy);
		until_failure = SIZE_MAX;
		ck_assert_int_ne(error, POLICY_OK);
		ck_assert_ptr_null(policy);
	}
}
END_TEST

START_TEST(has_no_verdict_without_memory)
{
	struct verdict *verdict;
	struct diagnostics *diagnostics;

	until_failure = 0;
	verdict = verdict_new();
	diagnostics = diagnostics_new();
	until_failure = SIZE_MAX;
	ck_assert_ptr_null(verdict);
	ck_assert_ptr_null(diagnostics);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, never_accepts_a_part);
	tcase_add_test(tests, never_loses_an_error);
	tcase_add_test(tests, has_no_verdict_without_memory);
}

UNIT_MAIN("policy_memory", add_tests)
