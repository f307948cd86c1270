/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every unit test needs: libcheck and a main() around one test case.
 */
#ifndef NITRO_TESTS_UNIT_UNIT_H
#define NITRO_TESTS_UNIT_UNIT_H

#include <check.h>
#include <stdlib.h>

static inline int unit_run(const char *name, void (*add_tests)(TCase *tests))
{
	Suite *suite = suite_create(name);
	TCase *tests = tcase_create(name);
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 300);
	add_tests(tests);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Defines main(): runs the tests that `add_tests` puts into its test case. */
#define UNIT_MAIN(name, add_tests)                                             \
	int main(void)                                                         \
	{                                                                      \
		return unit_run(name, add_tests);                              \
	}

/* How a test program says that it was skipped (automake). */
#define UNIT_SKIPPED 77

#endif
