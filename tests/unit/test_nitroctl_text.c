/* SPDX-License-Identifier: Apache-2.0 */
/* Text of others on a terminal. */
#include "config.h"

#include "nitroctl/text.h"

#include <stdlib.h>

#include "unit.h"

static void try_printing(const char *bytes, size_t size, const char *expected)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	ck_assert_ptr_nonnull(out);
	print_safely(out, span_of(bytes, size));
	fclose(out);
	ck_assert_str_eq(text, expected);
	free(text);
}

START_TEST(nothing_moves_the_cursor)
{
	try_printing("i-0123-enc01 ~", 14, "i-0123-enc01 ~");
	try_printing("\033[2J\007\r\n", 7, "\\x1b[2J\\x07\\x0d\\x0a");
	try_printing("a\0b", 3, "a\\x00b");
	try_printing("\x7f\xc2\x9b\xe2\x80\xae", 6,
		     "\\x7f\\xc2\\x9b\\xe2\\x80\\xae");
}
END_TEST

START_TEST(escapes_cannot_be_forged)
{
	try_printing("\\x1b", 4, "\\\\x1b");
}
END_TEST

START_TEST(every_byte_is_printable_afterwards)
{
	for (int i = 0; i < 256; i++) {
		char byte = (char)i;
		char *text = NULL;
		size_t length;
		FILE *out = open_memstream(&text, &length);

		print_safely(out, span_of(&byte, 1));
		fclose(out);
		for (size_t j = 0; j < length; j++)
			ck_assert(text[j] >= ' ' && text[j] <= '~');
		free(text);
	}
}
END_TEST

START_TEST(spans_have_two_units)
{
	static const struct {
		uint64_t ms;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ 1, "1ms" },
		{ 999, "999ms" },
		{ 1000, "1s" },
		{ 1001, "1s 1ms" },
		{ 60000, "1min" },
		{ 60999, "1min" },
		{ 61000, "1min 1s" },
		{ 3600000 + 59999, "1h" },
		{ 86400000 + 3600000, "1d 1h" },
		{ UINT64_MAX, "213503982334d 14h" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[SPAN_TEXT_SIZE];

		format_span(rows[i].ms, text);
		ck_assert_str_eq(text, rows[i].text);
	}
}
END_TEST

START_TEST(plain_text_is_recognised)
{
	ck_assert(is_plain_text(span_of_text("app v1.0")));
	ck_assert(!is_plain_text(span_of_text("")));
	ck_assert(!is_plain_text(SPAN_ABSENT));
	ck_assert(!is_plain_text(span_of_text("line\n")));
	ck_assert(!is_plain_text(span_of("a\0", 2)));
}
END_TEST

START_TEST(seconds_have_no_milliseconds)
{
	char text[TIME_TEXT_SIZE];

	format_seconds(INT64_C(1572269285), text);
	ck_assert_str_eq(text, "2019-10-28T13:28:05Z");
	format_seconds(0, text);
	ck_assert_str_eq(text, "1970-01-01T00:00:00Z");
	format_seconds(INT64_C(253402300799), text);
	ck_assert_str_eq(text, "9999-12-31T23:59:59Z");
	format_seconds(INT64_C(253402300800), text);
	ck_assert_str_eq(text, "@253402300800");
	format_seconds(INT64_MIN, text);
	ck_assert_str_eq(text, "@-9223372036854775808");
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, nothing_moves_the_cursor);
	tcase_add_test(tests, escapes_cannot_be_forged);
	tcase_add_test(tests, every_byte_is_printable_afterwards);
	tcase_add_test(tests, plain_text_is_recognised);
	tcase_add_test(tests, spans_have_two_units);
	tcase_add_test(tests, seconds_have_no_milliseconds);
}

UNIT_MAIN("nitroctl text", add_tests)
