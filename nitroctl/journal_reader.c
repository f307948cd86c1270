/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/journal_reader.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-journal.h>
#include <time.h>

#include "base/clock.h"
#include "dbus/nitro_bus.h"
#include "dbus/nitro_journal.h"

struct journal_reader {
	sd_journal *journal;
};

static const char *const message_ids[JOURNAL_EVENT_COUNT] = {
	[JOURNAL_ALLOW] = JOURNAL_ID_ALLOWED,
	[JOURNAL_AUDIT] = JOURNAL_ID_AUDITED,
	[JOURNAL_DENY] = JOURNAL_ID_DENIED,
	[JOURNAL_NOT_JUDGED] = JOURNAL_ID_NOT_JUDGED,
	[JOURNAL_ATTACHED] = JOURNAL_ID_ATTACHED,
	[JOURNAL_ENDED] = JOURNAL_ID_ENDED,
	[JOURNAL_REVOKED] = JOURNAL_ID_REVOKED,
	[JOURNAL_ACTED] = JOURNAL_ID_ACTED,
	[JOURNAL_DROPPED] = JOURNAL_ID_DROPPED,
};

void journal_reader_free(struct journal_reader *reader)
{
	if (reader == NULL)
		return;
	sd_journal_close(reader->journal);
	free(reader);
}

static int match_events(sd_journal *journal)
{
	int r = 0;

	for (unsigned i = 0; r >= 0 && i < JOURNAL_EVENT_COUNT; i++) {
		char match[sizeof("MESSAGE_ID=") + 32];

		snprintf(match, sizeof(match), "MESSAGE_ID=%s", message_ids[i]);
		r = sd_journal_add_match(journal, match, 0);
	}
	return r;
}

/* Fields with a leading underscore are journald's own and cannot be forged by
 * the sender (systemd.journal-fields(7), "Trusted Journal Fields"). */
static int match_writers(sd_journal *journal)
{
	const struct passwd *user = getpwnam(NITRO_BUS_USER);
	char match[sizeof("_UID=4294967295")];
	int r = sd_journal_add_match(journal, "_UID=0", 0);

	if (r >= 0 && user != NULL) {
		snprintf(match, sizeof(match), "_UID=%u", user->pw_uid);
		r = sd_journal_add_match(journal, match, 0);
	}
	if (r >= 0)
		r = sd_journal_add_disjunction(journal);
	if (r >= 0)
		r = sd_journal_add_match(
			journal, "_SYSTEMD_UNIT=" NITRO_JOURNAL_UNIT, 0);
	return r;
}

static int match(sd_journal *journal)
{
	int r = match_events(journal);

	if (r >= 0)
		r = sd_journal_add_conjunction(journal);
	if (r >= 0)
		r = match_writers(journal);
	return r;
}

static int open_journal(const char *file, sd_journal **ret_journal)
{
	const char *files[] = { file, NULL };
	int r;

	if (file != NULL)
		return sd_journal_open_files(ret_journal, files, 0);

	/* Without the users' own journals: a caller who may read those only is
	 * told so, instead of waiting for records that he will never see. */
	r = sd_journal_open(ret_journal,
			    SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
	if (r < 0)
		return r;
	if (sd_journal_has_runtime_files(*ret_journal) > 0 ||
	    sd_journal_has_persistent_files(*ret_journal) > 0)
		return 0;
	sd_journal_close(*ret_journal);
	return -ENOENT;
}

int journal_reader_new(const char *file, struct journal_reader **ret_reader)
{
	_cleanup_(journal_reader_freep) struct journal_reader *reader =
		calloc(1, sizeof(*reader));
	sd_journal *journal;
	int r;

	if (reader == NULL)
		return -ENOMEM;
	r = open_journal(file, &journal);
	if (r < 0)
		return r;
	reader->journal = journal;
	r = match(journal);
	if (r >= 0)
		r = sd_journal_set_data_threshold(journal, JOURNAL_TEXT_SIZE);
	if (r < 0)
		return r;

	*ret_reader = TAKE_PTR(reader);
	return 0;
}

static int read_time(struct journal_reader *reader, int64_t *ret_ms)
{
	uint64_t usec;
	int r = sd_journal_get_realtime_usec(reader->journal, &usec);

	if (r >= 0)
		*ret_ms = (int64_t)(usec / USEC_PER_MSEC);
	return r;
}

/* Steps back to the record before the first one that is wanted, from which the
 * next step leads to it; or in front of all. */
int journal_reader_seek(struct journal_reader *reader, int64_t since_ms,
			unsigned lines)
{
	int r = sd_journal_seek_tail(reader->journal);

	if (r < 0)
		return r;
	for (unsigned i = 0;; i++) {
		int64_t time_ms;

		r = sd_journal_previous(reader->journal);
		if (r < 0)
			return r;
		if (r == 0)
			return sd_journal_seek_head(reader->journal);
		r = read_time(reader, &time_ms);
		if (r < 0)
			return r;
		if (i == lines || time_ms < since_ms)
			return 0;
	}
}

/* A field that is missing or damaged is an empty text. */
static void read_text(struct journal_reader *reader, const char *name,
		      char ret_text[static JOURNAL_TEXT_SIZE])
{
	const size_t skipped = strlen(name) + 1;
	const void *data;
	size_t size;

	ret_text[0] = '\0';
	if (sd_journal_get_data(reader->journal, name, &data, &size) < 0 ||
	    size < skipped)
		return;
	size -= skipped;
	if (size > JOURNAL_TEXT_SIZE - 1)
		size = JOURNAL_TEXT_SIZE - 1;
	memcpy(ret_text, (const char *)data + skipped, size);
	ret_text[size] = '\0';
}

static void read_texts(struct journal_reader *reader,
		       struct journal_record *record)
{
	static const char *const names[JOURNAL_TEXT_COUNT] = {
		[JOURNAL_SERVICE] = JOURNAL_FIELD_SERVICE,
		[JOURNAL_USER] = JOURNAL_FIELD_USER,
		[JOURNAL_RULE] = JOURNAL_FIELD_RULE,
		[JOURNAL_IMAGE] = JOURNAL_FIELD_IMAGE,
		[JOURNAL_RELEASE] = JOURNAL_FIELD_RELEASE,
		[JOURNAL_REASON] = JOURNAL_FIELD_REASON,
		[JOURNAL_EXPECTED] = JOURNAL_FIELD_EXPECTED,
		[JOURNAL_ACTUAL] = JOURNAL_FIELD_ACTUAL,
		[JOURNAL_VERDICT] = JOURNAL_FIELD_VERDICT,
		[JOURNAL_SESSION] = JOURNAL_FIELD_SESSION,
		[JOURNAL_MESSAGE] = "MESSAGE",
	};

	for (unsigned i = 0; i < JOURNAL_TEXT_COUNT; i++)
		read_text(reader, names[i], record->texts[i]);
}

/* Never an allowance by default. */
static enum journal_event read_event(struct journal_reader *reader)
{
	char id[JOURNAL_TEXT_SIZE];

	read_text(reader, "MESSAGE_ID", id);
	for (unsigned i = 0; i < JOURNAL_EVENT_COUNT; i++)
		if (strcmp(id, message_ids[i]) == 0)
			return (enum journal_event)i;
	return JOURNAL_NOT_JUDGED;
}

int journal_reader_next(struct journal_reader *reader,
			struct journal_record *ret_record)
{
	int r = sd_journal_next(reader->journal);

	if (r <= 0)
		return r;
	r = read_time(reader, &ret_record->time_ms);
	if (r < 0)
		return r;
	ret_record->event = read_event(reader);
	read_texts(reader, ret_record);
	return 1;
}

/* The journal's timeout is a point of CLOCK_MONOTONIC. */
static int remaining_ms(uint64_t until_usec)
{
	uint64_t now = clock_monotonic_usec();
	uint64_t ms;

	if (until_usec == UINT64_MAX)
		return -1;
	if (now >= until_usec)
		return 0;
	ms = (until_usec - now) / USEC_PER_MSEC + 1;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

int journal_reader_watch(struct journal_reader *reader)
{
	int fd = sd_journal_get_fd(reader->journal);

	return fd < 0 ? fd : 0;
}

int journal_reader_wait(struct journal_reader *reader,
			struct journal_wait *ret_wait)
{
	int fd = sd_journal_get_fd(reader->journal);
	int events = sd_journal_get_events(reader->journal);
	uint64_t until_usec;
	int r = sd_journal_get_timeout(reader->journal, &until_usec);

	if (fd < 0 || events < 0 || r < 0)
		return fd < 0 ? fd : events < 0 ? events : r;
	*ret_wait = (struct journal_wait){ fd, (short)events,
					   remaining_ms(until_usec) };
	return 0;
}

int journal_reader_process(struct journal_reader *reader)
{
	int r = sd_journal_process(reader->journal);

	return r < 0 ? r : 0;
}
