/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/cursor.h"

#include "base/hex.h"
#include "tests/unit/unit.h"

static struct span bytes_of(const char *hex)
{
	static uint8_t bytes[64];
	size_t size;

	ck_assert_int_eq(
		hex_decode(span_of_text(hex), bytes, sizeof(bytes), &size), 0);
	return span_of(bytes, size);
}

static const struct {
	const char *hex;
	enum cursor_error error;
	uint64_t value;
} integers[] = {
	{ "00", CURSOR_OK, 0 },
	{ "17", CURSOR_OK, 23 },
	{ "1818", CURSOR_OK, 24 },
	{ "18ff", CURSOR_OK, 255 },
	{ "190100", CURSOR_OK, 256 },
	{ "19ffff", CURSOR_OK, 65535 },
	{ "1a00010000", CURSOR_OK, 65536 },
	{ "1affffffff", CURSOR_OK, UINT32_MAX },
	{ "1b0000000100000000", CURSOR_OK, UINT64_C(1) << 32 },
	{ "1bffffffffffffffff", CURSOR_OK, UINT64_MAX },
	{ "1817", CURSOR_NOT_MINIMAL, 0 },
	{ "1900ff", CURSOR_NOT_MINIMAL, 0 },
	{ "1a0000ffff", CURSOR_NOT_MINIMAL, 0 },
	{ "1b00000000ffffffff", CURSOR_NOT_MINIMAL, 0 },
	{ "", CURSOR_TRUNCATED, 0 },
	{ "18", CURSOR_TRUNCATED, 0 },
	{ "1b00000001000000", CURSOR_TRUNCATED, 0 },
	{ "1c", CURSOR_MALFORMED, 0 },
	{ "1f", CURSOR_MALFORMED, 0 },
	{ "ff", CURSOR_MALFORMED, 0 },
	{ "20", CURSOR_TYPE, 0 },
	{ "3817", CURSOR_NOT_MINIMAL, 0 },
	{ "40", CURSOR_TYPE, 0 },
	{ "5f40ff", CURSOR_INDEFINITE, 0 },
	{ "7f60ff", CURSOR_INDEFINITE, 0 },
	{ "9fff", CURSOR_INDEFINITE, 0 },
	{ "bfff", CURSOR_INDEFINITE, 0 },
	{ "f4", CURSOR_TYPE, 0 },
	{ "f6", CURSOR_TYPE, 0 },
	{ "f7", CURSOR_TYPE, 0 },
	{ "f90000", CURSOR_TYPE, 0 },
	{ "fa00000000", CURSOR_TYPE, 0 },
	{ "fb0000000000000000", CURSOR_TYPE, 0 },
	{ "e0", CURSOR_MALFORMED, 0 },
	{ "f820", CURSOR_MALFORMED, 0 },
	{ "0000", CURSOR_TRAILING, 0 },
};

START_TEST(integers_have_one_encoding)
{
	for (size_t i = 0; i < ARRAY_SIZE(integers); i++) {
		struct cursor cursor;
		uint64_t value;

		cursor_init(&cursor, bytes_of(integers[i].hex));
		value = cursor_read_unsigned(&cursor);
		ck_assert_msg(cursor_finish(&cursor) == integers[i].error,
			      "%s: %d", integers[i].hex, cursor.error);
		ck_assert_msg(value == integers[i].value, "%s",
			      integers[i].hex);
	}
}
END_TEST

static const struct {
	const char *hex;
	enum cursor_error error;
	size_t size;
} strings[] = {
	{ "40", CURSOR_OK, 0 },
	{ "43010203", CURSOR_OK, 3 },
	{ "5818000102030405060708090a0b0c0d0e0f1011121314151617", CURSOR_OK,
	  24 },
	{ "5803010203", CURSOR_NOT_MINIMAL, 0 },
	{ "590003010203", CURSOR_NOT_MINIMAL, 0 },
	{ "430102", CURSOR_TRUNCATED, 0 },
	{ "5b0000000100000000", CURSOR_TRUNCATED, 0 },
	{ "5bffffffffffffffff00", CURSOR_TRUNCATED, 0 },
	{ "5bfffffffffffffff700", CURSOR_TRUNCATED, 0 },
	{ "63616263", CURSOR_TYPE, 0 },
	{ "43010203ff", CURSOR_TRAILING, 3 },
};

START_TEST(strings_stay_inside_the_input)
{
	for (size_t i = 0; i < ARRAY_SIZE(strings); i++) {
		struct span input = bytes_of(strings[i].hex);
		struct cursor cursor;
		struct span found;

		cursor_init(&cursor, input);
		found = cursor_read_bytes(&cursor);
		ck_assert_msg(cursor_finish(&cursor) == strings[i].error,
			      "%s: %d", strings[i].hex, cursor.error);
		ck_assert_uint_eq(found.size, strings[i].size);
		if (cursor.error == CURSOR_OK)
			ck_assert_ptr_eq(found.data + found.size,
					 input.data + input.size);
	}
}
END_TEST

START_TEST(an_empty_string_is_present)
{
	struct cursor cursor;

	cursor_init(&cursor, bytes_of("4060"));
	ck_assert(!span_is_absent(cursor_read_bytes(&cursor)));
	ck_assert(!span_is_absent(cursor_read_text(&cursor)));
	ck_assert(span_is_absent(cursor_read_text(&cursor)));
}
END_TEST

START_TEST(errors_are_sticky)
{
	struct cursor cursor;

	cursor_init(&cursor, bytes_of("01f60203"));
	ck_assert_uint_eq(cursor_read_unsigned(&cursor), 1);
	ck_assert_uint_eq(cursor_read_unsigned(&cursor), 0);
	ck_assert_int_eq(cursor.error, CURSOR_TYPE);
	ck_assert_int_eq(cursor.found, CURSOR_NULL);
	ck_assert_uint_eq(cursor.offset, 1);
	ck_assert(!cursor_take_null(&cursor));
	ck_assert_uint_eq(cursor_read_unsigned(&cursor), 0);
	ck_assert_uint_eq(cursor_enter_array(&cursor, 10), 0);
	ck_assert_int_eq(cursor_peek(&cursor), CURSOR_END);
	ck_assert(span_is_absent(cursor_since(&cursor, 0)));
	ck_assert_int_eq(cursor_finish(&cursor), CURSOR_TYPE);
}
END_TEST

/* Reads a map of integers to integers; counts its entries. */
static size_t count_entries(const char *hex, uint64_t max, bool any,
			    enum cursor_error expected)
{
	struct cursor cursor;
	struct cursor_map map;
	size_t count = 0;

	cursor_init(&cursor, bytes_of(hex));
	map = any ? cursor_enter_any_map(&cursor, max)
		  : cursor_enter_map(&cursor, max);
	while (cursor_next_entry(&cursor, &map)) {
		cursor_read_unsigned(&cursor);
		cursor_read_unsigned(&cursor);
		count++;
	}
	ck_assert_msg(cursor_finish(&cursor) == expected, "%s: %d", hex,
		      cursor.error);
	return count;
}

START_TEST(maps)
{
	ck_assert_uint_eq(count_entries("a0", 9, false, CURSOR_OK), 0);
	ck_assert_uint_eq(count_entries("a201020304", 2, false, CURSOR_OK), 2);
	ck_assert_uint_eq(count_entries("a201020304", 1, false, CURSOR_LIMIT),
			  0);
	ck_assert_uint_eq(count_entries("a2010203", 9, false, CURSOR_TRUNCATED),
			  0);
	ck_assert_uint_eq(count_entries("bbffffffffffffffff01020304",
					UINT64_MAX, false, CURSOR_TRUNCATED),
			  0);
	ck_assert_uint_eq(
		count_entries("bf0102ff", 9, false, CURSOR_INDEFINITE), 0);
	ck_assert_uint_eq(count_entries("bfff", 9, true, CURSOR_OK), 0);
	ck_assert_uint_eq(count_entries("bf01020304ff", 2, true, CURSOR_OK), 2);
	ck_assert_uint_eq(count_entries("bf01020304ff", 1, true, CURSOR_LIMIT),
			  1);
	ck_assert_uint_eq(count_entries("bf0102", 9, true, CURSOR_TRUNCATED),
			  1);
	ck_assert_uint_eq(count_entries("bf01ff", 9, true, CURSOR_MALFORMED),
			  1);
	ck_assert_uint_eq(count_entries("bf0102ffff", 9, true, CURSOR_TRAILING),
			  1);
	ck_assert_uint_eq(count_entries("a201020304", 2, true, CURSOR_OK), 2);
	ck_assert_uint_eq(count_entries("8102", 2, true, CURSOR_TYPE), 0);
}
END_TEST

START_TEST(arrays_and_tags)
{
	struct cursor cursor;

	cursor_init(&cursor, bytes_of("d28201f6"));
	ck_assert_int_eq(cursor_peek(&cursor), CURSOR_TAG);
	ck_assert_uint_eq(cursor_read_tag(&cursor), 18);
	ck_assert_uint_eq(cursor_enter_array(&cursor, 2), 2);
	ck_assert(!cursor_take_null(&cursor));
	ck_assert_uint_eq(cursor_read_unsigned(&cursor), 1);
	ck_assert(cursor_take_null(&cursor));
	ck_assert_uint_eq(cursor_since(&cursor, 1).size, 3);
	ck_assert_int_eq(cursor_peek(&cursor), CURSOR_END);
	ck_assert_int_eq(cursor_finish(&cursor), CURSOR_OK);

	cursor_init(&cursor, bytes_of("830102"));
	ck_assert_uint_eq(cursor_enter_array(&cursor, 9), 0);
	ck_assert_int_eq(cursor.error, CURSOR_TRUNCATED);
	cursor_init(&cursor, bytes_of("820102"));
	ck_assert_uint_eq(cursor_enter_array(&cursor, 1), 0);
	ck_assert_int_eq(cursor.error, CURSOR_LIMIT);
	cursor_init(&cursor, bytes_of("9b7fffffffffffffff"));
	ck_assert_uint_eq(cursor_enter_array(&cursor, UINT64_MAX), 0);
	ck_assert_int_eq(cursor.error, CURSOR_TRUNCATED);
}
END_TEST

START_TEST(explanations_name_place_and_types)
{
	char text[CURSOR_TEXT_SIZE];
	struct cursor cursor;

	cursor_init(&cursor, bytes_of("01f6"));
	cursor_read_unsigned(&cursor);
	cursor_read_text(&cursor);
	ck_assert_str_eq(cursor_explain(&cursor, text),
			 "byte 1: null, not a text");
	cursor_init(&cursor, bytes_of("1800"));
	cursor_read_unsigned(&cursor);
	ck_assert_str_eq(cursor_explain(&cursor, text),
			 "byte 0: a head longer than it must be");
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, integers_have_one_encoding);
	tcase_add_test(tests, strings_stay_inside_the_input);
	tcase_add_test(tests, an_empty_string_is_present);
	tcase_add_test(tests, errors_are_sticky);
	tcase_add_test(tests, maps);
	tcase_add_test(tests, arrays_and_tags);
	tcase_add_test(tests, explanations_name_place_and_types);
}

UNIT_MAIN("cursor", add_tests)
