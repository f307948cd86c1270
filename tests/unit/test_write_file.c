/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/write_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/read_file.h"
#include "unit.h"

static char folder[] = "/tmp/write-file-XXXXXX";
static int dir_fd;

static void make_folder(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	dir_fd = open(folder, O_RDONLY | O_DIRECTORY);
	ck_assert_int_ge(dir_fd, 0);
}

static void remove_folder(void)
{
	close(dir_fd);
	ck_assert_int_eq(rmdir(folder), 0);
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
}

static void assert_content(const char *name, const char *content)
{
	const struct read_file_limits limits = { .max_size = 4096 };
	_cleanup_(buffer_freep) struct buffer buffer = BUFFER_EMPTY;

	ck_assert_int_eq(read_file_at(dir_fd, name, &limits, &buffer), 0);
	ck_assert_uint_eq(buffer.size, strlen(content));
	ck_assert_mem_eq(buffer.data, content, buffer.size + 1);
}

static void assert_absent(const char *name)
{
	ck_assert_int_ne(faccessat(dir_fd, name, F_OK, AT_SYMLINK_NOFOLLOW), 0);
}

START_TEST(writes_and_replaces)
{
	struct stat st;
	mode_t before = umask(077);

	ck_assert_int_eq(write_file_at(dir_fd, "a", span_of_text("one")), 0);
	umask(before);
	assert_content("a", "one");
	ck_assert_int_eq(fstatat(dir_fd, "a", &st, 0), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0644);
	ck_assert_int_eq(write_file_at(dir_fd, "a", span_of_text("")), 0);
	assert_content("a", "");
	assert_absent(".a.new");
	ck_assert_int_eq(remove_file_at(dir_fd, "a"), 0);
	assert_absent("a");
	ck_assert_int_eq(remove_file_at(dir_fd, "a"), -ENOENT);
}
END_TEST

/* Whoever reads the old file goes on reading the old file. */
START_TEST(an_open_file_does_not_change)
{
	char text[8] = "";
	int fd;

	ck_assert_int_eq(write_file_at(dir_fd, "a", span_of_text("old")), 0);
	fd = openat(dir_fd, "a", O_RDONLY);
	ck_assert_int_eq(write_file_at(dir_fd, "a", span_of_text("new")), 0);
	ck_assert_int_eq(read(fd, text, sizeof(text)), 3);
	ck_assert_str_eq(text, "old");
	close(fd);
	ck_assert_int_eq(remove_file_at(dir_fd, "a"), 0);
}
END_TEST

/* A link that somebody planted is replaced, not written through. */
START_TEST(links_are_not_followed)
{
	ck_assert_int_eq(symlinkat("target", dir_fd, "a"), 0);
	ck_assert_int_eq(symlinkat("target", dir_fd, ".a.new"), 0);
	ck_assert_int_eq(write_file_at(dir_fd, "a", span_of_text("x")), 0);
	assert_absent("target");
	assert_content("a", "x");
	ck_assert_int_eq(remove_file_at(dir_fd, "a"), 0);
}
END_TEST

START_TEST(a_failure_leaves_nothing)
{
	ck_assert_int_eq(mkdirat(dir_fd, "a", 0755), 0);
	ck_assert_int_eq(write_file_at(dir_fd, "a", span_of_text("x")),
			 -EISDIR);
	assert_absent(".a.new");
	ck_assert_int_eq(unlinkat(dir_fd, "a", AT_REMOVEDIR), 0);
	ck_assert_int_eq(write_file_at(dir_fd, "no/a", span_of_text("x")),
			 -ENOENT);
	ck_assert_int_eq(write_file_at(-1, "a", span_of_text("x")), -EBADF);
}
END_TEST

/* Somebody else's file stays his in all but its content. */
START_TEST(replacing_keeps_what_the_file_is)
{
	struct stat before, after;
	int fd = openat(dir_fd, "a", O_RDWR | O_CREAT, 0640);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fchmod(fd, 0640), 0);
	if (geteuid() == 0)
		ck_assert_int_eq(fchown(fd, 0, 2), 0);
	ck_assert_int_eq(fstat(fd, &before), 0);
	ck_assert_int_eq(replace_file_at(dir_fd, "a", fd, span_of_text("new")),
			 0);
	ck_assert_int_eq(fstatat(dir_fd, "a", &after, 0), 0);
	ck_assert_int_ne(after.st_ino, before.st_ino);
	ck_assert_int_eq(after.st_mode, before.st_mode);
	ck_assert_int_eq(after.st_uid, before.st_uid);
	ck_assert_int_eq(after.st_gid, before.st_gid);
	assert_content("a", "new");
	close(fd);
	ck_assert_int_eq(replace_file_at(dir_fd, "a", -1, span_of_text("x")),
			 -EBADF);
	assert_content("a", "new");
	assert_absent(".a.new");
	ck_assert_int_eq(remove_file_at(dir_fd, "a"), 0);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make_folder, remove_folder);
	tcase_add_test(tests, writes_and_replaces);
	tcase_add_test(tests, an_open_file_does_not_change);
	tcase_add_test(tests, links_are_not_followed);
	tcase_add_test(tests, a_failure_leaves_nothing);
	tcase_add_test(tests, replacing_keeps_what_the_file_is);
}

UNIT_MAIN("write file", add_tests)
