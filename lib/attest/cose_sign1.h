/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The envelope: COSE_Sign1 (RFC 9052 section 4.2) exactly as the Nitro hypervisor
 * writes it. The algorithm is a constant to compare with, never an input to obey.
 */
#ifndef NITRO_ATTEST_COSE_SIGN1_H
#define NITRO_ATTEST_COSE_SIGN1_H

#include "attest/attest.h"
#include "base/compiler.h"
#include "base/span.h"

struct crypto;
struct certificate;

/* Views into the input, NOT verified by parsing alone. */
struct cose_sign1 {
	struct span payload;
	struct span payload_item; /* the payload with its CBOR head */
	struct span signature;	  /* ATTEST_SIGNATURE_SIZE bytes, r || s */
};

/* Splits an envelope. Errors: those of ATTEST_CHECK_ENVELOPE. */
enum attest_error
cose_sign1_parse(struct span input, struct cose_sign1 *ret_envelope,
		 struct attest_failure *reterr_failure) _must_use_;

/* ES384 (RFC 9053 section 2.1) over the Sig_structure of RFC 9052 section 4.4 by
 * the key of `signer`. Errors: those of ATTEST_CHECK_SIGNATURE, NO_MEMORY,
 * INTERNAL. */
enum attest_error
cose_sign1_verify(const struct cose_sign1 *envelope,
		  const struct crypto *crypto, const struct certificate *signer,
		  struct attest_failure *reterr_failure) _must_use_;

#endif
