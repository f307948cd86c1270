/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocations of a verification fail. A genuine document is then accepted whole,
 * or not judged, or (where OpenSSL hides why a signature check failed) refused; a
 * forged one is never accepted.
 */
#include "config.h"

#include "attest/attest.h"

#include "attest/chain_cache.h"
#include "tests/support/edit.h"
#include "tests/support/failing_malloc.h"
#include "tests/support/vectors.h"
#include "tests/unit/unit.h"

/* A verification makes about 12000 allocations; with 1 every single one fails,
 * which takes minutes. A prime does not fall in step with repeated work. */
#define STEP 17

#define GENUINE "genuine/2026-08-03_13a44c648578.cbor"

static struct anchors *anchors;
static struct buffer genuine;

static void setup(void)
{
	ck_assert_int_eq(anchors_new(&anchors), ATTEST_OK);
	ck_assert_int_eq(anchors_add_aws(anchors), ATTEST_OK);
	genuine = vectors_read(GENUINE);
}

static void teardown(void)
{
	buffer_free(genuine);
	anchors_free(anchors);
}

static enum attest_error verify(struct span document)
{
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	struct attest_input input = { .document = document,
				      .anchors = anchors,
				      .at_document_time = true };
	struct attest_failure failure;
	enum attest_error e = attest_verify(&input, &evidence, &failure);

	ck_assert_int_eq(e == ATTEST_OK, evidence != NULL);
	if (e == ATTEST_OK)
		ck_assert_uint_eq(evidence_chain_length(evidence), 5);
	return e;
}

/* OpenSSL does not always say that it was for lack of memory that a path or a
 * signature did not hold. */
static bool is_hidden(enum attest_error error)
{
	return error == ATTEST_E_PATH_INVALID ||
	       error == ATTEST_E_SIGNATURE_INVALID;
}

/* Lets one allocation in `step` fail, until none is left to fail. */
static void exhaust(struct span document, enum attest_error expected,
		    bool and_all_after, size_t step)
{
	enum attest_error e;
	bool failed;

	ck_assert_int_eq(verify(document), expected);
	for (size_t nth = 1;; nth += step) {
		failing_malloc_at(nth, and_all_after);
		e = verify(document);
		failed = failing_malloc_count() >= nth;
		failing_malloc_at(0, false);
		ck_assert_msg(e == expected || is_hidden(e) ||
				      attest_error_check(e) ==
					      ATTEST_CHECK_NONE,
			      "allocation %zu: %s", nth, attest_error_name(e));
		if (!failed)
			break;
	}
	ck_assert_int_eq(e, expected);
	ck_assert_int_eq(verify(document), expected);
}

START_TEST(genuine_document)
{
	exhaust(buffer_span(&genuine), ATTEST_OK, false, STEP);
	exhaust(buffer_span(&genuine), ATTEST_OK, true, STEP);
}
END_TEST

START_TEST(changed_payload)
{
	static const struct edit edit = { "PCR0", "\x64pcrs",
					  10,	  1,
					  "01",	  ATTEST_E_SIGNATURE_INVALID };
	_cleanup_(buffer_freep) struct buffer forged =
		edit_payload(buffer_span(&genuine), &edit);

	exhaust(buffer_span(&forged), edit.error, false, STEP);
}
END_TEST

START_TEST(changed_certificate)
{
	static const struct edit edit = { "leaf", "enc019fc8255f07",	0, 1,
					  "00",	  ATTEST_E_PATH_INVALID };
	_cleanup_(buffer_freep) struct buffer forged =
		edit_certificate(buffer_span(&genuine), 4, &edit);

	exhaust(buffer_span(&forged), edit.error, false, STEP);
}
END_TEST

/* Present when the program runs under LeakSanitizer. */
void __lsan_disable(void) __attribute__((weak));

START_TEST(making_anchors)
{
	struct anchors *made;
	enum attest_error e = ATTEST_E_NO_MEMORY;
	bool failed = true;

	/* A library context that could not be made whole loses some of its
	 * parts: libcrypto's own leaks, not ours. */
	if (__lsan_disable != NULL)
		__lsan_disable();
	for (size_t nth = 1; failed; nth += nth < 200 ? 1 : STEP) {
		made = NULL;
		failing_malloc_at(nth, false);
		e = anchors_new(&made);
		if (e == ATTEST_OK)
			e = anchors_add_aws(made);
		failed = failing_malloc_count() >= nth;
		failing_malloc_at(0, false);
		ck_assert_msg(e == ATTEST_OK || attest_error_check(e) ==
							ATTEST_CHECK_NONE,
			      "allocation %zu: %s", nth, attest_error_name(e));
		if (e == ATTEST_OK)
			ck_assert_uint_eq(anchors_count(made), 1);
		anchors_free(made);
	}
	ck_assert_int_eq(e, ATTEST_OK);
}
END_TEST

START_TEST(making_a_cache)
{
	struct chain_cache *cache = NULL;

	failing_malloc_at(1, false);
	ck_assert_int_eq(chain_cache_new(4, &cache), ATTEST_E_NO_MEMORY);
	failing_malloc_at(0, false);
	ck_assert_ptr_null(cache);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, genuine_document);
	tcase_add_test(tests, changed_payload);
	tcase_add_test(tests, changed_certificate);
	tcase_add_test(tests, making_anchors);
	tcase_add_test(tests, making_a_cache);
}

int main(void)
{
	failing_malloc_install();
	return vectors_are_here() ? unit_run("out of memory", add_tests)
				  : UNIT_SKIPPED;
}
