/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures by an attested key, in the formats that applications use. Pure.
 */
#ifndef NITRO_RESPONSE_SIGNATURE_H
#define NITRO_RESPONSE_SIGNATURE_H

#include "key/attested_key.h"
#include "response/error.h"

/* Bytes of the largest signature: RSA with KEY_RSA_BITS_MAX. */
#define SIGNATURE_SIZE_MAX (KEY_RSA_BITS_MAX / 8u)

enum signature_format {
	/* What the key makes: Ed25519; on curves r || s where the size is that
	 * of it, else DER. RSA has two formats of the same size, so none. */
	SIGNATURE_AUTO,
	SIGNATURE_DER,	 /* ECDSA-Sig-Value, RFC 3279 section 2.2.3 */
	SIGNATURE_RAW,	 /* r || s of fixed width; Ed25519: RFC 8032 5.1.6 */
	SIGNATURE_PSS,	 /* RFC 8017 8.1, MGF1, and a salt of any length */
	SIGNATURE_PKCS1, /* RFC 8017 8.2 */
};

enum signature_digest {
	/* SHA-384 for P-384, SHA-256 for all others; none for Ed25519. */
	SIGNATURE_DIGEST_USUAL,
	SIGNATURE_SHA256,
	SIGNATURE_SHA384,
	SIGNATURE_SHA512,
};

struct signature_scheme {
	enum signature_format format;
	enum signature_digest digest;
};

/* "auto", "der", "raw", "pss", "pkcs1"; "usual", "sha256", … False: none. */
bool signature_format_parse(const char *text,
			    enum signature_format *ret_format) _must_use_;
bool signature_digest_parse(const char *text,
			    enum signature_digest *ret_digest) _must_use_;

/* RESPONSE_OK, SIGNATURE_FORMAT, SIGNATURE_SIZE, SIGNATURE_ENCODING,
 * SIGNATURE_INVALID, NO_MEMORY or INTERNAL. */
enum response_error response_signature_verify(const struct key_library *library,
					      const struct attested_key *key,
					      struct signature_scheme scheme,
					      struct span message,
					      struct span signature) _must_use_;

#endif
