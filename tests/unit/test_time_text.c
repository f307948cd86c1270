/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/time_text.h"

#include <errno.h>

#include "tests/unit/unit.h"

static const struct {
	const char *text;
	int64_t ms;
} points[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "1970-01-01", 0 },
	{ "1969-12-31T23:59:59.999Z", -1 },
	{ "2021-03-05T17:01:49.526Z", INT64_C(1614963709526) },
	{ "2021-03-05 17:01:49.526Z", INT64_C(1614963709526) },
	{ "2021-03-05t17:01:49.5269z", INT64_C(1614963709526) },
	{ "2021-03-05T18:31:49.526+01:30", INT64_C(1614963709526) },
	{ "2021-03-05T12:01:49.526-05:00", INT64_C(1614963709526) },
	{ "2024-02-29T00:00:00Z", INT64_C(1709164800000) },
	{ "2000-02-29", INT64_C(951782400000) },
	{ "@0", 0 },
	{ "@1614963709", INT64_C(1614963709000) },
	{ "9999-12-31T23:59:59.999Z", TIME_MAX_MS },
	{ "0001-01-01T00:00:00Z", TIME_MIN_MS },
};

START_TEST(reads_points)
{
	for (size_t i = 0; i < ARRAY_SIZE(points); i++) {
		int64_t ms = 1;

		ck_assert_msg(time_parse(points[i].text, &ms) == 0, "%s",
			      points[i].text);
		ck_assert_msg(ms == points[i].ms, "%s: %lld", points[i].text,
			      (long long)ms);
	}
}
END_TEST

START_TEST(refuses_what_is_not_a_point)
{
	static const char *const wrong[] = {
		"",
		"@",
		"@-1",
		"@1x",
		"@99999999999999999999",
		"@253402300800",
		"2021",
		"2021-13-01",
		"2021-00-01",
		"2021-01-00",
		"2023-02-29",
		"1900-02-29",
		"2021-04-31",
		"0000-01-01",
		"2021-1-1",
		"2021-01-01T",
		"2021-01-01T00:00:00",
		"2021-01-01T24:00:00Z",
		"2021-01-01T00:60:00Z",
		"2021-01-01T00:00:60Z",
		"2021-01-01T00:00:00.Z",
		"2021-01-01T00:00:00+1:00",
		"2021-01-01T00:00:00+24:00",
		"2021-01-01T00:00:00Zx",
		"2021-01-01x",
		" 2021-01-01",
		"-2021-01-01",
	};
	int64_t ms;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_msg(time_parse(wrong[i], &ms) == -EINVAL, "%s",
			      wrong[i]);
}
END_TEST

START_TEST(writes_what_it_reads)
{
	/* A step that is no multiple of a day meets every hour and month. */
	for (int64_t ms = TIME_MIN_MS; ms < TIME_MAX_MS;
	     ms += 86399999LL * 977) {
		char text[TIME_TEXT_SIZE];
		int64_t again;

		time_format(ms, text);
		ck_assert_msg(time_parse(text, &again) == 0, "%s", text);
		ck_assert_msg(again == ms, "%s", text);
	}
}
END_TEST

START_TEST(writes_any_number)
{
	char text[TIME_TEXT_SIZE];

	time_format(INT64_C(1614963709526), text);
	ck_assert_str_eq(text, "2021-03-05T17:01:49.526Z");
	time_format(INT64_MAX, text);
	ck_assert_str_eq(text, "@9223372036854775");
	time_format(INT64_MIN, text);
	ck_assert_str_eq(text, "@-9223372036854775");
}
END_TEST

START_TEST(reads_spans)
{
	static const struct {
		const char *text;
		uint64_t ms;
	} spans[] = {
		{ "0", 0 },
		{ "90", 90000 },
		{ "250ms", 250 },
		{ "30s", 30000 },
		{ "30 sec", 30000 },
		{ "5min", 300000 },
		{ "5m", 300000 },
		{ "1h 30min", 5400000 },
		{ "1h30min", 5400000 },
		{ "2hr", 7200000 },
		{ "2d", 172800000 },
		{ "1w", 604800000 },
	};
	uint64_t ms;

	for (size_t i = 0; i < ARRAY_SIZE(spans); i++) {
		ck_assert_msg(time_span_parse(spans[i].text, &ms) == 0, "%s",
			      spans[i].text);
		ck_assert_uint_eq(ms, spans[i].ms);
	}
}
END_TEST

START_TEST(refuses_what_is_not_a_span)
{
	static const char *const wrong[] = { "",    " ",	   "s",
					     "-1s", "1 fortnight", "1.5s",
					     "1s,", "5 MIN",	   "0x10" };
	uint64_t ms;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_msg(time_span_parse(wrong[i], &ms) == -EINVAL, "%s",
			      wrong[i]);
	ck_assert_int_eq(time_span_parse("99999999999999999999", &ms), -ERANGE);
	ck_assert_int_eq(time_span_parse("18446744073709551615w", &ms),
			 -ERANGE);
	ck_assert_int_eq(time_span_parse("18446744073709551615ms 1ms", &ms),
			 -ERANGE);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, reads_points);
	tcase_add_test(tests, refuses_what_is_not_a_point);
	tcase_add_test(tests, writes_what_it_reads);
	tcase_add_test(tests, writes_any_number);
	tcase_add_test(tests, reads_spans);
	tcase_add_test(tests, refuses_what_is_not_a_span);
}

UNIT_MAIN("time_text", add_tests)
