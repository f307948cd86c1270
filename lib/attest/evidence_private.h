/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How attest_verify() makes its result. Private to lib/attest: nobody else may
 * create evidence.
 */
#ifndef NITRO_ATTEST_EVIDENCE_PRIVATE_H
#define NITRO_ATTEST_EVIDENCE_PRIVATE_H

#include "attest/attest.h"
#include "attest/chain.h"
#include "attest/cose_sign1.h"
#include "attest/document.h"

/* Everything that was verified, all borrowed. */
struct evidence_source {
	const struct cose_sign1 *envelope;
	const struct document *document;
	const struct chain *chain;
	int64_t judged_at_ms;
	bool nonce_was_checked;
	bool age_was_checked;
};

/* Copies what evidence keeps into one allocation. ATTEST_OK, NO_MEMORY or
 * INTERNAL. */
enum attest_error evidence_new(const struct evidence_source *source,
			       struct evidence **ret_evidence) _must_use_;

#endif
