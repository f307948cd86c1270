/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's decisions, and the lives of its verdicts, as the journal has them.
 * Anybody may write into the journal, so only records count that journald saw coming
 * from root or from the daemon. It reads, and never writes.
 */
#ifndef NITRO_NITROCTL_JOURNAL_READER_H
#define NITRO_NITROCTL_JOURNAL_READER_H

#include <limits.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/compiler.h"

/* The daemon cuts its values to less than this. */
#define JOURNAL_TEXT_SIZE 1024u

enum journal_event {
	JOURNAL_ALLOW,
	JOURNAL_AUDIT, /* allowed by a rule that only audits */
	JOURNAL_DENY,
	JOURNAL_NOT_JUDGED,
	/* Of a live verdict: it got its session; it ended with it or before it had
	 * one; it ended, but its session goes on; logind was told to do something
	 * about that; it was not taken up again after a restart. */
	JOURNAL_ATTACHED,
	JOURNAL_ENDED,
	JOURNAL_REVOKED,
	JOURNAL_ACTED,
	JOURNAL_DROPPED,
	JOURNAL_EVENT_COUNT,
};

enum journal_text {
	JOURNAL_SERVICE,
	JOURNAL_USER,
	JOURNAL_RULE,
	JOURNAL_IMAGE,
	JOURNAL_RELEASE,
	JOURNAL_REASON,
	JOURNAL_EXPECTED,
	JOURNAL_ACTUAL,
	JOURNAL_VERDICT,
	JOURNAL_SESSION,
	JOURNAL_MESSAGE,
	JOURNAL_TEXT_COUNT,
};

/* The texts are as they were written: not safe for a terminal. */
struct journal_record {
	int64_t time_ms;
	enum journal_event event;
	char texts[JOURNAL_TEXT_COUNT][JOURNAL_TEXT_SIZE]; /* "": none */
};

struct journal_reader;

/* Opens the system's journal, or one file of it. 0 or a negative errno; -ENOENT
 * for the system's if none of its files can be read. */
int journal_reader_new(const char *file,
		       struct journal_reader **ret_reader) _must_use_;
void journal_reader_free(struct journal_reader *reader);
DEFINE_CLEANUP(struct journal_reader *, journal_reader_free)

#define JOURNAL_ALL_LINES UINT_MAX

/* Goes where the last `lines` records begin that are not older than `since_ms`. */
int journal_reader_seek(struct journal_reader *reader, int64_t since_ms,
			unsigned lines) _must_use_;

/* The next record: 1, or 0 if there is none yet, or a negative errno. */
int journal_reader_next(struct journal_reader *reader,
			struct journal_record *ret_record) _must_use_;

/* Has what is written from now on wake whoever waits: to be called before that is read
 * which is there. 0 or a negative errno. */
int journal_reader_watch(struct journal_reader *reader) _must_use_;

/* To wait for more: poll `fd` for `events`, for at most `timeout_ms` (-1: for
 * ever), and then let the reader look at what happened. */
struct journal_wait {
	int fd;
	short events;
	int timeout_ms;
};
int journal_reader_wait(struct journal_reader *reader,
			struct journal_wait *ret_wait) _must_use_;
int journal_reader_process(struct journal_reader *reader) _must_use_;

#endif
