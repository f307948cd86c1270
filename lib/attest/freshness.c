/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/freshness.h"

#include <inttypes.h>
#include <stdio.h>

#include "attest/failure.h"
#include "base/time_text.h"

/* How far `later` lies behind `earlier`; 0 when it does not. Exact for all pairs:
 * the difference of two 64-bit numbers fits in 64 bits without a sign. */
static uint64_t distance(int64_t earlier, int64_t later)
{
	return later > earlier ? (uint64_t)later - (uint64_t)earlier : 0;
}

enum attest_error freshness_check_timestamp(
	const struct document *document, const struct certificate *leaf,
	const struct attest_input *input, struct attest_failure *reterr_failure)
{
	int64_t timestamp = (int64_t)document->timestamp_ms;
	int64_t first = leaf->not_before * MSEC_PER_SEC;
	int64_t last = (leaf->not_after + 1) * MSEC_PER_SEC - 1;
	char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE], found[TIME_TEXT_SIZE];
	char expected[ATTEST_DETAIL_SIZE];

	if (distance(timestamp, first) <= input->clock_skew_ms &&
	    distance(last, timestamp) <= input->clock_skew_ms)
		return ATTEST_OK;
	time_format(first, from);
	time_format(last, to);
	time_format(timestamp, found);
	snprintf(expected, sizeof(expected),
		 "%s to %s, with a tolerance of %" PRIu64 " ms", from, to,
		 input->clock_skew_ms);
	return failure_set(reterr_failure, ATTEST_E_TIMESTAMP_OUTSIDE_LEAF,
			   expected, "%s", found);
}

bool freshness_asks_nonce(const struct attest_input *input)
{
	return !span_is_absent(input->nonce);
}

enum attest_error freshness_check_nonce(const struct document *document,
					const struct attest_input *input,
					struct attest_failure *reterr_failure)
{
	char expected[FAILURE_QUOTE_SIZE], actual[FAILURE_QUOTE_SIZE];

	if (!freshness_asks_nonce(input))
		return ATTEST_OK;
	if (span_is_absent(document->nonce))
		return failure_set(reterr_failure, ATTEST_E_NONCE_MISSING,
				   failure_quote(input->nonce, expected),
				   "no nonce");
	if (!span_equal(document->nonce, input->nonce))
		return failure_set(reterr_failure, ATTEST_E_NONCE_DIFFERENT,
				   failure_quote(input->nonce, expected), "%s",
				   failure_quote(document->nonce, actual));
	return ATTEST_OK;
}

bool freshness_asks_age(const struct attest_input *input)
{
	return input->max_age_ms != 0 && !input->at_document_time;
}

enum attest_error freshness_check_age(const struct document *document,
				      const struct attest_input *input,
				      struct attest_failure *reterr_failure)
{
	int64_t timestamp = (int64_t)document->timestamp_ms;
	uint64_t age = distance(timestamp, input->now_ms);
	uint64_t ahead = distance(input->now_ms, timestamp);
	char expected[64], made[TIME_TEXT_SIZE], now[TIME_TEXT_SIZE];

	if (!freshness_asks_age(input))
		return ATTEST_OK;
	time_format(timestamp, made);
	time_format(input->now_ms, now);
	if (age > input->max_age_ms) {
		snprintf(expected, sizeof(expected),
			 "at most %" PRIu64 " ms old", input->max_age_ms);
		return failure_set(
			reterr_failure, ATTEST_E_DOCUMENT_TOO_OLD, expected,
			"%" PRIu64 " ms old: made at %s, judged at %s", age,
			made, now);
	}
	if (ahead > input->clock_skew_ms) {
		snprintf(expected, sizeof(expected),
			 "at most %" PRIu64 " ms ahead", input->clock_skew_ms);
		return failure_set(
			reterr_failure, ATTEST_E_DOCUMENT_FROM_FUTURE, expected,
			"%" PRIu64 " ms ahead: made at %s, judged at %s", ahead,
			made, now);
	}
	return ATTEST_OK;
}
