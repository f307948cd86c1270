/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data types of the SSH protocol (RFC 4251 section 5), read and written. Both
 * sides remember the first mistake: a parser is a straight list of reads with one
 * question at its end. Nothing is copied while reading.
 */
#ifndef NITRO_SSH_WIRE_H
#define NITRO_SSH_WIRE_H

#include "base/span.h"

struct wire_reader {
	struct span rest; /* what was not read yet */
	bool is_broken;	  /* something was cut short */
};

static inline struct wire_reader wire_reader(struct span bytes)
{
	return (struct wire_reader){ bytes, false };
}

/* Zero, or an empty span that is present, once the reader is broken. */
uint32_t wire_read_u32(struct wire_reader *reader);
uint64_t wire_read_u64(struct wire_reader *reader);
struct span wire_read_string(struct wire_reader *reader);

/* True when all bytes were read and none was missing. */
bool wire_is_read(const struct wire_reader *reader);

/* Writes into memory that the caller owns. */
struct wire_writer {
	uint8_t *data;
	size_t capacity;
	size_t size;  /* bytes that were written */
	bool is_full; /* something did not fit, and everything after it */
};

static inline struct wire_writer wire_writer(void *memory, size_t capacity)
{
	return (struct wire_writer){ memory, capacity, 0, false };
}

/* Without a length before them. */
void wire_write_bytes(struct wire_writer *writer, struct span bytes);
void wire_write_u32(struct wire_writer *writer, uint32_t value);
void wire_write_u64(struct wire_writer *writer, uint64_t value);
void wire_write_string(struct wire_writer *writer, struct span bytes);

#endif
