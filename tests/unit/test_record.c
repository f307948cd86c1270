/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/record.h"

#include <string.h>

#include "tests/unit/unit.h"

static struct record record;
static char line[RECORD_LINE_SIZE];

static const char *written(void)
{
	ck_assert_uint_eq(record_line(&record, line), strlen(line));
	return line;
}

START_TEST(writes_one_line)
{
	record_init(&record);
	record_add(&record, "PRIORITY", "%d", 6);
	record_add(&record, "MESSAGE", "%s", "Allowed sshd.");
	record_add(&record, "NITRO_RULE", "%s", "ssh");
	ck_assert_str_eq(written(), "PRIORITY=6 MESSAGE=\"Allowed sshd.\" "
				    "NITRO_RULE=ssh\n");
	ck_assert_uint_eq(record.count, 3);
	ck_assert_uint_eq(record.fields[2].iov_len, strlen("NITRO_RULE=ssh"));
	ck_assert_mem_eq(record.fields[2].iov_base, "NITRO_RULE=ssh", 14);
}
END_TEST

START_TEST(values_cannot_forge_lines_or_fields)
{
	record_init(&record);
	record_add(&record, "NITRO_USER", "%s",
		   "a\nPRIORITY=0\x1b[2J\x7f\xc2\x9b");
	ck_assert_str_eq(written(), "NITRO_USER=\"a?PRIORITY=0?[2J???\"\n");
	record_init(&record);
	record_add(&record, "NITRO_USER", "%s", "a\" NITRO_LEVEL=2 \\");
	ck_assert_str_eq(written(),
			 "NITRO_USER=\"a\\\" NITRO_LEVEL=2 \\\\\"\n");
}
END_TEST

START_TEST(leaves_out_what_is_empty)
{
	record_init(&record);
	record_add(&record, "NITRO_IMAGE", "%s", "");
	record_add(&record, "NITRO_LEVEL", "%u", 0u);
	ck_assert_str_eq(written(), "NITRO_LEVEL=0\n");
}
END_TEST

START_TEST(cuts_long_values)
{
	char value[2 * RECORD_VALUE_MAX];

	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	record_init(&record);
	record_add(&record, "NITRO_USER", "%s", value);
	record_add(&record, "NITRO_LEVEL", "%u", 2u);
	ck_assert_uint_eq(record.fields[0].iov_len,
			  strlen("NITRO_USER=") + RECORD_VALUE_MAX);
	ck_assert_ptr_nonnull(strstr(written(), " NITRO_LEVEL=2\n"));
}
END_TEST

START_TEST(stays_inside_its_bounds)
{
	char value[RECORD_VALUE_MAX + 1];

	memset(value, '"', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	record_init(&record);
	for (unsigned i = 0; i < 10 * RECORD_FIELDS_MAX; i++)
		record_add(&record, "NITRO_SOMETHING_LONG", "%s", value);
	ck_assert_uint_le(record.count, RECORD_FIELDS_MAX);
	ck_assert_uint_le(record.used, RECORD_TEXT_SIZE);
	ck_assert_uint_lt(strlen(written()), RECORD_LINE_SIZE);

	record_init(&record);
	for (unsigned i = 0; i < 10 * RECORD_FIELDS_MAX; i++)
		record_add(&record, "K", "%u", i);
	ck_assert_uint_eq(record.count, RECORD_FIELDS_MAX);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, writes_one_line);
	tcase_add_test(tests, values_cannot_forge_lines_or_fields);
	tcase_add_test(tests, leaves_out_what_is_empty);
	tcase_add_test(tests, cuts_long_values);
	tcase_add_test(tests, stays_inside_its_bounds);
}

UNIT_MAIN("record", add_tests)
