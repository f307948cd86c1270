/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last three checks: when was the document made, and for whom. Meaningful
 * only for a document whose signature holds. Private to lib/attest.
 */
#ifndef NITRO_ATTEST_FRESHNESS_H
#define NITRO_ATTEST_FRESHNESS_H

#include "attest/certificate.h"
#include "attest/document.h"

/* The timestamp lies inside the leaf's validity, clock_skew_ms on both sides:
 * ATTEST_CHECK_TIMESTAMP. */
enum attest_error
freshness_check_timestamp(const struct document *document,
			  const struct certificate *leaf,
			  const struct attest_input *input,
			  struct attest_failure *reterr_failure) _must_use_;

/* The nonce is the one asked for, if one was: ATTEST_CHECK_NONCE. */
enum attest_error
freshness_check_nonce(const struct document *document,
		      const struct attest_input *input,
		      struct attest_failure *reterr_failure) _must_use_;

/* Not older than max_age_ms and not from the future, if asked:
 * ATTEST_CHECK_AGE. */
enum attest_error
freshness_check_age(const struct document *document,
		    const struct attest_input *input,
		    struct attest_failure *reterr_failure) _must_use_;

/* Whether the input asks for the last two. */
bool freshness_asks_nonce(const struct attest_input *input);
bool freshness_asks_age(const struct attest_input *input);

#endif
