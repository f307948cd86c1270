/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values that several keys share: numbers, spans of time, names from a list. Each
 * reads field->value, or reports what was expected and leaves its result alone.
 */
#ifndef NITRO_POLICY_VALUES_H
#define NITRO_POLICY_VALUES_H

#include "policy/loader.h"

/* A decimal number in [least, most]. */
void value_number(const struct field *field, unsigned least, unsigned most,
		  unsigned *ret_number);

/* A span of time in [least, most] milliseconds; `range` says so for people. */
struct span_range {
	uint64_t least_ms;
	uint64_t most_ms;
	const char *range;
};
void value_span(const struct field *field, const struct span_range *range,
		uint64_t *ret_ms);

/* The index of the value in `names`. */
void value_choice(const struct field *field, const char *const *names,
		  size_t count, unsigned *ret_index);

/* A point in time. A date alone is its first millisecond, or its last when
 * `is_end`: "not after the first of March" includes that day, to everybody but a
 * computer. */
void value_time(const struct field *field, bool is_end, int64_t *ret_ms);

/* The range of max_document_age and max_age: a document's certificate lives three
 * hours, so a day is more than enough, and what was seen is remembered as long. */
extern const struct span_range age_range;

#endif
