/* SPDX-License-Identifier: Apache-2.0 */
/* Changing one section: exactly the lines concerned. */
#include "config.h"

#include "nitroctl/section_edit.h"

#include <errno.h>

#include "unit.h"

#define TEXT                                                                   \
	"# top\n[a]\nx = 1\n# in a\ny = 2\n\n# about b\n[b]\nx = 3\n# end\n"

static void try_set(const char *text, const char *section, const char *key,
		    const char *expected)
{
	const struct section_edit edit = { span_of_text(text), section };
	_cleanup_(buffer_freep) struct buffer buffer = BUFFER_EMPTY;

	ck_assert_int_eq(section_set(&edit, key, "new", &buffer), 0);
	ck_assert_str_eq((const char *)buffer.data, expected);
	ck_assert_uint_eq(buffer.size, strlen(expected));
}

static void try_remove(const char *text, const char *section,
		       const char *expected, size_t remaining)
{
	const struct section_edit edit = { span_of_text(text), section };
	_cleanup_(buffer_freep) struct buffer buffer = BUFFER_EMPTY;
	size_t count = 99;

	ck_assert_int_eq(section_remove(&edit, &buffer, &count), 0);
	ck_assert_str_eq((const char *)buffer.data, expected);
	ck_assert_uint_eq(count, remaining);
}

START_TEST(a_key_is_replaced_where_it_stands)
{
	try_set(TEXT, "a", "x",
		"# top\n[a]\nx = new\n# in a\ny = 2\n\n# about b\n[b]\nx = 3\n"
		"# end\n");
	try_set(TEXT, "b", "x",
		"# top\n[a]\nx = 1\n# in a\ny = 2\n\n# about b\n[b]\nx = new\n"
		"# end\n");
}
END_TEST

START_TEST(a_new_key_stands_behind_the_last)
{
	try_set(TEXT, "a", "z",
		"# top\n[a]\nx = 1\n# in a\ny = 2\nz = new\n\n# about b\n[b]\n"
		"x = 3\n# end\n");
	try_set("[a]\n", "a", "z", "[a]\nz = new\n");
}
END_TEST

START_TEST(line_ends_stay_what_they_are)
{
	try_set("[a]\r\nx = 1\r\n", "a", "x", "[a]\r\nx = new\r\n");
	try_set("[a]\r\nx = 1\r\n", "a", "z", "[a]\r\nx = 1\r\nz = new\r\n");
	try_set("[a]\nx = 1", "a", "z", "[a]\nx = 1\nz = new\n");
	try_set("[a]\nx = 1", "a", "x", "[a]\nx = new\n");
}
END_TEST

START_TEST(a_section_goes_up_to_its_last_key)
{
	try_remove(TEXT, "a", "# top\n\n# about b\n[b]\nx = 3\n# end\n", 1);
	try_remove(TEXT, "b",
		   "# top\n[a]\nx = 1\n# in a\ny = 2\n\n# about b\n# end\n", 1);
	try_remove("[a]\nx = 1", "a", "", 0);
}
END_TEST

START_TEST(what_cannot_be_edited)
{
	const struct section_edit absent = { span_of_text(TEXT), "c" };
	const struct section_edit broken = { span_of_text("[a]\nx\n"), "a" };
	struct buffer buffer = BUFFER_EMPTY;
	size_t count;

	ck_assert_int_eq(section_set(&absent, "x", "y", &buffer), -ENOENT);
	ck_assert_int_eq(section_remove(&absent, &buffer, &count), -ENOENT);
	ck_assert_int_eq(section_set(&broken, "x", "y", &buffer), -EINVAL);
	ck_assert_ptr_null(buffer.data);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, a_key_is_replaced_where_it_stands);
	tcase_add_test(tests, a_new_key_stands_behind_the_last);
	tcase_add_test(tests, line_ends_stay_what_they_are);
	tcase_add_test(tests, a_section_goes_up_to_its_last_key);
	tcase_add_test(tests, what_cannot_be_edited);
}

UNIT_MAIN("section edit", add_tests)
