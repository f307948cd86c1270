/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sequence of bytes that grows. A failed allocation is remembered instead of
 * returned, so that an encoder is a straight list of appends with one check at
 * its end: bytes_ok(). Never used on input from outside.
 */
#ifndef NITRO_SIM_BYTES_H
#define NITRO_SIM_BYTES_H

#include "base/cleanup.h"
#include "base/compiler.h"
#include "base/span.h"

struct bytes {
	uint8_t *data;
	size_t size;
	size_t capacity;
	bool failed; /* memory was exhausted; the content is incomplete */
};

#define BYTES_EMPTY ((struct bytes){ NULL, 0, 0, false })

/* Both release the memory and leave an empty sequence. */
void bytes_clear(struct bytes *bytes);
#define _cleanup_bytes_ _cleanup_(bytes_clear)

void bytes_append(struct bytes *bytes, const void *data, size_t size);
void bytes_append_span(struct bytes *bytes, struct span span);
void bytes_append_byte(struct bytes *bytes, uint8_t byte);
/* Appends another sequence, and its failure. */
void bytes_append_bytes(struct bytes *bytes, const struct bytes *other);
/* Appends the same byte `count` times. */
void bytes_append_fill(struct bytes *bytes, uint8_t byte, size_t count);
/* The content becomes that of `span`, which lies outside of `bytes`. */
void bytes_set(struct bytes *bytes, struct span span);
/* The content becomes these bytes. */
#define BYTES_SET(bytes, ...)                                                  \
	({                                                                     \
		static const uint8_t set_[] = { __VA_ARGS__ };                 \
		bytes_set(bytes, span_of(set_, sizeof(set_)));                 \
	})
/* Puts `span` before the byte at `offset` <= size. */
void bytes_insert(struct bytes *bytes, size_t offset, struct span span);
/* The content of `source`, which is empty afterwards. */
void bytes_take(struct bytes *bytes, struct bytes *source);

/* 0 or -ENOMEM. */
int bytes_ok(const struct bytes *bytes) _must_use_;

/* Never absent: an empty sequence is an empty span. Valid until the next change. */
static inline struct span bytes_span(const struct bytes *bytes)
{
	return span_of(bytes->data != NULL ? bytes->data : (const uint8_t *)"",
		       bytes->size);
}

#endif
