/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/printable.h"

#include <string.h>

#include "tests/unit/unit.h"

static const char *copy(size_t size, const char *text)
{
	static char copied[64];

	memset(copied, 0x7f, sizeof(copied));
	printable_copy(copied, size, text);
	ck_assert_int_eq(copied[size], 0x7f);
	return copied;
}

START_TEST(keeps_what_is_printable)
{
	ck_assert_str_eq(copy(32, ""), "");
	ck_assert_str_eq(copy(32, " Azz9~!#'\\%s"), " Azz9~!#'\\%s");
}
END_TEST

START_TEST(replaces_what_is_not)
{
	ck_assert_str_eq(copy(32, "a\tb\nc\rd\x1b[2J\x7f"), "a?b?c?d?[2J?");
	ck_assert_str_eq(copy(32, "\xc3\xa9\xe2\x80\xae\xff\x80"), "???????");
	ck_assert_str_eq(copy(32, "a\" b=\"c"), "a' b='c");
}
END_TEST

START_TEST(shows_where_it_cuts)
{
	ck_assert_str_eq(copy(8, "1234567"), "1234567");
	ck_assert_str_eq(copy(8, "12345678"), "1234...");
	ck_assert_str_eq(copy(8, "\n\n\n\n\n\n\n\n\n"), "????...");
	ck_assert_str_eq(copy(4, "1234"), "...");
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, keeps_what_is_printable);
	tcase_add_test(tests, replaces_what_is_not);
	tcase_add_test(tests, shows_where_it_cuts);
}

UNIT_MAIN("printable", add_tests)
