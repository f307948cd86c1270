/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A one-way reader of Borsh for input that nobody trusts. It allocates nothing and
 * never reads outside its input. The error is sticky: after the first one every
 * read returns zero or an absent span, so that a parser is a straight list of
 * reads with one check at the end.
 */
#ifndef NITRO_QOS_BORSH_H
#define NITRO_QOS_BORSH_H

#include "base/span.h"
#include "qos/error.h"

/* Embedded in the caller's frame; `input` must outlive it and every span that it
 * returns. Callers read `offset` and `error`. */
struct borsh {
	struct span input;
	size_t offset; /* of the value at which the reader stands or failed */
	enum qos_error error;
	uint64_t found; /* the value that was refused */
};

void borsh_init(struct borsh *borsh, struct span input);

/* Integers are of fixed size, little-endian. */
uint8_t borsh_read_u8(struct borsh *borsh);
uint16_t borsh_read_u16(struct borsh *borsh);
uint32_t borsh_read_u32(struct borsh *borsh);

/* 0 or 1; every other byte is refused. */
bool borsh_read_bool(struct borsh *borsh);

/* The number of an enum's variant, below `count`. */
unsigned borsh_read_variant(struct borsh *borsh, unsigned count);

/* An array of fixed size; Vec<u8>; String, which must be UTF-8. */
struct span borsh_read_array(struct borsh *borsh, size_t size);
struct span borsh_read_bytes(struct borsh *borsh);
struct span borsh_read_text(struct borsh *borsh);

/* The number of elements of a Vec, each of which takes `least` bytes or more: what
 * could not fit into the input is refused before anybody makes room for it. */
size_t borsh_read_count(struct borsh *borsh, size_t least);

/* Nothing is left, or everything was read before. */
bool borsh_is_at_end(const struct borsh *borsh);

#endif
