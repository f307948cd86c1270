/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/option_list.h"

#include <string.h>

#include "unit.h"

struct settings {
	unsigned number;
	bool flag;
};

static bool set_number(const char *value, void *settings)
{
	return option_list_number(value, 2, 60,
				  &((struct settings *)settings)->number);
}

static bool set_flag(const char *value, void *settings)
{
	((struct settings *)settings)->flag = *value == '\0';
	return true;
}

static const struct option_row rows[] = {
	{ "number=", set_number, "a number from 2 to 60" },
	{ "flag", set_flag, "nothing" },
};
static const struct option_list list = { rows, ARRAY_SIZE(rows), "page(8)" };

static struct settings settings;
static char problem[OPTION_LIST_PROBLEM_SIZE];

static bool parse(size_t count, const char *const *arguments)
{
	settings = (struct settings){ 0 };
	*problem = '\0';
	return option_list_parse(&list, count, arguments, &settings, problem);
}

START_TEST(takes)
{
	ck_assert(parse(0, NULL));
	ck_assert(parse(2, (const char *[]){ "flag", "number=60" }));
	ck_assert(settings.flag);
	ck_assert_uint_eq(settings.number, 60);
	ck_assert(parse(1, (const char *[]){ "number=2" }));
	ck_assert_str_eq(problem, "");
}
END_TEST

START_TEST(refuses_and_names)
{
	static const char *const wrong[][2] = {
		{ "", "is unknown; see page(8)" },
		{ "fla", "is unknown" },
		{ "flags", "is unknown" },
		{ "flag=", "is unknown" },
		{ "Flag", "is unknown" },
		{ "number", "is unknown" },
		{ "number=", "expected is a number from 2 to 60" },
		{ "number=1", "malformed" },
		{ "number=61", "malformed" },
		{ "number=02", "malformed" },
		{ "number=+2", "malformed" },
		{ "number=2 ", "malformed" },
		{ "number=4294967298", "malformed" },
		{ "number=99999999999999999999", "malformed" },
		{ "a\x1b[2J\"", "option \"a?[2J'\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		ck_assert_msg(!parse(1, &wrong[i][0]), "%s", wrong[i][0]);
		ck_assert_msg(strstr(problem, wrong[i][1]) != NULL, "%s",
			      problem);
	}
	ck_assert(!parse(2, (const char *[]){ "flag", "flag" }));
	ck_assert_ptr_nonnull(strstr(problem, "given twice"));
	ck_assert(!parse(2, (const char *[]){ "number=2", "number=3" }));
}
END_TEST

START_TEST(long_arguments_are_cut_in_the_problem_only)
{
	char argument[4096];
	const char *arguments[] = { argument };

	memset(argument, 'a', sizeof(argument));
	argument[sizeof(argument) - 1] = '\0';
	ck_assert(!parse(1, arguments));
	ck_assert_uint_lt(strlen(problem), sizeof(problem));
	ck_assert_ptr_nonnull(strstr(problem, "...\" is unknown"));
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, takes);
	tcase_add_test(tests, refuses_and_names);
	tcase_add_test(tests, long_arguments_are_cut_in_the_problem_only);
}

UNIT_MAIN("option list", add_tests)
