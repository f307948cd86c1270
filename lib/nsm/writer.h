/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CBOR into a buffer of fixed size, by libcbor's streaming encoders. Overflow is
 * sticky: write everything, ask once at the end. Nothing is allocated, and what
 * is written is always definite and minimal.
 */
#ifndef NITRO_NSM_WRITER_H
#define NITRO_NSM_WRITER_H

#include "base/compiler.h"
#include "base/span.h"

/* Private to the functions below; the buffer belongs to the caller. */
struct writer {
	uint8_t *data;
	size_t capacity;
	size_t used;
	bool overflowed;
};

static inline struct writer writer_over(uint8_t *data, size_t capacity)
{
	return (struct writer){ data, capacity, 0, false };
}

void writer_put_map(struct writer *writer, size_t pairs);
void writer_put_array(struct writer *writer, size_t items);
void writer_put_text(struct writer *writer, struct span text);
void writer_put_name(struct writer *writer, const char *name);
void writer_put_uint(struct writer *writer, uint64_t value);
void writer_put_bool(struct writer *writer, bool value);
void writer_put_bytes(struct writer *writer, struct span bytes);

/* An absent span is written as null. */
void writer_put_bytes_or_null(struct writer *writer, struct span bytes);

/* Bytes written, or 0 when they did not fit. */
size_t writer_finish(const struct writer *writer) _must_use_;

#endif
