/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys of the simulated authority: the P-384 keys that AWS uses, and the others
 * that a verifier has to refuse. The keys sign trial documents and nothing else.
 */
#ifndef NITRO_SIM_KEYS_H
#define NITRO_SIM_KEYS_H

#include <openssl/evp.h>

#include "base/cleanup.h"
#include "base/compiler.h"
#include "nitro-sim/bytes.h"

enum key_kind {
	KEY_P384, /* named curve, uncompressed point */
	KEY_P384_COMPRESSED,
	KEY_P384_HYBRID,
	KEY_P384_EXPLICIT, /* the curve written out instead of named */
	KEY_P256,
	KEY_P521,
	KEY_BRAINPOOL, /* brainpoolP384r1: the right size, another curve */
	KEY_RSA,       /* 768 bits: a signature of 96 bytes, as ES384 has */
};

/* Bytes of a raw ES384 signature, r and s of one half each. */
#define KEY_SIGNATURE_SIZE 96u

DEFINE_CLEANUP(EVP_PKEY *, EVP_PKEY_free)
#define _cleanup_key_ _cleanup_(EVP_PKEY_freep)

/* A new key, which the caller frees. 0, or -EIO when OpenSSL refuses. */
int key_new(enum key_kind kind, EVP_PKEY **ret_key) _must_use_;

/* Appends a signature in the form of certificates (DER for ECDSA). `digest` is a
 * name that OpenSSL knows. 0 or -EIO. */
int key_sign(EVP_PKEY *key, const char *digest, struct span message,
	     struct bytes *signature) _must_use_;

/* Appends the KEY_SIGNATURE_SIZE bytes of a COSE signature with SHA-384: r || s
 * of 48 bytes each (RFC 9053 2.1); from an RSA key its own signature. 0 or -EIO,
 * also for a curve whose scalars do not fit. */
int key_sign_raw(EVP_PKEY *key, struct span message,
		 struct bytes *signature) _must_use_;

/* SHA-1 of the key's bit string (RFC 5280 4.2.1.2, method 1): 20 bytes. 0 or
 * -EIO. */
#define KEY_IDENTIFIER_SIZE 20u
int key_identifier(EVP_PKEY *key,
		   uint8_t ret_id[static KEY_IDENTIFIER_SIZE]) _must_use_;

#endif
