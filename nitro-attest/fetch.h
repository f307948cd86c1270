/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One attestation document from the module, and the values that go into it.
 * These functions speak to the person at the terminal when they fail: one
 * sentence on standard error.
 */
#ifndef NITRO_ATTEST_FETCH_H
#define NITRO_ATTEST_FETCH_H

#include "base/compiler.h"
#include "base/read_file.h"

/* What the caller wants in the document; a NULL is left out. The values are as
 * given on the command line: hexadecimal, or @FILE for the bytes of a file. */
struct fetch_options {
	const char *nsm; /* NULL: $NITRO_NSM, else /dev/nsm */
	const char *nonce;
	const char *user_data;
	const char *public_key; /* NULL: the file $NITRO_PUBLIC_KEY_FILE */
	struct span key;	/* unless absent, in place of either of them */
};

/* Asks for a document. `nonce`, unless absent, stands in place of the option's.
 * 0, -EINVAL for an unusable value, or another negative errno; the sentence has
 * been said. */
int fetch_document(const struct fetch_options *options, struct span nonce,
		   struct buffer *ret_document) _must_use_;

#endif
