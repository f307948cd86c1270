/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-384 over what does not fit into memory, and the PCR of such a digest. Works
 * in a private OpenSSL library context: no openssl.cnf, no provider of the host
 * takes part. Private to lib/eif.
 */
#ifndef NITRO_EIF_HASH_H
#define NITRO_EIF_HASH_H

#include "base/compiler.h"
#include "base/span.h"
#include "eif/eif.h"

struct ossl_lib_ctx_st;
struct ossl_provider_st;
struct evp_md_st;
struct evp_md_ctx_st;

/* Embedded: hash_library_init(), hash_library_deinit() also when that failed. */
struct hash_library {
	struct ossl_lib_ctx_st *context;
	struct ossl_provider_st *provider;
	struct evp_md_st *sha384;
};

/* EIF_OK, NO_MEMORY or INTERNAL, as all that follow. */
enum eif_error hash_library_init(struct hash_library *library) _must_use_;
void hash_library_deinit(struct hash_library *library);

/* A running digest; NULL when memory is exhausted. */
struct evp_md_ctx_st *hash_new(const struct hash_library *library) _must_use_;
void hash_free(struct evp_md_ctx_st *hash);
enum eif_error hash_update(struct evp_md_ctx_st *hash,
			   struct span bytes) _must_use_;

/* SHA-384(48 zero bytes || digest): what PCRs 0, 1, 2 and 8 are. The digest is
 * used up. */
enum eif_error hash_finish_pcr(const struct hash_library *library,
			       struct evp_md_ctx_st *hash,
			       uint8_t ret_pcr[static EIF_PCR_SIZE]) _must_use_;

/* The same for bytes in memory. */
enum eif_error hash_pcr(const struct hash_library *library, struct span content,
			uint8_t ret_pcr[static EIF_PCR_SIZE]) _must_use_;

#endif
