/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/crypto.h"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/provider.h>
#include <stdatomic.h>

/* A DER ECDSA signature for P-384: two integers of at most 49 bytes. */
#define DER_SIGNATURE_MAX 104

struct crypto {
	atomic_uint references;
	OSSL_LIB_CTX *library;
	OSSL_PROVIDER *provider;
	EVP_MD *sha256;
	EVP_MD *sha384;
};

DEFINE_CLEANUP(EVP_MD_CTX *, EVP_MD_CTX_free)
DEFINE_CLEANUP(ECDSA_SIG *, ECDSA_SIG_free)
DEFINE_CLEANUP(EC_GROUP *, EC_GROUP_free)
DEFINE_CLEANUP(EC_POINT *, EC_POINT_free)

/* The order n of P-384 (FIPS 186-4 section D.1.2.4). */
static const uint8_t p384_order[ATTEST_SCALAR_SIZE] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2,
	0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
};

enum attest_error crypto_new(struct crypto **ret_crypto)
{
	_cleanup_(crypto_unrefp) struct crypto *crypto = NULL;

	/* Without this, OpenSSL reads openssl.cnf for its default context as
	 * soon as any of its functions initializes the library. */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		return crypto_failure(ATTEST_E_INTERNAL);
	crypto = calloc(1, sizeof(*crypto));
	if (crypto == NULL)
		return ATTEST_E_NO_MEMORY;
	atomic_init(&crypto->references, 1);
	crypto->library = OSSL_LIB_CTX_new();
	if (crypto->library == NULL)
		return crypto_failure(ATTEST_E_NO_MEMORY);
	/* "default" is built into libcrypto; nothing is loaded from a file. */
	crypto->provider = OSSL_PROVIDER_load(crypto->library, "default");
	if (crypto->provider == NULL)
		return crypto_failure(ATTEST_E_INTERNAL);
	crypto->sha256 = EVP_MD_fetch(crypto->library, "SHA256", NULL);
	crypto->sha384 = EVP_MD_fetch(crypto->library, "SHA384", NULL);
	if (crypto->sha256 == NULL || crypto->sha384 == NULL)
		return crypto_failure(ATTEST_E_INTERNAL);
	*ret_crypto = TAKE_PTR(crypto);
	return ATTEST_OK;
}

struct crypto *crypto_ref(struct crypto *crypto)
{
	atomic_fetch_add(&crypto->references, 1);
	return crypto;
}

void crypto_unref(struct crypto *crypto)
{
	if (crypto == NULL || atomic_fetch_sub(&crypto->references, 1) > 1)
		return;
	EVP_MD_free(crypto->sha256);
	EVP_MD_free(crypto->sha384);
	if (crypto->provider != NULL)
		OSSL_PROVIDER_unload(crypto->provider);
	OSSL_LIB_CTX_free(crypto->library);
	free(crypto);
}

OSSL_LIB_CTX *crypto_library(const struct crypto *crypto)
{
	return crypto->library;
}

void crypto_forget_errors(void)
{
	ERR_clear_error();
}

void crypto_leave(const struct crypto *crypto)
{
	ERR_clear_error();
	OPENSSL_thread_stop_ex(crypto->library);
}

enum attest_error crypto_failure(enum attest_error refusal)
{
	unsigned long code;

	while ((code = ERR_get_error()) != 0)
		if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
			refusal = ATTEST_E_NO_MEMORY;
	return refusal;
}

static enum attest_error digest(const EVP_MD *algorithm,
				const struct span *parts, size_t count,
				uint8_t *ret_digest)
{
	_cleanup_(EVP_MD_CTX_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();

	if (context == NULL)
		return ATTEST_E_NO_MEMORY;
	if (EVP_DigestInit_ex2(context, algorithm, NULL) != 1)
		return crypto_failure(ATTEST_E_INTERNAL);
	for (size_t i = 0; i < count; i++)
		if (EVP_DigestUpdate(context, parts[i].data, parts[i].size) !=
		    1)
			return crypto_failure(ATTEST_E_INTERNAL);
	if (EVP_DigestFinal_ex(context, ret_digest, NULL) != 1)
		return crypto_failure(ATTEST_E_INTERNAL);
	return ATTEST_OK;
}

enum attest_error crypto_sha256(const struct crypto *crypto,
				const struct span *parts, size_t count,
				uint8_t ret_digest[static ATTEST_SHA256_SIZE])
{
	return digest(crypto->sha256, parts, count, ret_digest);
}

enum attest_error crypto_sha384(const struct crypto *crypto,
				const struct span *parts, size_t count,
				uint8_t ret_digest[static ATTEST_SHA384_SIZE])
{
	return digest(crypto->sha384, parts, count, ret_digest);
}

/* FIPS 186-4 section 6.4.2: r and s are in 1..n-1. */
static bool is_scalar(struct span number)
{
	return !span_is_zero(number) &&
	       memcmp(number.data, p384_order, sizeof(p384_order)) < 0;
}

/* OpenSSL takes signatures in DER only: writes r || s as ECDSA-Sig-Value. */
static enum attest_error encode_signature(struct span r, struct span s,
					  uint8_t *ret_der, size_t *ret_size)
{
	_cleanup_(ECDSA_SIG_freep) ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r_number = BN_bin2bn(r.data, (int)r.size, NULL);
	BIGNUM *s_number = BN_bin2bn(s.data, (int)s.size, NULL);
	int size;

	if (pair == NULL || r_number == NULL || s_number == NULL ||
	    ECDSA_SIG_set0(pair, r_number, s_number) != 1) {
		BN_free(r_number);
		BN_free(s_number);
		return ATTEST_E_NO_MEMORY;
	}
	if (i2d_ECDSA_SIG(pair, NULL) > DER_SIGNATURE_MAX)
		return ATTEST_E_INTERNAL;
	size = i2d_ECDSA_SIG(pair, &ret_der);
	if (size <= 0)
		return crypto_failure(ATTEST_E_INTERNAL);
	*ret_size = (size_t)size;
	return ATTEST_OK;
}

enum attest_error crypto_verify_p384(const struct crypto *crypto, EVP_PKEY *key,
				     const struct span *parts, size_t count,
				     struct span signature)
{
	struct span r = span_of(signature.data, ATTEST_SCALAR_SIZE);
	struct span s = span_of(signature.data + ATTEST_SCALAR_SIZE,
				ATTEST_SCALAR_SIZE);
	_cleanup_(EVP_MD_CTX_freep) EVP_MD_CTX *context = NULL;
	uint8_t der[DER_SIGNATURE_MAX];
	size_t der_size = 0;
	enum attest_error e;

	if (signature.size != ATTEST_SIGNATURE_SIZE)
		return ATTEST_E_INTERNAL;
	if (!is_scalar(r) || !is_scalar(s))
		return ATTEST_E_SIGNATURE_RANGE;
	e = encode_signature(r, s, der, &der_size);
	if (e != ATTEST_OK)
		return e;
	context = EVP_MD_CTX_new();
	if (context == NULL)
		return ATTEST_E_NO_MEMORY;
	if (EVP_DigestVerifyInit_ex(context, NULL, "SHA384", crypto->library,
				    NULL, key, NULL) != 1)
		return crypto_failure(ATTEST_E_INTERNAL);
	for (size_t i = 0; i < count; i++)
		if (EVP_DigestVerifyUpdate(context, parts[i].data,
					   parts[i].size) != 1)
			return crypto_failure(ATTEST_E_INTERNAL);
	if (EVP_DigestVerifyFinal(context, der, der_size) != 1)
		return crypto_failure(ATTEST_E_SIGNATURE_INVALID);
	return ATTEST_OK;
}

enum attest_error crypto_check_p384_point(const struct crypto *crypto,
					  struct span point)
{
	_cleanup_(EC_GROUP_freep) EC_GROUP *group =
		EC_GROUP_new_by_curve_name_ex(crypto->library, NULL,
					      NID_secp384r1);
	_cleanup_(EC_POINT_freep) EC_POINT *decoded =
		group == NULL ? NULL : EC_POINT_new(group);

	if (decoded == NULL)
		return ATTEST_E_NO_MEMORY;
	if (EC_POINT_oct2point(group, decoded, point.data, point.size, NULL) !=
	    1)
		return crypto_failure(ATTEST_E_CERTIFICATE_KEY);
	return ATTEST_OK;
}
