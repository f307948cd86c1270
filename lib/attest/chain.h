/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificates of a document, root first and leaf last. OpenSSL's path
 * validation alone accepts bundles in any order, with repetitions, unknown
 * curves and digests, or bytes behind a certificate; each of these has its own
 * check here, and OpenSSL is asked afterwards. Private to lib/attest.
 */
#ifndef NITRO_ATTEST_CHAIN_H
#define NITRO_ATTEST_CHAIN_H

#include "attest/anchors.h"
#include "attest/certificate.h"
#include "attest/document.h"

struct chain_cache;

struct chain {
	const struct anchors *anchors;
	size_t root; /* index of the trusted root in `anchors` */
	struct certificate certificates[ATTEST_CHAIN_MAX];
	size_t count; /* 2..ATTEST_CHAIN_MAX */
};

/* Takes the certificates of `document` if they begin with a trusted root and
 * each has the right form: ATTEST_CHECK_ROOT and ATTEST_CHECK_CERTIFICATES.
 * *ret_chain may be given to chain_deinit() afterwards in any case. */
enum attest_error chain_init(struct chain *ret_chain,
			     const struct anchors *anchors,
			     const struct document *document,
			     struct attest_failure *reterr_failure) _must_use_;
void chain_deinit(struct chain *chain);

/* Order, CA, path length, key usage: ATTEST_CHECK_CHAIN. */
enum attest_error
chain_check_links(const struct chain *chain,
		  struct attest_failure *reterr_failure) _must_use_;

/* Each certificate at `now_ms`, the whole last second included:
 * ATTEST_CHECK_VALIDITY. */
enum attest_error
chain_check_validity(const struct chain *chain, int64_t now_ms,
		     struct attest_failure *reterr_failure) _must_use_;

/* OpenSSL's path validation (RFC 5280 section 6) against the one root, unless
 * `cache` (may be NULL) remembers it: ATTEST_CHECK_PATH. */
enum attest_error
chain_check_path(const struct chain *chain, struct chain_cache *cache,
		 int64_t now_ms,
		 struct attest_failure *reterr_failure) _must_use_;

/* The signer of the document. */
const struct certificate *chain_leaf(const struct chain *chain);

#endif
