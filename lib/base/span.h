/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A borrowed view of bytes: never owned, never freed, never written through.
 * Whoever stores a span says in its header how long the bytes live.
 */
#ifndef NITRO_BASE_SPAN_H
#define NITRO_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* `data` is NULL only for a span that is absent; an empty span that is present
 * has a non-NULL `data` and `size` 0. Attestation documents need the difference
 * (a null user_data is not an empty user_data). */
struct span {
	const uint8_t *data;
	size_t size;
};

#define SPAN_ABSENT ((struct span){ NULL, 0 })

static inline struct span span_of(const void *data, size_t size)
{
	return (struct span){ data, size };
}

static inline struct span span_of_text(const char *text)
{
	return span_of(text, strlen(text));
}

static inline bool span_is_absent(struct span span)
{
	return span.data == NULL;
}

/* Equal sizes and equal bytes. Not constant time: for public values only. */
static inline bool span_equal(struct span a, struct span b)
{
	return a.size == b.size &&
	       (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* True when every byte is zero; an empty span is all zero. */
static inline bool span_is_zero(struct span span)
{
	for (size_t i = 0; i < span.size; i++)
		if (span.data[i] != 0)
			return false;
	return true;
}

#endif
