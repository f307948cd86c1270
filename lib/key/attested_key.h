/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The application's key, out of verified evidence: the only way to get a
 * `struct attested_key` is to hold a `struct evidence`, which only attest_verify()
 * makes. public_key is free-form in practice (FORMATS.md section 2), so the forms
 * that are known are told apart strictly and everything else is refused.
 */
#ifndef NITRO_KEY_ATTESTED_KEY_H
#define NITRO_KEY_ATTESTED_KEY_H

#include "attest/evidence.h"
#include "base/cleanup.h"
#include "base/compiler.h"
#include "key/error.h"

/* AWS KMS takes 2048, 3072 and 4096; the upper bound limits what one use costs. */
#define KEY_RSA_BITS_MIN 2048
#define KEY_RSA_BITS_MAX 4096

enum key_algorithm {
	KEY_ALGORITHM_P256,
	KEY_ALGORITHM_P384,
	KEY_ALGORITHM_RSA,
	KEY_ALGORITHM_ED25519,
};

/* A private OpenSSL library context: no openssl.cnf, no provider of the host takes
 * part. Making one costs far more than using a key, so it is made once. Immutable;
 * any number of threads may use it, one key in one thread at a time. */
struct key_library;

/* KEY_OK, KEY_E_NO_MEMORY or KEY_E_INTERNAL. */
enum key_error key_library_new(struct key_library **ret_library) _must_use_;
void key_library_free(struct key_library *library);
DEFINE_CLEANUP(struct key_library *, key_library_free)

/* A thread other than the one that frees the library calls this after its last use
 * of it, and before the library is freed. */
void key_library_leave(const struct key_library *library);

/* Must not outlive its library. */
struct attested_key;

/* The key in the document's public_key:
 *   SubjectPublicKeyInfo in DER (RFC 5280 4.1, RFC 5480, RFC 8410) or PEM;
 *   RSAPublicKey in DER or PEM (RFC 8017 A.1.1);
 *   an uncompressed point (SEC 1 2.3.3): 65 bytes P-256, 97 bytes P-384;
 *   130 bytes: a QOS pair of P-256 points, the first to encrypt to, the second
 *   to sign with; 32 bytes: Ed25519 (RFC 8032 5.1.5).
 * KEY_OK, MISSING, FORM, ALGORITHM, POINT, RSA_INVALID, RSA_SMALL, RSA_LARGE,
 * NO_MEMORY or INTERNAL. */
enum key_error attested_key_new(const struct key_library *library,
				const struct evidence *evidence,
				struct attested_key **ret_key) _must_use_;
void attested_key_free(struct attested_key *key);
DEFINE_CLEANUP(struct attested_key *, attested_key_free)

/* Of the key that signs. */
enum key_algorithm attested_key_algorithm(const struct attested_key *key);
/* For people: "P-256", "P-384", "RSA", "Ed25519" or "QOS P-256 pair". */
const char *attested_key_name(const struct attested_key *key);
/* The bytes of public_key; live as long as the key. */
struct span attested_key_bytes(const struct attested_key *key);
/* The SubjectPublicKeyInfo in DER of the key that signs; lives as long as it. */
struct span attested_key_spki(const struct attested_key *key);

#endif
