/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/unit/unit.h"

static char directory[] = "/tmp/test-read-file-XXXXXX";
static int dir_fd = -1;

static void make_directory(void)
{
	strcpy(strrchr(directory, '-'), "-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	dir_fd = open(directory, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(dir_fd, 0);
}

static void remove_directory(void)
{
	static const char *const names[] = { "file", "link", "fifo" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unlinkat(dir_fd, names[i], 0);
	close(dir_fd);
	rmdir(directory);
}

static void write_file(const char *text, mode_t mode)
{
	int fd = openat(dir_fd, "file",
			O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

static int try_read(const char *name, size_t max_size, bool trusted)
{
	_cleanup_(buffer_freep) struct buffer buffer = BUFFER_EMPTY;
	struct read_file_limits limits = { max_size, trusted, geteuid() };

	return read_file_at(dir_fd, name, &limits, &buffer);
}

START_TEST(reads_a_whole_file)
{
	_cleanup_(buffer_freep) struct buffer buffer = BUFFER_EMPTY;
	struct read_file_limits limits = { 5, true, geteuid() };

	write_file("hello", 0644);
	ck_assert_int_eq(read_file_at(dir_fd, "file", &limits, &buffer), 0);
	ck_assert_uint_eq(buffer.size, 5);
	ck_assert_str_eq((const char *)buffer.data, "hello");
}
END_TEST

START_TEST(reads_an_empty_file)
{
	write_file("", 0600);
	ck_assert_int_eq(try_read("file", 0, true), 0);
}
END_TEST

START_TEST(refuses_a_large_file)
{
	write_file("hello", 0600);
	ck_assert_int_eq(try_read("file", 4, false), -EFBIG);
}
END_TEST

START_TEST(refuses_a_file_that_others_can_write)
{
	write_file("hello", 0660);
	ck_assert_int_eq(try_read("file", 9, true), -EPERM);
	write_file("hello", 0606);
	ck_assert_int_eq(try_read("file", 9, true), -EPERM);
	ck_assert_int_eq(try_read("file", 9, false), 0);
}
END_TEST

START_TEST(refuses_a_file_of_another_user)
{
	_cleanup_(buffer_freep) struct buffer buffer = BUFFER_EMPTY;
	struct read_file_limits limits = { 9, true, 0 };

	write_file("hello", 0600);
	if (geteuid() == 0) {
		ck_assert_int_eq(fchownat(dir_fd, "file", 65534, 65534, 0), 0);
		limits.owner = 0;
	} else {
		limits.owner = geteuid() + 1;
	}
	ck_assert_int_eq(read_file_at(dir_fd, "file", &limits, &buffer),
			 -EACCES);
}
END_TEST

START_TEST(refuses_a_link_when_trust_matters)
{
	write_file("hello", 0600);
	ck_assert_int_eq(symlinkat("file", dir_fd, "link"), 0);
	ck_assert_int_eq(try_read("link", 9, true), -ELOOP);
	ck_assert_int_eq(try_read("link", 9, false), 0);
}
END_TEST

START_TEST(does_not_wait_for_a_fifo)
{
	ck_assert_int_eq(mkfifoat(dir_fd, "fifo", 0600), 0);
	ck_assert_int_eq(try_read("fifo", 9, false), -ENOTSUP);
}
END_TEST

START_TEST(refuses_directories_and_absent_files)
{
	ck_assert_int_eq(try_read(".", 9, false), -ENOTSUP);
	ck_assert_int_eq(try_read("absent", 9, false), -ENOENT);
}
END_TEST

START_TEST(reads_a_stream_to_its_end)
{
	_cleanup_(buffer_freep) struct buffer buffer = BUFFER_EMPTY;
	char bytes[5000];
	int ends[2];

	memset(bytes, 'x', sizeof(bytes));
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], bytes, sizeof(bytes)), 5000);
	close(ends[1]);
	ck_assert_int_eq(read_stream(ends[0], 5000, &buffer), 0);
	ck_assert_uint_eq(buffer.size, 5000);
	ck_assert_int_eq(buffer.data[5000], 0);
	close(ends[0]);
}
END_TEST

START_TEST(refuses_a_long_stream)
{
	_cleanup_(buffer_freep) struct buffer buffer = BUFFER_EMPTY;
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	ck_assert_int_eq(read_stream(fd, 10000, &buffer), -EFBIG);
	close(fd);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make_directory, remove_directory);
	tcase_add_test(tests, reads_a_whole_file);
	tcase_add_test(tests, reads_an_empty_file);
	tcase_add_test(tests, refuses_a_large_file);
	tcase_add_test(tests, refuses_a_file_that_others_can_write);
	tcase_add_test(tests, refuses_a_file_of_another_user);
	tcase_add_test(tests, refuses_a_link_when_trust_matters);
	tcase_add_test(tests, does_not_wait_for_a_fifo);
	tcase_add_test(tests, refuses_directories_and_absent_files);
	tcase_add_test(tests, reads_a_stream_to_its_end);
	tcase_add_test(tests, refuses_a_long_stream);
}

UNIT_MAIN("read_file", add_tests)
