/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of a simulated authority: who can read them, that they are never
 * replaced, and what is refused when they are read.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "nitro-sim/authority.h"
#include "tests/unit/unit.h"

#define PATH_SIZE 128

static char directory[] = "/tmp/nitro-sim-test-XXXXXX";
static char home[PATH_SIZE]; /* of the authority, made by authority_store() */
static struct authority *authority;

static void setup(void)
{
	memset(directory + sizeof(directory) - 7, 'X', 6);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(home, sizeof(home), "%s/sim", directory);
	ck_assert_int_eq(authority_new(&authority), 0);
}

static void path_of(const char *name, char ret_path[static PATH_SIZE])
{
	snprintf(ret_path, PATH_SIZE, "%.100s/%.20s", home, name);
}

static void teardown(void)
{
	char path[PATH_SIZE];

	path_of(AUTHORITY_KEY_FILE, path);
	unlink(path);
	path_of(AUTHORITY_ROOT_FILE, path);
	unlink(path);
	rmdir(home);
	rmdir(directory);
	authority_free(authority);
}

static unsigned mode_of(const char *path)
{
	struct stat status;

	ck_assert_int_eq(lstat(path, &status), 0);
	return status.st_mode & 07777;
}

static int load(void)
{
	_cleanup_authority_ struct authority *loaded = NULL;

	return authority_load(home, &loaded);
}

static void overwrite(const char *name, const char *content)
{
	char path[PATH_SIZE];
	int fd;

	path_of(name, path);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, strlen(content)),
			 (ssize_t)strlen(content));
	close(fd);
}

START_TEST(test_store_and_load)
{
	_cleanup_authority_ struct authority *loaded = NULL;
	const struct certificate *stored = authority_root(authority);
	char path[PATH_SIZE];

	umask(0);
	ck_assert_int_eq(authority_store(authority, home), 0);
	ck_assert_uint_eq(mode_of(home), 0700);
	path_of(AUTHORITY_KEY_FILE, path);
	ck_assert_uint_eq(mode_of(path), 0600);
	path_of(AUTHORITY_ROOT_FILE, path);
	ck_assert_uint_eq(mode_of(path), 0600);

	ck_assert_int_eq(authority_load(home, &loaded), 0);
	ck_assert(span_equal(bytes_span(&authority_root(loaded)->der),
			     bytes_span(&stored->der)));
	ck_assert(span_equal(bytes_span(&authority_root(loaded)->subject),
			     bytes_span(&stored->subject)));
	ck_assert_int_eq(EVP_PKEY_eq(authority_root(loaded)->key, stored->key),
			 1);
}
END_TEST

START_TEST(test_nothing_is_overwritten)
{
	_cleanup_authority_ struct authority *other = NULL;
	char path[PATH_SIZE];

	ck_assert_int_eq(authority_new(&other), 0);
	ck_assert_int_eq(authority_store(authority, home), 0);
	ck_assert_int_eq(authority_store(other, home), -EEXIST);
	ck_assert_int_eq(load(), 0);

	/* Each file by itself stands in the way, too. */
	path_of(AUTHORITY_ROOT_FILE, path);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(authority_store(other, home), -EEXIST);
	ck_assert_int_ne(access(path, F_OK), 0);
	path_of(AUTHORITY_KEY_FILE, path);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(authority_store(other, home), 0);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(authority_store(authority, home), -EEXIST);
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(test_directory_of_others)
{
	ck_assert_int_eq(mkdir(home, 0700), 0);
	ck_assert_int_eq(chmod(home, 0770), 0);
	ck_assert_int_eq(authority_store(authority, home), -EPERM);
	ck_assert_int_eq(chmod(home, 0755), 0);
	ck_assert_int_eq(authority_store(authority, home), 0);
}
END_TEST

START_TEST(test_open_key)
{
	char path[PATH_SIZE];

	ck_assert_int_eq(authority_store(authority, home), 0);
	path_of(AUTHORITY_KEY_FILE, path);
	ck_assert_int_eq(chmod(path, 0640), 0);
	ck_assert_int_eq(load(), -EPERM);
	ck_assert_int_eq(chmod(path, 0600), 0);
	path_of(AUTHORITY_ROOT_FILE, path);
	ck_assert_int_eq(chmod(path, 0644), 0);
	ck_assert_int_eq(load(), 0);
	ck_assert_int_eq(chmod(path, 0666), 0);
	ck_assert_int_eq(load(), -EPERM);
}
END_TEST

START_TEST(test_damaged)
{
	_cleanup_authority_ struct authority *other = NULL;
	_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;

	ck_assert_int_eq(load(), -ENOENT);
	ck_assert_int_eq(authority_store(authority, home), 0);

	/* A certificate that belongs to another key. */
	ck_assert_int_eq(authority_new(&other), 0);
	ck_assert_int_eq(authority_root_pem(other, &pem), 0);
	bytes_append_byte(&pem, 0);
	overwrite(AUTHORITY_ROOT_FILE, (const char *)pem.data);
	ck_assert_int_eq(load(), -EBADMSG);
	overwrite(AUTHORITY_ROOT_FILE, "");
	ck_assert_int_eq(load(), -EBADMSG);
	overwrite(AUTHORITY_KEY_FILE, "no key");
	ck_assert_int_eq(load(), -EBADMSG);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_store_and_load);
	tcase_add_test(tests, test_nothing_is_overwritten);
	tcase_add_test(tests, test_directory_of_others);
	tcase_add_test(tests, test_open_key);
	tcase_add_test(tests, test_damaged);
}

UNIT_MAIN("authority", add_tests)
