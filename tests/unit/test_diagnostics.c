/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/diagnostics.h"

#include <string.h>

#include "tests/unit/unit.h"

static struct diagnostics *diagnostics;

static void make(void)
{
	diagnostics = diagnostics_new();
	ck_assert_ptr_nonnull(diagnostics);
}

static void release(void)
{
	diagnostics_free(diagnostics);
}

static void assert_text(const struct diagnostic_place *place,
			const char *expected)
{
	_cleanup_free_ char *text = NULL;
	size_t last;

	diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, place, "found %d", 7);
	last = diagnostics_count(diagnostics) - 1;
	text = diagnostic_text(diagnostics_get(diagnostics, last));
	ck_assert_str_eq(text, expected);
}

START_TEST(says_where_with_the_parts_that_there_are)
{
	assert_text(
		&(struct diagnostic_place){ "f.conf", 3, "image/x", "kind" },
		"f.conf:3: [image/x] kind: found 7");
	assert_text(&(struct diagnostic_place){ "f.conf", 3, "image/x", NULL },
		    "f.conf:3: [image/x]: found 7");
	assert_text(&(struct diagnostic_place){ "f.conf", 3, NULL, "kind" },
		    "f.conf:3: kind: found 7");
	assert_text(&(struct diagnostic_place){ "f.conf", 3, NULL, NULL },
		    "f.conf:3: found 7");
	assert_text(&(struct diagnostic_place){ "f.conf", 0, NULL, NULL },
		    "f.conf: found 7");
}
END_TEST

START_TEST(counts_errors_and_warnings_apart)
{
	const struct diagnostic_place place = { .file = "f" };

	diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, &place, "a");
	diagnostics_add(diagnostics, DIAGNOSTIC_WARNING, &place, "b");
	diagnostics_add(diagnostics, DIAGNOSTIC_WARNING, &place, "c");
	ck_assert_uint_eq(diagnostics_errors(diagnostics), 1);
	ck_assert_uint_eq(diagnostics_warnings(diagnostics), 2);
	ck_assert_uint_eq(diagnostics_count(diagnostics), 3);
	ck_assert_int_eq(diagnostics_get(diagnostics, 1)->severity,
			 DIAGNOSTIC_WARNING);
}
END_TEST

START_TEST(counts_what_it_does_not_keep)
{
	const struct diagnostic_place place = { .file = "f" };

	for (size_t i = 0; i < DIAGNOSTICS_MAX + 5; i++)
		diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, &place, "a");
	ck_assert_uint_eq(diagnostics_count(diagnostics), DIAGNOSTICS_MAX);
	ck_assert_uint_eq(diagnostics_errors(diagnostics), DIAGNOSTICS_MAX + 5);
}
END_TEST

/* A value from a file may be a megabyte; its characters are not cut in two. */
START_TEST(cuts_long_texts_between_characters)
{
	const struct diagnostic_place place = { .file = "f" };
	char value[5000];
	const char *message;
	size_t length;

	for (size_t i = 0; i + 3 < sizeof(value); i += 2)
		memcpy(value + i, "\xc3\xa4", 2);
	value[sizeof(value) - 2] = '\0';
	for (int shift = 0; shift < 2; shift++) {
		diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, &place, "%s%s",
				shift == 0 ? "" : "x", value);
		message = diagnostics_get(diagnostics, (size_t)shift)->message;
		length = strlen(message);
		ck_assert_uint_lt(length, 500);
		ck_assert_int_eq((length - (size_t)shift) % 2, 0);
	}
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make, release);
	tcase_add_test(tests, says_where_with_the_parts_that_there_are);
	tcase_add_test(tests, counts_errors_and_warnings_apart);
	tcase_add_test(tests, counts_what_it_does_not_keep);
	tcase_add_test(tests, cuts_long_texts_between_characters);
}

UNIT_MAIN("diagnostics", add_tests)
