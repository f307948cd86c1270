/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes in, evidence out. The one door of the verifier: there is no other way to
 * a struct evidence, and no way to look at an unverified document through it.
 *
 * Pure: no clock, no file, no environment, no global, no log. The same input gives
 * the same answer for ever.
 */
#ifndef NITRO_ATTEST_ATTEST_H
#define NITRO_ATTEST_ATTEST_H

#include "attest/anchors.h"
#include "attest/error.h"
#include "attest/evidence.h"

struct chain_cache;

/* Everything that a verification depends on. */
struct attest_input {
	struct span document;	       /* borrowed for the call */
	const struct anchors *anchors; /* borrowed for the call */
	/* Milliseconds since 1970 at which certificates and age are judged. */
	int64_t now_ms;
	/* Judge at the document's own timestamp instead of now_ms: for archives
	 * and tests. The daemon never sets it. Age is not checked then. */
	bool at_document_time;
	/* Tolerance of the timestamp against the leaf and against now. */
	uint64_t clock_skew_ms;
	/* The document must carry exactly this nonce. SPAN_ABSENT: not asked. */
	struct span nonce;
	/* The document must not be older. 0: not asked. */
	uint64_t max_age_ms;
	/* Bytes that public_key, user_data and nonce may have; 0 stands for
	 * ATTEST_FIELD_DEFAULT, at most ATTEST_FIELD_MAX. */
	size_t max_field_size;
	/* Chains that were verified before; NULL: remember nothing. Belongs to
	 * one thread. */
	struct chain_cache *cache;
};

/* Why a document was refused. `expected` and `actual` are texts for people, may
 * be empty, never contain control characters, and quote at most a bounded piece
 * of the document. */
struct attest_failure {
	enum attest_error error;
	char expected[ATTEST_DETAIL_SIZE];
	char actual[ATTEST_DETAIL_SIZE];
};

/* Verifies one document. Returns ATTEST_OK and the evidence, which the caller
 * frees with evidence_free(); or an error, *ret_evidence untouched, and the reason
 * in *reterr_failure (never NULL). */
enum attest_error
attest_verify(const struct attest_input *input, struct evidence **ret_evidence,
	      struct attest_failure *reterr_failure) _must_use_;

#endif
