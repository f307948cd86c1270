/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "qos/curve.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

/* Two integers of at most 33 bytes, and their heads. */
#define DER_SIGNATURE_MAX 72
#define SCALAR_SIZE	  (QOS_SIGNATURE_SIZE / 2)

struct curve {
	OSSL_LIB_CTX *library;
	OSSL_PROVIDER *provider;
};

DEFINE_CLEANUP(EVP_PKEY *, EVP_PKEY_free)
DEFINE_CLEANUP(EVP_PKEY_CTX *, EVP_PKEY_CTX_free)
DEFINE_CLEANUP(EVP_MD_CTX *, EVP_MD_CTX_free)
DEFINE_CLEANUP(ECDSA_SIG *, ECDSA_SIG_free)

/* What a failed OpenSSL call means. */
static enum qos_error failure(enum qos_error refusal)
{
	unsigned long code;

	while ((code = ERR_get_error()) != 0)
		if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
			refusal = QOS_E_NO_MEMORY;
	return refusal;
}

/* Ends a use of the context by this thread, which would else reach into freed
 * memory when it ends later than the context (OPENSSL_thread_stop_ex(3)). */
static enum qos_error leave(const struct curve *curve, enum qos_error error)
{
	ERR_clear_error();
	OPENSSL_thread_stop_ex(curve->library);
	return error;
}

enum qos_error curve_new(struct curve **ret_curve)
{
	_cleanup_(curve_freep) struct curve *curve = NULL;

	/* Without this, OpenSSL reads openssl.cnf for its default context as
	 * soon as any of its functions initializes the library. */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		return failure(QOS_E_INTERNAL);
	curve = calloc(1, sizeof(*curve));
	if (curve == NULL)
		return QOS_E_NO_MEMORY;
	curve->library = OSSL_LIB_CTX_new();
	if (curve->library == NULL)
		return failure(QOS_E_NO_MEMORY);
	/* "default" is built into libcrypto; nothing is loaded from a file. */
	curve->provider = OSSL_PROVIDER_load(curve->library, "default");
	if (curve->provider == NULL)
		return failure(QOS_E_INTERNAL);
	*ret_curve = TAKE_PTR(curve);
	return QOS_OK;
}

void curve_free(struct curve *curve)
{
	if (curve == NULL)
		return;
	if (curve->provider != NULL)
		OSSL_PROVIDER_unload(curve->provider);
	OSSL_LIB_CTX_free(curve->library);
	free(curve);
}

/* OpenSSL takes the hybrid forms 06 and 07 too, hence the first byte; that the
 * point lies on the curve, it sees when it decodes it. */
static enum qos_error make_key(const struct curve *curve, struct span point,
			       EVP_PKEY **ret_key)
{
	char group[] = "prime256v1";
	OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
						 group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
						  (void *)(uintptr_t)point.data,
						  point.size),
		OSSL_PARAM_construct_end(),
	};
	_cleanup_(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *context =
		EVP_PKEY_CTX_new_from_name(curve->library, "EC", NULL);

	if (point.size != QOS_POINT_SIZE ||
	    point.data[0] != POINT_CONVERSION_UNCOMPRESSED)
		return QOS_E_MEMBER_KEY;
	if (context == NULL)
		return failure(QOS_E_NO_MEMORY);
	if (EVP_PKEY_fromdata_init(context) != 1)
		return failure(QOS_E_INTERNAL);
	if (EVP_PKEY_fromdata(context, ret_key, EVP_PKEY_PUBLIC_KEY,
			      parameters) != 1)
		return failure(QOS_E_MEMBER_KEY);
	return QOS_OK;
}

enum qos_error curve_check_point(const struct curve *curve, struct span point)
{
	_cleanup_(EVP_PKEY_freep) EVP_PKEY *key = NULL;
	enum qos_error e = make_key(curve, point, &key);

	EVP_PKEY_free(TAKE_PTR(key));
	return leave(curve, e);
}

/* OpenSSL takes signatures in DER only: writes r || s as ECDSA-Sig-Value. */
static enum qos_error encode_signature(struct span raw, uint8_t *ret_der,
				       size_t *ret_size)
{
	_cleanup_(ECDSA_SIG_freep) ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw.data, SCALAR_SIZE, NULL);
	BIGNUM *s = BN_bin2bn(raw.data + SCALAR_SIZE, SCALAR_SIZE, NULL);
	int size;

	if (pair == NULL || r == NULL || s == NULL ||
	    ECDSA_SIG_set0(pair, r, s) != 1) {
		BN_free(r);
		BN_free(s);
		return QOS_E_NO_MEMORY;
	}
	size = i2d_ECDSA_SIG(pair, NULL);
	if (size <= 0 || size > DER_SIGNATURE_MAX)
		return failure(QOS_E_INTERNAL);
	*ret_size = (size_t)i2d_ECDSA_SIG(pair, &ret_der);
	return QOS_OK;
}

/* That r and s are in 1..n-1 (FIPS 186-4 section 6.4.2), OpenSSL checks. A high s
 * is valid: QOS never asked for the low one. */
static enum qos_error verify(const struct curve *curve, EVP_PKEY *key,
			     struct span message, struct span signature)
{
	_cleanup_(EVP_MD_CTX_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t der[DER_SIGNATURE_MAX];
	size_t size = 0;
	enum qos_error e = encode_signature(signature, der, &size);

	if (e != QOS_OK)
		return e;
	if (context == NULL)
		return QOS_E_NO_MEMORY;
	if (EVP_DigestVerifyInit_ex(context, NULL, "SHA256", curve->library,
				    NULL, key, NULL) != 1)
		return failure(QOS_E_INTERNAL);
	if (EVP_DigestVerify(context, der, size, message.data, message.size) !=
	    1)
		return failure(QOS_E_APPROVAL_SIGNATURE);
	return QOS_OK;
}

enum qos_error curve_verify(const struct curve *curve, struct span point,
			    struct span message, struct span signature)
{
	_cleanup_(EVP_PKEY_freep) EVP_PKEY *key = NULL;
	enum qos_error e;

	if (signature.size != QOS_SIGNATURE_SIZE)
		return QOS_E_APPROVAL_SIGNATURE_SIZE;
	e = make_key(curve, point, &key);
	if (e == QOS_OK)
		e = verify(curve, key, message, signature);
	EVP_PKEY_free(TAKE_PTR(key));
	return leave(curve, e);
}
