/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/hex.h"

#include <errno.h>

#include "tests/unit/unit.h"

START_TEST(encodes_lower_case)
{
	char text[HEX_SIZE(4)];

	hex_encode(span_of("\x00\x7f\xab\xff", 4), text);
	ck_assert_str_eq(text, "007fabff");
}
END_TEST

START_TEST(encodes_nothing)
{
	char *text = hex_dup(span_of("", 0));

	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

START_TEST(decodes_both_cases)
{
	uint8_t bytes[4];
	size_t size;

	ck_assert_int_eq(hex_decode(span_of_text("007fAbFF"), bytes,
				    sizeof(bytes), &size),
			 0);
	ck_assert_uint_eq(size, 4);
	ck_assert_mem_eq(bytes, "\x00\x7f\xab\xff", 4);
}
END_TEST

START_TEST(refuses_what_is_not_hex)
{
	static const char *const wrong[] = { "0",    "0g",    "g0", "0x00",
					     "00 1", "00:11", "-1", "/0",
					     ":0",   "@0",    "`0" };
	uint8_t bytes[8];
	size_t size;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_msg(hex_decode(span_of_text(wrong[i]), bytes,
					 sizeof(bytes), &size) == -EINVAL,
			      "%s", wrong[i]);
}
END_TEST

START_TEST(refuses_more_than_fits)
{
	uint8_t bytes[2] = { 0 };
	size_t size;

	ck_assert_int_eq(hex_decode(span_of_text("001122"), bytes, 2, &size),
			 -ENOSPC);
	ck_assert_int_eq(hex_decode(span_of_text("0011"), bytes, 2, &size), 0);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, encodes_lower_case);
	tcase_add_test(tests, encodes_nothing);
	tcase_add_test(tests, decodes_both_cases);
	tcase_add_test(tests, refuses_what_is_not_hex);
	tcase_add_test(tests, refuses_more_than_fits);
}

UNIT_MAIN("hex", add_tests)
