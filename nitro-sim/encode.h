/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CBOR into a byte sequence, one item at a time, through libcbor's streaming
 * encoder: the shortest form of each head (RFC 8949 4.2.1). What a break needs
 * beyond that it writes as bytes.
 */
#ifndef NITRO_SIM_ENCODE_H
#define NITRO_SIM_ENCODE_H

#include "nitro-sim/bytes.h"

void encode_unsigned(struct bytes *out, uint64_t value);
/* The integer -1 - value. */
void encode_negative(struct bytes *out, uint64_t value);
void encode_text(struct bytes *out, const char *text);
void encode_byte_string(struct bytes *out, struct span content);
void encode_null(struct bytes *out);
void encode_tag(struct bytes *out, uint64_t tag);
/* Heads: `count` elements, or pairs, follow. */
void encode_array(struct bytes *out, size_t count);
void encode_map(struct bytes *out, size_t count);
/* A map of unknown length, ended by encode_break(). */
void encode_indefinite_map(struct bytes *out);
void encode_break(struct bytes *out);

/* A byte string, or null when the span is absent. */
void encode_optional(struct bytes *out, struct span content);

#endif
