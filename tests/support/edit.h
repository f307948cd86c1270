/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breaks exactly one thing of a document: replaces bytes, and keeps the lengths
 * around them true. The signature does not hold afterwards; the checks that come
 * before it are what such documents are for.
 */
#ifndef NITRO_TESTS_SUPPORT_EDIT_H
#define NITRO_TESTS_SUPPORT_EDIT_H

#include "attest/error.h"
#include "base/read_file.h"

/* Behind the first `after` (bytes of a C string, "" for the beginning) and `skip`
 * bytes further, `removed` bytes give way to those of `inserted` (hex). */
struct edit {
	const char *what;
	const char *after;
	size_t skip;
	size_t removed;
	const char *inserted;
	enum attest_error error; /* what the verifier says to it */
};

/* In the whole envelope. Aborts when `after` is not there. */
struct buffer edit_envelope(struct span document, const struct edit *edit);

/* In the payload, whose length in the envelope is set anew. */
struct buffer edit_payload(struct span document, const struct edit *edit);

/* In the certificate at `index` of the chain (root 0); the size stays. */
struct buffer edit_certificate(struct span document, size_t index,
			       const struct edit *edit);

/* `count` times the byte `value`, in hex, with a NUL; the caller frees it. */
char *edit_repeat(uint8_t value, size_t count);

#endif
