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
struct crypto;

/* Counted references, for one thread: a verification holds one, and the cache
 * another when the chain is worth remembering. */
struct chain {
	unsigned references;
	/* The context of `anchors`, held as long as the certificates live. The
	 * anchors themselves may be gone before a remembered chain is. */
	struct crypto *crypto;
	const struct anchors *anchors;
	size_t root; /* index of the trusted root in `anchors` */
	struct certificate certificates[ATTEST_CHAIN_MAX];
	size_t count; /* 2..ATTEST_CHAIN_MAX */
	/* SHA-256 over all certificates, each behind its length. */
	uint8_t digest[ATTEST_SHA256_SIZE];
	int64_t not_after; /* the first of all, in seconds since 1970 */
	/* Links and path were found good. Set by chain_check_path() alone. */
	bool is_verified;
};

/* Takes the certificates of `document` if they begin with a trusted root and
 * each has the right form: ATTEST_CHECK_ROOT and ATTEST_CHECK_CERTIFICATES. The
 * very same certificates, if `cache` (may be NULL) remembers them, come back as
 * they are, verified. `document` is borrowed until the path was checked. */
enum attest_error chain_load(const struct anchors *anchors,
			     const struct chain_cache *cache,
			     const struct document *document,
			     struct chain **ret_chain,
			     struct attest_failure *reterr_failure) _must_use_;
struct chain *chain_ref(struct chain *chain);
void chain_unref(struct chain *chain);
DEFINE_CLEANUP(struct chain *, chain_unref)

/* Order, CA, path length, key usage: ATTEST_CHECK_CHAIN. */
enum attest_error
chain_check_links(const struct chain *chain,
		  struct attest_failure *reterr_failure) _must_use_;

/* Each certificate at `now_ms`, the whole last second included:
 * ATTEST_CHECK_VALIDITY. */
enum attest_error
chain_check_validity(const struct chain *chain, int64_t now_ms,
		     struct attest_failure *reterr_failure) _must_use_;

/* OpenSSL's path validation (RFC 5280 section 6) against the one root:
 * ATTEST_CHECK_PATH. `cache` (may be NULL) then remembers the chain. */
enum attest_error
chain_check_path(struct chain *chain, struct chain_cache *cache, int64_t now_ms,
		 struct attest_failure *reterr_failure) _must_use_;

/* The signer of the document. */
const struct certificate *chain_leaf(const struct chain *chain);

#endif
