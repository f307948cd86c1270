/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/sudo_program.h"

#include <string.h>

#include "unit.h"

static struct sudo_program program;

START_TEST(knows_versions)
{
	static const struct {
		const char *output;
		bool is_usable;
	} cases[] = {
		{ "Sudo version 1.9.13p3\nSudoers ...\n", true },
		{ "Sudo version 1.9.0", true },
		{ "Sudo version 1.10.0\n", true },
		{ "Sudo version 2.0\n", true },
		{ "sudo: a warning\nSudo version 1.9.5\n", true },
		{ "Sudo version 1.8.31p2\n", false },
		{ "Sudo version 1\n", false },
		{ "Sudo version x.9\n", false },
		{ "sudo-rs 0.2.5\n", false },
		{ "not Sudo version 1.9.13\n", false },
		{ "", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sudo_program_read(cases[i].output, &program);
		ck_assert_msg(program.is_usable == cases[i].is_usable, "%s",
			      cases[i].output);
		ck_assert_ptr_null(strchr(program.text, '\n'));
	}
}
END_TEST

START_TEST(says_what_is_wrong)
{
	sudo_program_read("Sudo version 1.9.13p3\nmore\n", &program);
	ck_assert_str_eq(program.text, "Sudo version 1.9.13p3");
	sudo_program_read("sudo-rs 0.2.5\n", &program);
	ck_assert_ptr_nonnull(strstr(program.text, "pam_nitro"));
	sudo_program_read("Sudo version 1.8.31\n", &program);
	ck_assert_ptr_nonnull(strstr(program.text, "1.9.0"));
}
END_TEST

START_TEST(finds_the_plugin)
{
	sudo_program_read("Sudo version 1.9.13\n"
			  "sudo_nitro approval plugin version 1\n",
			  &program);
	ck_assert(program.has_plugin);
	sudo_program_read("Sudo version 1.9.13\n", &program);
	ck_assert(!program.has_plugin);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, knows_versions);
	tcase_add_test(tests, says_what_is_wrong);
	tcase_add_test(tests, finds_the_plugin);
}

UNIT_MAIN("sudo program", add_tests)
