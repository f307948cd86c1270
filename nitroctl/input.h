/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A document as the admin has it: a file or standard input, as it came from the
 * NSM or as base64 of it. Bounded, and never more than read: no byte is judged
 * here.
 */
#ifndef NITRO_NITROCTL_INPUT_H
#define NITRO_NITROCTL_INPUT_H

#include "attest/attest.h"
#include "base/read_file.h"

/* Bytes that are read at most: the largest document in base64, with line breaks
 * and room to spare. What is larger cannot be a document. */
#define INPUT_SIZE_MAX 65536u

struct input {
	struct buffer bytes;
	bool was_base64;
};

#define INPUT_EMPTY ((struct input){ BUFFER_EMPTY, false })

/* Reads FILE, or standard input for "-". 0, and base64 is decoded already; -EFBIG
 * for more than INPUT_SIZE_MAX bytes; or what read_file_at() and read_stream()
 * return. */
int input_read(const char *name, struct input *ret_input) _must_use_;

/* Why input_read() failed, for people; static text. */
const char *input_explain(int error);

/* Replaces base64 text in `bytes` by what it encodes. Both alphabets are known,
 * padding may be there or not, white space does not count; all else stays as it
 * is. A document is never mistaken for text: it begins with a byte above 127.
 * 1 if it was base64, 0 if not, -ENOMEM. */
int input_decode_base64(struct buffer *bytes) _must_use_;

/* What -EFBIG means: larger than any document in any spelling is none. */
void input_too_large(struct attest_failure *ret_failure);

static inline void input_free(struct input input)
{
	buffer_free(input.bytes);
}

DEFINE_CLEANUP(struct input, input_free)

#endif
