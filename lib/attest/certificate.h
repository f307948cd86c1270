/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One certificate by itself: its form (RFC 5280 section 4) and what the chain
 * needs to know of it. A certificate that is not exactly of the kind that AWS
 * issues is refused here, whatever OpenSSL would make of it. Private to
 * lib/attest.
 */
#ifndef NITRO_ATTEST_CERTIFICATE_H
#define NITRO_ATTEST_CERTIFICATE_H

#include "attest/attest.h"
#include "base/compiler.h"
#include "base/span.h"

struct crypto;
struct evp_pkey_st;
struct x509_st;

/* `path_length` of a certificate without pathLenConstraint. */
#define CERTIFICATE_ANY_PATH_LENGTH UINT64_MAX

struct certificate {
	struct x509_st *x509;	 /* owned */
	struct evp_pkey_st *key; /* belongs to x509; always P-384 */
	struct span der;	 /* view into the caller's bytes */
	/* Encoded names, views into x509; canonical, so that equal names are
	 * equal bytes. */
	struct span issuer_name, subject_name;
	char subject[ATTEST_SUBJECT_MAX];     /* RFC 4514 text */
	char common_name[ATTEST_SUBJECT_MAX]; /* "" when none or several */
	int64_t not_before, not_after; /* seconds since 1970, both valid */
	bool is_ca;
	uint64_t path_length;
	/* Of keyUsage; without the extension there is no right at all. */
	bool may_sign_certificates, may_sign_data;
	uint8_t sha256[ATTEST_SHA256_SIZE];
};

/* Reads one certificate; `der` must outlive it. Errors: those of
 * ATTEST_CHECK_CERTIFICATES, NO_MEMORY, INTERNAL. */
enum attest_error
certificate_init(struct certificate *ret_certificate,
		 const struct crypto *crypto, struct span der,
		 struct attest_failure *reterr_failure) _must_use_;

/* Also for a certificate that is all zero. */
void certificate_deinit(struct certificate *certificate);

/* The signature on `certificate` is by its own key. */
bool certificate_is_self_signed(const struct certificate *certificate);

#endif
