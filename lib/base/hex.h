/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hexadecimal text. Writes lower case; reads both cases and nothing else (no
 * spaces, no colons, no 0x).
 */
#ifndef NITRO_BASE_HEX_H
#define NITRO_BASE_HEX_H

#include "base/compiler.h"
#include "base/span.h"

/* Characters that hex_encode() writes for `size` bytes, with the final NUL. */
#define HEX_SIZE(size) ((size)*2 + 1)

/* Writes HEX_SIZE(bytes.size) characters, NUL included, to ret_text. */
void hex_encode(struct span bytes, char *ret_text);

/* The same as a new string; NULL when memory is exhausted. */
char *hex_dup(struct span bytes) _must_use_;

/* Reads all of `text` into at most `capacity` bytes. 0, -EINVAL for text that is
 * not whole hexadecimal bytes, -ENOSPC when it holds more than `capacity`. */
int hex_decode(struct span text, uint8_t *ret_bytes, size_t capacity,
	       size_t *ret_size) _must_use_;

#endif
