/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/seen.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>

#include "nitro-policyd/limits.h"
#include "tests/unit/unit.h"

/* Milliseconds: the memory begins at START, tolerance SKEW. */
#define START 1000000
#define SKEW  1000
#define FRESH (START + SKEW + 1) /* the first moment that is sure */
#define HOUR  INT64_C(3600000)

static char directory[] = "/tmp/test-seen-XXXXXX";
static struct seen *seen;
static bool is_damaged;

static int reopen(int64_t now_ms)
{
	seen_free(seen);
	seen = NULL;
	return seen_open(directory, now_ms, SKEW, &seen, &is_damaged);
}

static void make_memory(void)
{
	strcpy(strrchr(directory, '-'), "-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(reopen(START), 0);
}

static void path_of(const char *name, char *ret_path, size_t size)
{
	snprintf(ret_path, size, "%s/%s", directory, name);
}

static void free_memory(void)
{
	char path[64];

	seen_free(seen);
	seen = NULL;
	path_of(SEEN_FILE_NAME, path, sizeof(path));
	unlink(path);
	path_of(SEEN_FILE_NAME ".new", path, sizeof(path));
	unlink(path);
	rmdir(path);
	rmdir(directory);
}

static struct seen_document document(unsigned number, int64_t made_ms)
{
	struct seen_document document = {
		.record.expires_ms = made_ms + 3 * HOUR,
		.made_ms = made_ms,
	};

	memcpy(document.record.sha256, &number, sizeof(number));
	return document;
}

static enum seen_answer ask(unsigned number, int64_t made_ms)
{
	struct seen_document asked = document(number, made_ms);

	return seen_ask(seen, &asked);
}

static enum seen_answer use(unsigned number, int64_t made_ms)
{
	struct seen_document used = document(number, made_ms);
	enum seen_answer answer;

	ck_assert_int_eq(seen_use(seen, &used, made_ms, false, &answer), 0);
	return answer;
}

static int try_use(unsigned number, int64_t made_ms)
{
	struct seen_document used = document(number, made_ms);
	enum seen_answer answer;
	int r = seen_use(seen, &used, made_ms, false, &answer);

	ck_assert(r < 0 || answer == SEEN_NEW);
	return r;
}

static void file_write(const void *bytes, size_t size, off_t at, int flags)
{
	char path[64];
	int fd;

	path_of(SEEN_FILE_NAME, path, sizeof(path));
	fd = open(path, O_WRONLY | O_CLOEXEC | flags);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, bytes, size, at), (ssize_t)size);
	close(fd);
}

static off_t file_size(void)
{
	struct stat status;
	char path[64];

	path_of(SEEN_FILE_NAME, path, sizeof(path));
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0600);
	return status.st_size;
}

static void file_cut(off_t size)
{
	char path[64];

	path_of(SEEN_FILE_NAME, path, sizeof(path));
	ck_assert_int_eq(truncate(path, size), 0);
}

START_TEST(a_document_counts_once)
{
	ck_assert_int_eq(ask(1, FRESH), SEEN_NEW);
	ck_assert_int_eq(ask(1, FRESH), SEEN_NEW);
	ck_assert_int_eq(use(1, FRESH), SEEN_NEW);
	ck_assert_int_eq(use(1, FRESH), SEEN_USED);
	ck_assert_int_eq(ask(1, FRESH), SEEN_USED);
	ck_assert_int_eq(use(2, FRESH), SEEN_NEW);
	ck_assert_uint_eq(seen_count(seen), 2);
}
END_TEST

START_TEST(remembers_over_a_restart)
{
	ck_assert(!is_damaged);
	ck_assert_int_eq(use(1, FRESH), SEEN_NEW);
	ck_assert_int_eq(reopen(FRESH + 5 * SKEW), 0);
	ck_assert(!is_damaged);
	ck_assert_int_eq(ask(1, FRESH), SEEN_USED);
	/* Made before the restart, and still good. */
	ck_assert_int_eq(use(2, FRESH), SEEN_NEW);
}
END_TEST

START_TEST(begins_with_nothing_used)
{
	ck_assert(!is_damaged);
	ck_assert_uint_eq(seen_count(seen), 0);
	ck_assert_int_eq(use(1, START - 1), SEEN_NEW);
	ck_assert_int_eq(use(1, START - 1), SEEN_USED);
}
END_TEST

/* Three used documents; then something happens to the file. */
static void expect_doubt_after(void (*damage)(void), unsigned lost)
{
	for (unsigned number = 0; number < 3; number++)
		ck_assert_int_eq(use(number, FRESH), SEEN_NEW);
	damage();
	ck_assert_int_eq(reopen(2 * START), 0);
	ck_assert(is_damaged);
	ck_assert_uint_eq(seen_count(seen), 3 - lost);
	for (unsigned number = 0; number < 3; number++)
		ck_assert_int_ne(ask(number, FRESH), SEEN_NEW);
	ck_assert_int_eq(use(4, 2 * START + SKEW), SEEN_NOT_SURE);
	ck_assert_int_eq(use(4, 2 * START + SKEW + 1), SEEN_NEW);
	/* The doubt is written down, and so is what was left. */
	ck_assert_int_eq(reopen(2 * START + 9 * SKEW), 0);
	ck_assert(!is_damaged);
	ck_assert_int_ne(ask(0, FRESH), SEEN_NEW);
	ck_assert_int_eq(ask(4, 2 * START + SKEW + 1), SEEN_USED);
}

static void damage_nothing_but_tail(void)
{
	file_write("x", 1, 4 * SEEN_RECORD_SIZE, 0);
}

static void damage_by_cutting(void)
{
	file_cut(4 * SEEN_RECORD_SIZE - 1);
}

static void damage_by_emptying(void)
{
	file_cut(0);
}

static void damage_a_record(void)
{
	file_write("x", 1, 2 * SEEN_RECORD_SIZE + 40, 0);
}

static void damage_the_header(void)
{
	file_write("x", 1, 30, 0);
}

static void damage_by_zeros(void)
{
	static const char zeros[SEEN_RECORD_SIZE];

	file_write(zeros, sizeof(zeros), 3 * SEEN_RECORD_SIZE, 0);
}

static void damage_by_growth(void)
{
	file_cut((off_t)(2 * SEEN_MAX + 500) * SEEN_RECORD_SIZE);
}

START_TEST(damage_makes_it_unsure)
{
	static const struct {
		void (*damage)(void);
		unsigned lost;
	} cases[] = {
		{ damage_nothing_but_tail, 0 }, { damage_by_cutting, 1 },
		{ damage_by_emptying, 3 },	{ damage_a_record, 1 },
		{ damage_the_header, 0 },	{ damage_by_zeros, 1 },
		{ damage_by_growth, 3 },
	};

	expect_doubt_after(cases[_i].damage, cases[_i].lost);
}
END_TEST

START_TEST(forgets_what_has_expired)
{
	int64_t end = FRESH + 3 * HOUR;

	ck_assert_int_eq(use(1, FRESH), SEEN_NEW);
	ck_assert_int_eq(use(2, end), SEEN_NEW);
	ck_assert_uint_eq(seen_count(seen), 2);
	ck_assert_int_eq(use(3, end + 1), SEEN_NEW);
	ck_assert_uint_eq(seen_count(seen), 2);
	/* Should the clock go back, what was forgotten is still refused. */
	ck_assert_int_eq(use(1, FRESH), SEEN_NOT_SURE);
	ck_assert_int_eq(use(4, FRESH + 1), SEEN_NEW);
}
END_TEST

START_TEST(forgotten_stays_forgotten_over_a_restart)
{
	ck_assert_int_eq(use(1, FRESH), SEEN_NEW);
	ck_assert_int_eq(reopen(FRESH + 4 * HOUR), 0);
	ck_assert(!is_damaged);
	ck_assert_uint_eq(seen_count(seen), 0);
	ck_assert_int_eq(reopen(FRESH), 0);
	ck_assert_int_eq(use(1, FRESH), SEEN_NOT_SURE);
}
END_TEST

START_TEST(the_file_does_not_grow_for_ever)
{
	for (unsigned number = 0; number < 300; number++)
		ck_assert_int_eq(use(number, FRESH + number * 4 * HOUR),
				 SEEN_NEW);
	ck_assert_uint_eq(seen_count(seen), 1);
	ck_assert_int_lt(file_size(), 80 * SEEN_RECORD_SIZE);
}
END_TEST

/* Every record but one can be expired when the file is at its largest. */
START_TEST(reads_back_many_dead_records)
{
	for (unsigned number = 0; number < 60; number++)
		ck_assert_int_eq(use(number, FRESH), SEEN_NEW);
	ck_assert_int_eq(use(60, FRESH + 4 * HOUR), SEEN_NEW);
	ck_assert_int_eq(reopen(FRESH + 4 * HOUR), 0);
	ck_assert(!is_damaged);
	ck_assert_uint_eq(seen_count(seen), 1);
	ck_assert_int_eq(ask(60, FRESH + 4 * HOUR), SEEN_USED);
}
END_TEST

/* The real fault: the file may not grow, as on a full disk. */
static void limit_file_size(rlim_t size)
{
	struct rlimit limit = { size, RLIM_INFINITY };

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(does_not_answer_when_it_cannot_write)
{
	ck_assert_int_eq(use(1, FRESH), SEEN_NEW);
	limit_file_size(2 * SEEN_RECORD_SIZE + 10);
	ck_assert_int_eq(try_use(2, FRESH), -EFBIG);
	ck_assert_int_eq(try_use(2, FRESH), -EFBIG);
	ck_assert_uint_eq(seen_count(seen), 1);
	/* Room again: the torn end of the file is gone, nothing is lost. */
	limit_file_size(RLIM_INFINITY);
	ck_assert_int_eq(try_use(2, FRESH), 0);
	ck_assert_int_eq(reopen(FRESH + 1), 0);
	ck_assert(!is_damaged);
	ck_assert_int_eq(ask(1, FRESH), SEEN_USED);
	ck_assert_int_eq(ask(2, FRESH), SEEN_USED);
}
END_TEST

START_TEST(does_not_answer_when_it_cannot_replace)
{
	char path[64];

	limit_file_size(SEEN_RECORD_SIZE);
	ck_assert_int_eq(try_use(1, FRESH), -EFBIG);
	limit_file_size(RLIM_INFINITY);
	path_of(SEEN_FILE_NAME ".new", path, sizeof(path));
	unlink(path);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(try_use(1, FRESH), -EISDIR);
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(try_use(1, FRESH), 0);
}
END_TEST

/* Puts `count` used documents into the file at once. */
static void fill(size_t count)
{
	struct seen_contents contents = { .count = count };
	int dir_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd;

	contents.records = calloc(count, sizeof(*contents.records));
	for (unsigned number = 0; number < count; number++)
		contents.records[number] = document(number, FRESH).record;
	fd = seen_file_replace(dir_fd, &contents);
	ck_assert_int_ge(fd, 0);
	close(fd);
	close(dir_fd);
	free(contents.records);
	ck_assert_int_eq(reopen(FRESH), 0);
	ck_assert(!is_damaged);
	ck_assert_uint_eq(seen_count(seen), count);
}

START_TEST(keeps_room_for_root)
{
	struct seen_document next = document(SEEN_MAX, FRESH);
	enum seen_answer answer;

	fill(SEEN_MAX - SEEN_FOR_ROOT);
	ck_assert_int_eq(try_use(SEEN_MAX, FRESH), -ENOSPC);
	ck_assert_int_eq(seen_use(seen, &next, FRESH, true, &answer), 0);
	ck_assert_int_eq(answer, SEEN_NEW);

	fill(SEEN_MAX);
	ck_assert_int_eq(seen_use(seen, &next, FRESH, true, &answer), -ENOSPC);
	ck_assert_int_eq(ask(SEEN_MAX - 1, FRESH), SEEN_USED);
}
END_TEST

START_TEST(belongs_to_one_process)
{
	struct seen *other;

	ck_assert_int_eq(seen_open(directory, START, SKEW, &other, &is_damaged),
			 -EBUSY);
	ck_assert_int_eq(
		seen_open("/nonexistent", START, SKEW, &other, &is_damaged),
		-ENOENT);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make_memory, free_memory);
	tcase_add_test(tests, a_document_counts_once);
	tcase_add_test(tests, remembers_over_a_restart);
	tcase_add_test(tests, begins_with_nothing_used);
	tcase_add_loop_test(tests, damage_makes_it_unsure, 0, 7);
	tcase_add_test(tests, forgets_what_has_expired);
	tcase_add_test(tests, forgotten_stays_forgotten_over_a_restart);
	tcase_add_test(tests, the_file_does_not_grow_for_ever);
	tcase_add_test(tests, reads_back_many_dead_records);
	tcase_add_test(tests, does_not_answer_when_it_cannot_write);
	tcase_add_test(tests, does_not_answer_when_it_cannot_replace);
	tcase_add_test(tests, keeps_room_for_root);
	tcase_add_test(tests, belongs_to_one_process);
}

UNIT_MAIN("seen", add_tests)
