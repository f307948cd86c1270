/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the host says to a policy: real files and the real time zone database.
 */
#include "config.h"

#include "config/host_world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "base/time_text.h"
#include "tests/unit/unit.h"

static char path[] = "/tmp/test-world-XXXXXX";

static void write_file(const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void setup(void)
{
	int fd;

	memset(strrchr(path, '-') + 1, 'X', 6);
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void teardown(void)
{
	unlink(path);
}

static const struct tag {
	const char *text;
	const char *id;
} tags[] = {
	{ "i-0123456789abcdef0\n", "i-0123456789abcdef0" },
	{ "i-01234567", "i-01234567" },
	{ "", "" },
};

START_TEST(reads_the_instance_id)
{
	struct host_world host = { geteuid(), path };
	struct policy_world world = host_world_view(&host);
	char id[POLICY_INSTANCE_ID_SIZE];
	const char *why;

	write_file(tags[_i].text);
	ck_assert_int_eq(world.find_instance(world.context, id, &why), 0);
	ck_assert_str_eq(id, tags[_i].id);
}
END_TEST

START_TEST(says_when_there_is_no_instance_id)
{
	struct host_world host = { geteuid(), path };
	struct policy_world world = host_world_view(&host);
	char id[POLICY_INSTANCE_ID_SIZE];
	const char *why = NULL;

	write_file("Not the asset tag of an instance");
	ck_assert_int_lt(world.find_instance(world.context, id, &why), 0);
	ck_assert_ptr_nonnull(why);
	why = NULL;
	unlink(path);
	ck_assert_int_lt(world.find_instance(world.context, id, &why), 0);
	ck_assert_ptr_nonnull(why);
}
END_TEST

START_TEST(reads_trusted_certificates_only)
{
	struct host_world host = { geteuid(), "" };
	struct policy_world world = host_world_view(&host);
	struct buffer file = BUFFER_EMPTY;
	const char *why = "";

	write_file("text");
	ck_assert_int_eq(chmod(path, 0644), 0);
	ck_assert_int_eq(
		world.read_file(world.context, path, 65536, &file, &why), 0);
	ck_assert_uint_eq(file.size, 4);
	buffer_free(file);
	ck_assert_int_eq(chmod(path, 0666), 0);
	ck_assert_int_lt(
		world.read_file(world.context, path, 65536, &file, &why), 0);
	ck_assert_str_eq(why, "can be written by group or others "
			      "(chmod go-w)");
	ck_assert_int_lt(
		world.read_file(world.context, "/dev/zero", 65536, &file, &why),
		0);
	ck_assert_str_eq(why, "is not a regular file");
}
END_TEST

/* Rules of Berlin, written out: no time zone database is needed. */
#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"

static const struct wall {
	const char *zone;
	const char *wall;  /* as if it were UTC */
	const char *point; /* NULL: there is none, or there are two */
} walls[] = {
	{ "UTC", "2026-07-01T12:00:00Z", "2026-07-01T12:00:00.000Z" },
	{ BERLIN, "2026-07-01T12:00:00Z", "2026-07-01T10:00:00.000Z" },
	{ BERLIN, "2026-12-01T12:00:00.250Z", "2026-12-01T11:00:00.250Z" },
	{ BERLIN, "1960-01-01T00:00:00.250Z", "1959-12-31T23:00:00.250Z" },
	{ BERLIN, "2026-03-29T01:59:59Z", "2026-03-29T00:59:59.000Z" },
	{ BERLIN, "2026-03-29T02:00:00Z", NULL },
	{ BERLIN, "2026-03-29T03:00:00Z", "2026-03-29T01:00:00.000Z" },
	{ BERLIN, "2026-10-25T01:59:59Z", "2026-10-24T23:59:59.000Z" },
	{ BERLIN, "2026-10-25T02:30:00Z", NULL },
	{ BERLIN, "2026-10-25T03:00:00Z", "2026-10-25T02:00:00.000Z" },
	{ "IST-5:30", "2026-01-01T00:00:00Z", "2025-12-31T18:30:00.000Z" },
};

START_TEST(finds_local_time)
{
	const struct wall *row = &walls[_i];
	struct host_world host = { 0, "" };
	struct policy_world world = host_world_view(&host);
	char text[TIME_TEXT_SIZE];
	const char *why = NULL;
	int64_t ms;
	int r;

	setenv("TZ", row->zone, 1);
	tzset();
	ck_assert_int_eq(time_parse(row->wall, &ms), 0);
	r = world.find_local_time(world.context, ms, &ms, &why);
	ck_assert_int_eq(r, row->point != NULL ? 0 : -EINVAL);
	ck_assert_int_eq(why != NULL, row->point == NULL);
	if (row->point == NULL)
		return;
	time_format(ms, text);
	ck_assert_str_eq(text, row->point);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, reads_the_instance_id, 0, ARRAY_SIZE(tags));
	tcase_add_test(tests, says_when_there_is_no_instance_id);
	tcase_add_test(tests, reads_trusted_certificates_only);
	tcase_add_loop_test(tests, finds_local_time, 0, ARRAY_SIZE(walls));
}

UNIT_MAIN("host_world", add_tests)
