/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/options.h"

#include <string.h>

#include "tests/unit/unit.h"

static char problem[OPTION_LIST_PROBLEM_SIZE];

static bool parse_one(const char *argument, struct options *ret_options)
{
	return options_parse(1, &argument, ret_options, problem);
}

START_TEST(defaults)
{
	struct options options;

	ck_assert(options_parse(0, NULL, &options, problem));
	ck_assert_ptr_null(options.service);
	ck_assert_ptr_null(options.file);
	ck_assert_uint_eq(options.chunk, 500);
	ck_assert_uint_eq(options.retry, 1);
	ck_assert_uint_eq(options.timeout_usec, 5000000);
	ck_assert(!options.debug && !options.quiet && !options.require);
}
END_TEST

START_TEST(all_together)
{
	const char *arguments[] = { "service=sshd", "source=file:/run/x",
				    "chunk=64",	    "timeout=60",
				    "retry=9",	    "debug",
				    "quiet",	    "require" };
	struct options options;

	ck_assert(options_parse(8, arguments, &options, problem));
	ck_assert_str_eq(options.service, "sshd");
	ck_assert_str_eq(options.file, "/run/x");
	ck_assert_uint_eq(options.chunk, 64);
	ck_assert_uint_eq(options.retry, 9);
	ck_assert_uint_eq(options.timeout_usec, 60000000);
	ck_assert(options.debug && options.quiet && options.require);
}
END_TEST

START_TEST(limits)
{
	struct options options;

	ck_assert(parse_one("source=prompt", &options));
	ck_assert_ptr_null(options.file);
	ck_assert(parse_one("chunk=22000", &options));
	ck_assert_uint_eq(options.chunk, 22000);
	ck_assert(parse_one("timeout=1", &options));
	ck_assert_uint_eq(options.timeout_usec, 1000000);
}
END_TEST

START_TEST(refuses_and_names_what_is_wrong)
{
	static const char *const wrong[] = {
		"",
		"=",
		"nullok",
		"Debug",
		"debug=",
		"debug=1",
		"debugger",
		"quiet ",
		"required",
		"service",
		"service=",
		"service=a b",
		"service=a/b",
		"service=a\nb",
		"service=\xc3\xa9",
		("service=12345678901234567890123456789012345678901234567890"
		 "123456789012345"),
		"source",
		"source=",
		"source=file",
		"source=file:",
		"source=file:relative",
		"source=Prompt",
		"source=prompt:",
		"chunk=",
		"chunk=63",
		"chunk=22001",
		"chunk=0500",
		"chunk=+500",
		"chunk=-1",
		"chunk=500 ",
		"chunk=0x1f4",
		"chunk=4294967796",
		"chunk=99999999999999999999999",
		"retry",
		"retry=",
		"retry=0",
		"retry=10",
		"timeout=0",
		"timeout=61",
		"timeout=5s",
		"timeout=1.5",
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct options options = { .chunk = 1 };

		problem[0] = '\0';
		ck_assert_msg(!parse_one(wrong[i], &options), "%s", wrong[i]);
		ck_assert_uint_eq(options.chunk, 1);
		ck_assert_msg(strncmp(problem, "option \"", 8) == 0, "%s",
			      problem);
		ck_assert_ptr_null(strchr(problem, '\n'));
	}
}
END_TEST

START_TEST(refuses_repetition)
{
	static const char *const arguments[][2] = {
		{ "debug", "debug" },
		{ "chunk=100", "chunk=100" },
		{ "source=file:/a", "source=prompt" },
		{ "service=a", "service=b" },
	};
	struct options options;

	for (size_t i = 0; i < ARRAY_SIZE(arguments); i++) {
		const char *pair[] = { arguments[i][0], arguments[i][1] };

		ck_assert(!options_parse(2, pair, &options, problem));
		ck_assert_ptr_nonnull(strstr(problem, "twice"));
	}
}
END_TEST

START_TEST(bounds_the_complaint)
{
	char argument[10000];
	struct options options;

	memset(argument, 'x', sizeof(argument));
	argument[sizeof(argument) - 1] = '\0';
	ck_assert(!parse_one(argument, &options));
	ck_assert_uint_lt(strlen(problem), OPTION_LIST_PROBLEM_SIZE);
	ck_assert_ptr_nonnull(strstr(problem, "is unknown"));
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, defaults);
	tcase_add_test(tests, all_together);
	tcase_add_test(tests, limits);
	tcase_add_test(tests, refuses_and_names_what_is_wrong);
	tcase_add_test(tests, refuses_repetition);
	tcase_add_test(tests, bounds_the_complaint);
}

UNIT_MAIN("options", add_tests)
