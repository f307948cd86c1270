/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS certificates of enclaves: does a verified document name this one, and does the
 * certificate bring a document along? No chain, name or date of the certificate is
 * looked at: the document takes the place of all of that. Pure.
 */
#ifndef NITRO_RESPONSE_CERTIFICATE_H
#define NITRO_RESPONSE_CERTIFICATE_H

#include "attest/evidence.h"
#include "base/read_file.h"
#include "key/attested_key.h"
#include "response/error.h"

/* Bytes of a certificate in PEM; Evervault's hold a document in hexadecimal. */
#define TLS_CERTIFICATE_MAX 65536u

struct tls_certificate {
	struct buffer spki; /* SubjectPublicKeyInfo */
	/* The key in it: a point, RSAPublicKey, …; empty when it is none that
	 * attested_key_new() takes. */
	struct buffer bare;
	uint8_t spki_sha256[ATTEST_SHA256_SIZE];
	uint8_t sha256[ATTEST_SHA256_SIZE]; /* of the certificate in DER */
	/* What begins like an attestation document, in an extension or, in
	 * hexadecimal, as the first label of an alternative name (Evervault).
	 * Empty: none. */
	struct buffer document;
};

#define TLS_CERTIFICATE_EMPTY                                                  \
	((struct tls_certificate){ .spki = BUFFER_EMPTY,                       \
				   .bare = BUFFER_EMPTY,                       \
				   .document = BUFFER_EMPTY })

/* Reads exactly one certificate, in DER, or in PEM with text around it, of which
 * the first block counts. RESPONSE_OK, CERTIFICATE, NO_MEMORY or INTERNAL. */
enum response_error
tls_certificate_read(const struct key_library *library, struct span bytes,
		     struct tls_certificate *ret_certificate) _must_use_;
void tls_certificate_free(struct tls_certificate certificate);
DEFINE_CLEANUP(struct tls_certificate, tls_certificate_free)

/* Looks for the certificate in public_key and user_data, and with `in_nonce` in the
 * nonce as well: an enclave that takes nonces from strangers names any certificate
 * there. It is named by its key, SubjectPublicKeyInfo, the SHA-256 of that or of the
 * certificate, raw or in hexadecimal, or by user_data as nitriding writes it.
 * Returns where it was found, for people; NULL: nowhere. */
const char *tls_certificate_find(const struct tls_certificate *certificate,
				 const struct evidence *evidence,
				 bool in_nonce) _must_use_;

#endif
