/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for secrets is locked as long as it is held, and files of secrets are judged
 * before they are read.
 */
#include "config.h"

#include "base/locked.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static char path[] = "/tmp/nitro-locked-test-XXXXXX";

static void write_secret(const char *content, mode_t mode)
{
	int fd;

	memset(path + sizeof(path) - 7, 'X', 6);
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, strlen(content)),
			 (ssize_t)strlen(content));
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

/* Kilobytes that the kernel says are locked. */
static unsigned locked_kilobytes(void)
{
	_cleanup_fclose_ FILE *status = fopen("/proc/self/status", "re");
	char line[256];

	ck_assert_ptr_nonnull(status);
	while (fgets(line, sizeof(line), status) != NULL)
		if (strncmp(line, "VmLck:", 6) == 0)
			return (unsigned)strtoul(line + 6, NULL, 10);
	ck_abort_msg("the kernel does not say");
}

START_TEST(memory_is_locked_while_it_is_held)
{
	const unsigned before = locked_kilobytes();
	struct locked locked;

	ck_assert_int_eq(locked_new(5000, &locked), 0);
	ck_assert_uint_ge(locked.capacity, 5000);
	ck_assert_uint_eq(locked.size, 0);
	ck_assert_uint_eq(locked_kilobytes(), before + locked.capacity / 1024);
	memset(locked.data, 1, locked.capacity);
	locked_free(locked);
	ck_assert_uint_eq(locked_kilobytes(), before);
	locked_free(LOCKED_EMPTY);
}
END_TEST

START_TEST(whole_files_are_read)
{
	struct locked locked;

	write_secret("secret", 0600);
	ck_assert_int_eq(locked_read_file(path, 6, geteuid(), &locked), 0);
	ck_assert_uint_eq(locked.size, 6);
	ck_assert_mem_eq(locked.data, "secret", 6);
	locked_free(locked);
	ck_assert_int_eq(locked_read_file(path, 5, geteuid(), &locked), -EFBIG);
	unlink(path);
	ck_assert_int_eq(locked_read_file(path, 6, geteuid(), &locked),
			 -ENOENT);
}
END_TEST

START_TEST(files_are_judged)
{
	static const struct {
		mode_t mode;
		const char *content;
		int expected;
	} cases[] = { { 0640, "s", 0 },	     { 0604, "s", -EPERM },
		      { 0602, "s", -EPERM }, { 0601, "s", -EPERM },
		      { 0620, "s", -EPERM }, { 0600, "", -ENODATA } };
	struct locked locked;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		write_secret(cases[i].content, cases[i].mode);
		ck_assert_int_eq(locked_read_file(path, 6, geteuid(), &locked),
				 cases[i].expected);
		if (cases[i].expected == 0)
			locked_free(locked);
		unlink(path);
	}
	ck_assert_int_eq(locked_read_file("/tmp", 6, geteuid(), &locked),
			 -ENOTSUP);
}
END_TEST

START_TEST(limits_are_told)
{
	const struct rlimit none = { 0, 0 };
	struct locked locked;

	/* Whoever has CAP_IPC_LOCK has no limit; this test has a process of its
	 * own. */
	if (geteuid() == 0)
		ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_MEMLOCK, &none), 0);
	ck_assert_int_lt(locked_new(1, &locked), 0);
}
END_TEST

/* AddressSanitizer replaces mlock() by nothing. */
#if defined(__has_feature)
#define HAS_FEATURE(feature) __has_feature(feature)
#else
#define HAS_FEATURE(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
#define LOCKS_NOTHING 1
#else
#define LOCKS_NOTHING 0
#endif

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, whole_files_are_read);
	tcase_add_test(tests, files_are_judged);
	if (LOCKS_NOTHING) {
		fputs("SKIPPED: this build cannot lock memory\n", stderr);
		return;
	}
	tcase_add_test(tests, memory_is_locked_while_it_is_held);
	tcase_add_test(tests, limits_are_told);
}

UNIT_MAIN("locked", add_tests)
