/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "eif/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

DEFINE_CLEANUP(EVP_MD_CTX *, hash_free)

enum eif_error hash_library_init(struct hash_library *library)
{
	*library = (struct hash_library){ NULL };
	/* Without this, OpenSSL reads openssl.cnf for its default context as
	 * soon as any of its functions initializes the library. */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		return EIF_E_INTERNAL;
	library->context = OSSL_LIB_CTX_new();
	if (library->context == NULL)
		return EIF_E_NO_MEMORY;
	library->provider = OSSL_PROVIDER_load(library->context, "default");
	if (library->provider == NULL)
		return EIF_E_INTERNAL;
	library->sha384 = EVP_MD_fetch(library->context, "SHA384", NULL);
	return library->sha384 != NULL ? EIF_OK : EIF_E_INTERNAL;
}

void hash_library_deinit(struct hash_library *library)
{
	EVP_MD_free(library->sha384);
	if (library->provider != NULL)
		OSSL_PROVIDER_unload(library->provider);
	OSSL_LIB_CTX_free(library->context);
}

EVP_MD_CTX *hash_new(const struct hash_library *library)
{
	_cleanup_(hash_freep) EVP_MD_CTX *hash = EVP_MD_CTX_new();

	if (hash == NULL ||
	    EVP_DigestInit_ex2(hash, library->sha384, NULL) != 1)
		return NULL;
	return TAKE_PTR(hash);
}

void hash_free(EVP_MD_CTX *hash)
{
	EVP_MD_CTX_free(hash);
}

enum eif_error hash_update(EVP_MD_CTX *hash, struct span bytes)
{
	if (EVP_DigestUpdate(hash, bytes.data, bytes.size) != 1)
		return EIF_E_INTERNAL;
	return EIF_OK;
}

enum eif_error hash_finish_pcr(const struct hash_library *library,
			       EVP_MD_CTX *hash,
			       uint8_t ret_pcr[static EIF_PCR_SIZE])
{
	static const uint8_t zero[EIF_PCR_SIZE];
	_cleanup_(hash_freep) EVP_MD_CTX *outer = hash_new(library);
	uint8_t digest[EIF_PCR_SIZE];

	if (outer == NULL)
		return EIF_E_NO_MEMORY;
	if (EVP_DigestFinal_ex(hash, digest, NULL) != 1 ||
	    EVP_DigestUpdate(outer, zero, sizeof(zero)) != 1 ||
	    EVP_DigestUpdate(outer, digest, sizeof(digest)) != 1 ||
	    EVP_DigestFinal_ex(outer, ret_pcr, NULL) != 1)
		return EIF_E_INTERNAL;
	return EIF_OK;
}

enum eif_error hash_pcr(const struct hash_library *library, struct span content,
			uint8_t ret_pcr[static EIF_PCR_SIZE])
{
	_cleanup_(hash_freep) EVP_MD_CTX *hash = hash_new(library);
	enum eif_error e;

	if (hash == NULL)
		return EIF_E_NO_MEMORY;
	e = hash_update(hash, content);
	if (e != EIF_OK)
		return e;
	return hash_finish_pcr(library, hash, ret_pcr);
}
