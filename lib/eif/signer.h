/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificate of a signed EIF and what its key has signed. Private to lib/eif.
 */
#ifndef NITRO_EIF_SIGNER_H
#define NITRO_EIF_SIGNER_H

#include "eif/eif.h"
#include "eif/hash.h"

/* The parts of a COSE_Sign1 (RFC 9052 section 4.2), and who is to have made it. */
struct signed_message {
	struct span certificate_pem;
	struct span protected_header; /* content of the byte string */
	struct span payload;	      /* content of the byte string */
	struct span payload_item;     /* with its head, minimally encoded */
	struct span signature;	      /* r || s */
};

/* Verifies the signature with the certificate's key; fills in `signer` and
 * `pcr8`. Whether the certificate is valid now is not asked: there is no clock
 * here. `offset` is that of the section, for the failure. */
enum eif_error signer_verify(const struct hash_library *library,
			     const struct signed_message *message,
			     uint64_t offset, struct eif *eif,
			     struct eif_failure *reterr_failure) _must_use_;

#endif
