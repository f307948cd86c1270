/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/expiry.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "nitro-policyd/limits.h"
#include "tests/unit/unit.h"

#define INTERVAL_USEC (20 * USEC_PER_MSEC)

static char directory[] = "/tmp/nitro-expiry-XXXXXX";
static struct policy_store store;
static const struct journal journal = { .to_journal = false };
static FILE *log_file; /* what the daemon says */

/* `count` images, the last release of each ends tomorrow. */
static void write_images(unsigned count)
{
	time_t tomorrow = time(NULL) + 24 * 3600;
	struct tm day;
	char date[16];
	FILE *file;

	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(chdir(directory), 0);
	ck_assert_int_eq(mkdir("images.d", 0755), 0);
	file = fopen("images.d/a.conf", "we");
	ck_assert_ptr_nonnull(file);
	gmtime_r(&tomorrow, &day);
	strftime(date, sizeof(date), "%Y-%m-%d", &day);
	for (unsigned i = 0; i < count; i++) {
		fprintf(file, "[image/i%u]\nkind = enclave\n", i);
		fprintf(file, "[release/i%u/1]\nnot_after = %s\n", i, date);
		for (unsigned pcr = 0; pcr < 3; pcr++)
			fprintf(file, "pcr%u = %096x\n", pcr, i * 3 + pcr + 1);
	}
	ck_assert_int_eq(fclose(file), 0);
}

static void load(unsigned images)
{
	_cleanup_(diagnostics_freep) struct diagnostics *diagnostics =
		diagnostics_new();
	_cleanup_(snapshot_unrefp) struct snapshot *snapshot = NULL;
	struct config_layers layers = { .config_dir = directory,
					.owner = geteuid() };

	write_images(images);
	ck_assert_int_eq(snapshot_load(&layers, 1, &snapshot, diagnostics),
			 POLICY_OK);
	ck_assert_int_eq(policy_store_update(&store, snapshot, diagnostics), 0);
	ck_assert_int_eq(unlink("images.d/a.conf"), 0);
	ck_assert_int_eq(rmdir("images.d"), 0);
	ck_assert_int_eq(rmdir(directory), 0);

	log_file = tmpfile();
	ck_assert_ptr_nonnull(log_file);
	ck_assert_int_ge(dup2(fileno(log_file), STDERR_FILENO), 0);
	ck_assert_int_ge(fcntl(STDERR_FILENO, F_SETFL, O_APPEND), 0);
}

static unsigned records(void)
{
	char line[4096];
	unsigned count = 0;

	rewind(log_file);
	while (fgets(line, sizeof(line), log_file) != NULL)
		count += strstr(line, JOURNAL_ID_EXPIRING) != NULL;
	return count;
}

static void run_for(sd_event *event, uint64_t usec)
{
	uint64_t now_usec, end_usec;

	ck_assert_int_ge(sd_event_now(event, CLOCK_MONOTONIC, &end_usec), 0);
	end_usec += usec;
	do {
		ck_assert_int_ge(sd_event_run(event, INTERVAL_USEC / 4), 0);
		sd_event_now(event, CLOCK_MONOTONIC, &now_usec);
	} while (now_usec < end_usec);
}

START_TEST(tells_again_after_each_interval)
{
	_cleanup_(sd_event_unrefp) sd_event *event = NULL;
	_cleanup_(expiry_freep) struct expiry *expiry = NULL;

	load(2);
	ck_assert_int_ge(sd_event_new(&event), 0);
	ck_assert_int_ge(
		expiry_new(event, &store, &journal, INTERVAL_USEC, &expiry), 0);
	ck_assert_uint_eq(records(), 0);
	expiry_tell(expiry);
	ck_assert_uint_eq(records(), 2);
	run_for(event, 10 * INTERVAL_USEC);
	ck_assert_uint_ge(records(), 6);
	ck_assert_uint_le(records(), 2 * 11);
	policy_store_clear(&store);
}
END_TEST

START_TEST(does_not_flood_the_journal)
{
	_cleanup_(sd_event_unrefp) sd_event *event = NULL;
	_cleanup_(expiry_freep) struct expiry *expiry = NULL;

	load(EXPIRY_TELL_MAX + 5);
	ck_assert_int_ge(sd_event_new(&event), 0);
	ck_assert_int_ge(
		expiry_new(event, &store, &journal, INTERVAL_USEC, &expiry), 0);
	expiry_tell(expiry);
	ck_assert_uint_eq(records(), EXPIRY_TELL_MAX);
	policy_store_clear(&store);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, tells_again_after_each_interval);
	tcase_add_test(tests, does_not_flood_the_journal);
}

UNIT_MAIN("expiry", add_tests)
