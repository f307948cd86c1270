/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Points in time and spans of time as people write them. A point is int64_t
 * milliseconds since 1970-01-01T00:00:00Z, a span is uint64_t milliseconds. No
 * clock is read and no time zone of the host matters here: text means UTC unless
 * it carries its own offset.
 */
#ifndef NITRO_BASE_TIME_TEXT_H
#define NITRO_BASE_TIME_TEXT_H

#include "base/compiler.h"
#include "base/span.h"
#include "base/time_units.h"

/* "9999-12-31T23:59:59.999Z" and its NUL. */
#define TIME_TEXT_SIZE 25

/* The last point with a four-digit year; the first is year 0001. */
#define TIME_MAX_MS INT64_C(253402300799999)
#define TIME_MIN_MS INT64_C(-62135596800000)

/* RFC 3339 ("2026-11-01T10:00:00Z", "…T10:00:00.250+01:00"; also with a space in
 * place of T, or the date alone for its first millisecond), or "@SECONDS".
 * 0, or -EINVAL. */
int time_parse(const char *text, int64_t *ret_ms) _must_use_;

/* A time as an admin writes it into a file. */
struct written_time {
	int64_t ms;    /* what a clock in Greenwich shows then */
	bool is_date;  /* no time of day was written: the first millisecond */
	bool is_local; /* `ms` is what clocks of this host show */
};

/* What time_parse() reads, and "DATE[ HH:MM[:SS]] UTC" or "... local". 0, or
 * -EINVAL. */
int time_parse_written(const char *text,
		       struct written_time *ret_time) _must_use_;

/* "YYYY-MM-DDTHH:MM:SS.mmmZ"; points outside four-digit years are written as
 * "@SECONDS". */
void time_format(int64_t ms, char ret_text[static TIME_TEXT_SIZE]);

/* A systemd-style span: one or more "NUMBER UNIT" ("5min", "1h 30min", "250ms",
 * "90"), units ms, s|sec, m|min, h|hr, d, w; a bare number is seconds. 0,
 * -EINVAL, or -ERANGE when it does not fit in 64 bits. */
int time_span_parse(const char *text, uint64_t *ret_ms) _must_use_;

#endif
