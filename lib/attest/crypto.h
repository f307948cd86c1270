/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All the cryptography that the verifier needs: SHA-256, SHA-384, and ECDSA P-384
 * with SHA-384 over a raw r || s. Private to lib/attest. Works in a private OpenSSL
 * library context: no openssl.cnf, no provider of the host takes part.
 */
#ifndef NITRO_ATTEST_CRYPTO_H
#define NITRO_ATTEST_CRYPTO_H

#include "attest/error.h"
#include "base/cleanup.h"
#include "base/compiler.h"
#include "base/span.h"

struct evp_pkey_st;
struct ossl_lib_ctx_st;

/* Immutable; shared by any number of threads, by counted references: keys and
 * certificates must not outlive the context that they were made in. */
struct crypto;

/* ATTEST_OK, ATTEST_E_NO_MEMORY or ATTEST_E_INTERNAL. */
enum attest_error crypto_new(struct crypto **ret_crypto) _must_use_;
struct crypto *crypto_ref(struct crypto *crypto);
void crypto_unref(struct crypto *crypto);
DEFINE_CLEANUP(struct crypto *, crypto_unref)

struct ossl_lib_ctx_st *crypto_library(const struct crypto *crypto);

/* A digest over the parts in order. ATTEST_OK, NO_MEMORY or INTERNAL. */
enum attest_error
crypto_sha256(const struct crypto *crypto, const struct span *parts,
	      size_t count,
	      uint8_t ret_digest[static ATTEST_SHA256_SIZE]) _must_use_;
enum attest_error
crypto_sha384(const struct crypto *crypto, const struct span *parts,
	      size_t count,
	      uint8_t ret_digest[static ATTEST_SHA384_SIZE]) _must_use_;

/* ECDSA with SHA-384 over the parts in order; `signature` is r || s, each
 * ATTEST_SCALAR_SIZE bytes. ATTEST_OK, SIGNATURE_RANGE, SIGNATURE_INVALID,
 * NO_MEMORY or INTERNAL. */
enum attest_error crypto_verify_p384(const struct crypto *crypto,
				     struct evp_pkey_st *key,
				     const struct span *parts, size_t count,
				     struct span signature) _must_use_;

/* Is this an uncompressed point (04, x, y) on P-384? ATTEST_OK, CERTIFICATE_KEY,
 * NO_MEMORY or INTERNAL. */
enum attest_error crypto_check_p384_point(const struct crypto *crypto,
					  struct span point) _must_use_;

/* Empties the thread's OpenSSL error queue. */
void crypto_forget_errors(void);

/* Ends a use of the context by this thread: empties the error queue and drops what
 * OpenSSL keeps for the thread in this context. Whoever used a context calls this
 * before another thread may free it; a thread that ends later would else reach
 * into freed memory (OPENSSL_thread_stop_ex(3)). */
void crypto_leave(const struct crypto *crypto);

/* What a failed OpenSSL call means: NO_MEMORY when the error queue says so, else
 * `refusal`. */
enum attest_error crypto_failure(enum attest_error refusal) _must_use_;

#endif
