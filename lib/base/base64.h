/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 of RFC 4648: the standard alphabet with padding (section 4), and the
 * URL alphabet without (section 5). Decoding is strict and canonical: one text
 * for each sequence of bytes, no white space, no stray bits.
 */
#ifndef NITRO_BASE_BASE64_H
#define NITRO_BASE_BASE64_H

#include "base/compiler.h"
#include "base/span.h"

enum base64_alphabet {
	BASE64_STANDARD,
	BASE64_URL,
};

/* At least the characters that base64_encode() writes for `size` bytes, with the
 * final NUL. */
#define BASE64_SIZE(size) (((size) + 2) / 3 * 4 + 1)

/* Writes the NUL-terminated text of `bytes` and returns its length without the
 * NUL; ret_text has room for BASE64_SIZE(bytes.size). */
size_t base64_encode(enum base64_alphabet alphabet, struct span bytes,
		     char *ret_text);

/* Reads all of `text` into at most `capacity` bytes. 0, -EINVAL for text that is
 * not canonical base64 of this alphabet, -ENOSPC when it holds more. */
int base64_decode(enum base64_alphabet alphabet, struct span text,
		  uint8_t *ret_bytes, size_t capacity,
		  size_t *ret_size) _must_use_;

#endif
