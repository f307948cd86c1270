/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The payload: the attestation document of AWS 3.2, for enclaves and for
 * NitroTPM. What stands here is UNVERIFIED: whoever shows it says so, and nobody
 * decides by it. Decisions need a struct evidence.
 */
#ifndef NITRO_ATTEST_DOCUMENT_H
#define NITRO_ATTEST_DOCUMENT_H

#include "attest/attest.h"
#include "base/compiler.h"
#include "base/span.h"

/* Views into the payload. */
struct document {
	enum evidence_kind kind;
	bool map_is_indefinite;
	struct span module_id; /* 1..ATTEST_MODULE_ID_MAX of ' '..'~' */
	uint64_t timestamp_ms; /* 1..TIME_MAX_MS */
	struct span digest;    /* "SHA384" */
	struct span pcrs[ATTEST_PCR_COUNT]; /* absent, or of one size */
	struct span certificate;	    /* of the signer */
	struct span bundle[ATTEST_BUNDLE_MAX];
	size_t bundle_count; /* 1..ATTEST_BUNDLE_MAX, root first */
	/* Absent when the key is missing or null; may be empty. */
	struct span public_key, user_data, nonce;
};

/* Reads a payload strictly; `max_field_size` bounds the last three fields.
 * Errors: those of ATTEST_CHECK_DOCUMENT. */
enum attest_error
document_parse(struct span payload, size_t max_field_size,
	       struct document *ret_document,
	       struct attest_failure *reterr_failure) _must_use_;

#endif
