/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/time_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECONDS_PER_DAY INT64_C(86400)

/* Days from 1970-01-01 to a date of the proleptic Gregorian calendar. Years are
 * counted from March, so that the leap day is the last day of its year. */
static int64_t days_of_date(int64_t year, unsigned month, unsigned day)
{
	int64_t march_year = year - (month <= 2);
	int64_t era = (march_year >= 0 ? march_year : march_year - 399) / 400;
	int64_t year_of_era = march_year - era * 400;
	int64_t day_of_year =
		(153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day -
		1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 -
	       year_of_era / 100 + day_of_year - 719468;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
	static const unsigned days[] = { 31, 28, 31, 30, 31, 30,
					 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Reads exactly `count` digits and moves *text behind them. */
static bool take_digits(const char **text, int count, unsigned *ret_value)
{
	unsigned value = 0;

	for (int i = 0; i < count; i++) {
		char digit = (*text)[i];

		if (digit < '0' || digit > '9')
			return false;
		value = value * 10 + (unsigned)(digit - '0');
	}
	*text += count;
	*ret_value = value;
	return true;
}

static bool take_character(const char **text, char wanted)
{
	if (**text != wanted)
		return false;
	(*text)++;
	return true;
}

static bool take_date(const char **text, int64_t *ret_days)
{
	unsigned year, month, day;

	if (!take_digits(text, 4, &year) || !take_character(text, '-') ||
	    !take_digits(text, 2, &month) || !take_character(text, '-') ||
	    !take_digits(text, 2, &day))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month))
		return false;

	*ret_days = days_of_date(year, month, day);
	return true;
}

/* The digits after the point; more than three are read and cut off. */
static bool take_fraction(const char **text, int64_t *ret_ms)
{
	int64_t weight = 100;
	int64_t ms = 0;

	if (**text < '0' || **text > '9')
		return false;
	for (; **text >= '0' && **text <= '9'; (*text)++) {
		ms += (**text - '0') * weight;
		weight /= 10;
	}
	*ret_ms = ms;
	return true;
}

static bool take_clock(const char **text, int64_t *ret_ms)
{
	unsigned hour, minute, second;
	int64_t fraction = 0;

	if (!take_digits(text, 2, &hour) || !take_character(text, ':') ||
	    !take_digits(text, 2, &minute) || !take_character(text, ':') ||
	    !take_digits(text, 2, &second))
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	if (take_character(text, '.') && !take_fraction(text, &fraction))
		return false;

	*ret_ms = ((int64_t)hour * 3600 + minute * 60 + second) * MSEC_PER_SEC +
		  fraction;
	return true;
}

static bool take_zone(const char **text, int64_t *ret_ms)
{
	unsigned hour, minute;
	bool west;

	if (take_character(text, 'Z') || take_character(text, 'z')) {
		*ret_ms = 0;
		return true;
	}
	west = **text == '-';
	if (!west && **text != '+')
		return false;
	(*text)++;
	if (!take_digits(text, 2, &hour) || !take_character(text, ':') ||
	    !take_digits(text, 2, &minute) || hour > 23 || minute > 59)
		return false;

	*ret_ms = ((int64_t)hour * 3600 + minute * 60) * MSEC_PER_SEC *
		  (west ? -1 : 1);
	return true;
}

static int parse_epoch_seconds(const char *text, int64_t *ret_ms)
{
	int64_t seconds = 0;

	if (*text == '\0')
		return -EINVAL;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9' ||
		    seconds > TIME_MAX_MS / MSEC_PER_SEC)
			return -EINVAL;
		seconds = seconds * 10 + (*text - '0');
	}
	if (seconds > TIME_MAX_MS / MSEC_PER_SEC)
		return -EINVAL;

	*ret_ms = seconds * MSEC_PER_SEC;
	return 0;
}

int time_parse(const char *text, int64_t *ret_ms)
{
	int64_t days, clock = 0, zone = 0;

	if (*text == '@')
		return parse_epoch_seconds(text + 1, ret_ms);
	if (!take_date(&text, &days))
		return -EINVAL;
	if (*text != '\0') {
		if (!take_character(&text, 'T') &&
		    !take_character(&text, 't') && !take_character(&text, ' '))
			return -EINVAL;
		if (!take_clock(&text, &clock) || !take_zone(&text, &zone) ||
		    *text != '\0')
			return -EINVAL;
	}

	*ret_ms = days * SECONDS_PER_DAY * MSEC_PER_SEC + clock - zone;
	return 0;
}

/* "DATE", "DATE HH:MM" or "DATE HH:MM:SS", `length` bytes of `text`. */
static int parse_wall(const char *text, size_t length,
		      struct written_time *ret_time)
{
	char copy[sizeof("2026-11-01 10:00:00.123456789:00")];
	const char *at = copy;
	int64_t days, clock = 0;

	if (length + sizeof(":00") > sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (length == strlen("2026-11-01 10:00"))
		memcpy(copy + length, ":00", sizeof(":00"));
	if (!take_date(&at, &days))
		return -EINVAL;
	ret_time->is_date = *at == '\0';
	if (!ret_time->is_date &&
	    ((!take_character(&at, ' ') && !take_character(&at, 'T')) ||
	     !take_clock(&at, &clock) || *at != '\0'))
		return -EINVAL;
	ret_time->ms = days * SECONDS_PER_DAY * MSEC_PER_SEC + clock;
	return 0;
}

int time_parse_written(const char *text, struct written_time *ret_time)
{
	static const struct zone_row {
		const char *suffix;
		bool is_local;
	} zones[] = { { " UTC", false }, { " local", true } };
	const size_t length = strlen(text);
	struct written_time time = { 0 };
	int r = -EINVAL;

	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		const size_t end = strlen(zones[i].suffix);

		if (length <= end ||
		    strcmp(text + length - end, zones[i].suffix) != 0)
			continue;
		time.is_local = zones[i].is_local;
		r = parse_wall(text, length - end, &time);
		if (r == 0)
			*ret_time = time;
		return r;
	}
	r = time_parse(text, &time.ms);
	if (r < 0)
		return r;
	time.is_date = *text != '@' && length == strlen("2026-11-01");
	*ret_time = time;
	return 0;
}

void time_format(int64_t ms, char ret_text[static TIME_TEXT_SIZE])
{
	const int64_t day_ms = SECONDS_PER_DAY * MSEC_PER_SEC;
	int64_t days = ms / day_ms - (ms % day_ms < 0);
	int64_t clock = ms % day_ms + (ms % day_ms < 0 ? day_ms : 0);
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 +
			       day_of_era / 36524 - day_of_era / 146096) /
			      365;
	int64_t day_of_year =
		day_of_era -
		(365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted_month = (5 * day_of_year + 2) / 153;
	int64_t month =
		shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
	int64_t year = year_of_era + era * 400 + (month <= 2);
	int64_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;

	if (ms < TIME_MIN_MS || ms > TIME_MAX_MS) {
		snprintf(ret_text, TIME_TEXT_SIZE, "@%" PRId64,
			 ms / MSEC_PER_SEC);
		return;
	}
	snprintf(ret_text, TIME_TEXT_SIZE,
		 "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)year % 10000,
		 (unsigned)month % 100, (unsigned)day % 100,
		 (unsigned)(clock / 3600000) % 100,
		 (unsigned)(clock / 60000 % 60), (unsigned)(clock / 1000 % 60),
		 (unsigned)(clock % 1000));
}

static int take_number(const char **text, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (**text < '0' || **text > '9')
		return -EINVAL;
	for (; **text >= '0' && **text <= '9'; (*text)++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(**text - '0'),
					   &value))
			return -ERANGE;
	*ret_value = value;
	return 0;
}

static const struct time_unit {
	const char *name;
	uint64_t ms;
} time_units[] = {
	{ "", 1000 },	    { "ms", 1 },       { "s", 1000 },
	{ "sec", 1000 },    { "m", 60000 },    { "min", 60000 },
	{ "h", 3600000 },   { "hr", 3600000 }, { "d", 86400000 },
	{ "w", 604800000 },
};

static int take_unit(const char **text, uint64_t *ret_ms)
{
	size_t length = 0;

	while ((*text)[length] >= 'a' && (*text)[length] <= 'z')
		length++;
	for (size_t i = 0; i < ARRAY_SIZE(time_units); i++) {
		if (strlen(time_units[i].name) != length ||
		    strncmp(time_units[i].name, *text, length) != 0)
			continue;
		*text += length;
		*ret_ms = time_units[i].ms;
		return 0;
	}
	return -EINVAL;
}

static void skip_spaces(const char **text)
{
	while (**text == ' ')
		(*text)++;
}

int time_span_parse(const char *text, uint64_t *ret_ms)
{
	uint64_t total = 0;

	do {
		uint64_t number, unit;
		int r = take_number(&text, &number);

		if (r < 0)
			return r;
		skip_spaces(&text);
		r = take_unit(&text, &unit);
		if (r < 0)
			return r;
		if (__builtin_mul_overflow(number, unit, &number) ||
		    __builtin_add_overflow(total, number, &total))
			return -ERANGE;
		skip_spaces(&text);
	} while (*text != '\0');

	*ret_ms = total;
	return 0;
}
