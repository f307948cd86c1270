/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a check says no: it fills the caller's struct attest_failure and returns
 * the same code, so that a refusal is one return statement. Private to
 * lib/attest. Texts are cut to their bound and stripped to printable ASCII here,
 * whatever a document put into them.
 */
#ifndef NITRO_ATTEST_FAILURE_H
#define NITRO_ATTEST_FAILURE_H

#include "attest/attest.h"
#include "base/hex.h"

/* Bytes of a document that are quoted in hex before "..." follows. */
#define FAILURE_QUOTE_MAX  48u
#define FAILURE_QUOTE_SIZE (HEX_SIZE(FAILURE_QUOTE_MAX) + 3u)

/* Sets all of *failure and returns `error`. */
enum attest_error failure_set(struct attest_failure *failure,
			      enum attest_error error, const char *expected,
			      const char *actual_format, ...) _printf_(4, 5);

/* The same for an error that has nothing to show. */
enum attest_error failure_plain(struct attest_failure *failure,
				enum attest_error error);

/* Puts the place ("certificate 2 of 5") in front of what was found there. */
void failure_locate(struct attest_failure *failure, const char *place);

/* At most FAILURE_QUOTE_MAX bytes in hex; "nothing" when absent or empty. */
const char *failure_quote(struct span bytes,
			  char ret_text[static FAILURE_QUOTE_SIZE]);

#endif
