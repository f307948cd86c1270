/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/values.h"

#include <limits.h>
#include <string.h>

#include "base/time_text.h"

#define DAY_MS INT64_C(86400000)

const struct span_range age_range = {
	UINT64_C(1000),
	UINT64_C(86400000),
	"1s to 24h",
};

void value_number(const struct field *field, unsigned least, unsigned most,
		  unsigned *ret_number)
{
	const size_t length = strlen(field->value);
	unsigned long number = 0;

	/* Nine digits fit; nothing here needs more. */
	if (length <= 9 && strspn(field->value, "0123456789") == length)
		number = strtoul(field->value, NULL, 10);
	else
		number = ULONG_MAX;
	if (number < least || number > most) {
		FIELD_ERROR(field,
			    "expected a whole number from %u to %u, found '%s'",
			    least, most, field->value);
		return;
	}
	*ret_number = (unsigned)number;
}

void value_span(const struct field *field, const struct span_range *range,
		uint64_t *ret_ms)
{
	uint64_t ms;

	if (time_span_parse(field->value, &ms) < 0 || ms < range->least_ms ||
	    ms > range->most_ms) {
		FIELD_ERROR(field,
			    "expected a span of time from %s, such as 90s or "
			    "'1min 30s'; found '%s'",
			    range->range, field->value);
		return;
	}
	*ret_ms = ms;
}

void value_time(const struct field *field, bool is_end, int64_t *ret_ms)
{
	const struct policy_world *world = field->loader->input->world;
	const char *why = "local time is not known here";
	struct written_time time;

	if (time_parse_written(field->value, &time) < 0) {
		FIELD_ERROR(
			field,
			"expected a date (2026-11-01), a time with its zone "
			"(2026-11-01T10:00:00Z), or either with 'UTC' or "
			"'local' behind it ('2026-11-01 10:00 local'), "
			"found '%s'",
			field->value);
		return;
	}
	if (is_end && time.is_date)
		time.ms += DAY_MS - 1;
	if (time.is_local &&
	    (world == NULL || world->find_local_time(world->context, time.ms,
						     &time.ms, &why) < 0)) {
		FIELD_ERROR(field,
			    "expected a time of this host, found '%s': "
			    "%s",
			    field->value, why);
		return;
	}
	*ret_ms = time.ms;
}

/* "a, b or c" */
static void join(const char *const *names, size_t count, char *ret_text,
		 size_t size)
{
	size_t length = 0;

	ret_text[0] = '\0';
	for (size_t i = 0; i < count && length < size; i++) {
		const char *glue = i == 0 ? "" : i + 1 == count ? " or " : ", ";
		int n = snprintf(ret_text + length, size - length, "%s%s", glue,
				 names[i]);

		if (n < 0)
			return;
		length += (size_t)n;
	}
}

void value_choice(const struct field *field, const char *const *names,
		  size_t count, unsigned *ret_index)
{
	char expected[100];

	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i], field->value) != 0)
			continue;
		*ret_index = (unsigned)i;
		return;
	}
	join(names, count, expected, sizeof(expected));
	FIELD_ERROR(field, "expected %s, found '%s'", expected, field->value);
}
