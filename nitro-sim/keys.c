/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-sim/keys.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/x509.h>

#define SCALAR_SIZE  (KEY_SIGNATURE_SIZE / 2)
#define RSA_KEY_BITS (8 * KEY_SIGNATURE_SIZE)

DEFINE_CLEANUP(EVP_MD_CTX *, EVP_MD_CTX_free)
DEFINE_CLEANUP(ECDSA_SIG *, ECDSA_SIG_free)
DEFINE_CLEANUP(X509_PUBKEY *, X509_PUBKEY_free)

/* What each kind asks of OpenSSL's generator; no curve: RSA. */
struct key_recipe {
	const char *curve;
	const char *curve_encoding; /* NULL: named */
	const char *point_form;	    /* NULL: uncompressed */
};

static const struct key_recipe recipes[] = {
	[KEY_P384] = { "P-384", NULL, NULL },
	[KEY_P384_COMPRESSED] = { "P-384", NULL, "compressed" },
	[KEY_P384_HYBRID] = { "P-384", NULL, "hybrid" },
	[KEY_P384_EXPLICIT] = { "P-384", OSSL_PKEY_EC_ENCODING_EXPLICIT, NULL },
	[KEY_P256] = { "P-256", NULL, NULL },
	[KEY_P521] = { "P-521", NULL, NULL },
	[KEY_BRAINPOOL] = { "brainpoolP384r1", NULL, NULL },
	[KEY_RSA] = { NULL, NULL, NULL },
};

static bool set_text(EVP_PKEY *key, const char *name, const char *value)
{
	return value == NULL ||
	       EVP_PKEY_set_utf8_string_param(key, name, value) == 1;
}

int key_new(enum key_kind kind, EVP_PKEY **ret_key)
{
	const struct key_recipe *recipe = &recipes[kind];
	_cleanup_key_ EVP_PKEY *key = NULL;

	key = recipe->curve != NULL ? EVP_EC_gen(recipe->curve)
				    : EVP_RSA_gen((size_t)RSA_KEY_BITS);
	if (key == NULL ||
	    !set_text(key, OSSL_PKEY_PARAM_EC_ENCODING,
		      recipe->curve_encoding) ||
	    !set_text(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
		      recipe->point_form))
		return -EIO;

	*ret_key = TAKE_PTR(key);
	return 0;
}

int key_sign(EVP_PKEY *key, const char *digest, struct span message,
	     struct bytes *signature)
{
	_cleanup_(EVP_MD_CTX_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t buffer[256];
	size_t size = sizeof(buffer);

	if (context == NULL ||
	    EVP_DigestSignInit_ex(context, NULL, digest, NULL, NULL, key,
				  NULL) != 1 ||
	    EVP_DigestSign(context, buffer, &size, message.data,
			   message.size) != 1)
		return -EIO;
	bytes_append(signature, buffer, size);
	return 0;
}

int key_sign_raw(EVP_PKEY *key, struct span message, struct bytes *signature)
{
	_cleanup_(ECDSA_SIG_freep) ECDSA_SIG *pair = NULL;
	_cleanup_bytes_ struct bytes der = BYTES_EMPTY;
	uint8_t raw[KEY_SIGNATURE_SIZE];
	const uint8_t *at;
	int r;

	r = key_sign(key, "SHA384", message, &der);
	if (r < 0)
		return r;
	if (!EVP_PKEY_is_a(key, "EC")) {
		bytes_append_bytes(signature, &der);
		return 0;
	}

	at = der.data;
	pair = d2i_ECDSA_SIG(NULL, &at, (long)der.size);
	if (pair == NULL ||
	    BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, SCALAR_SIZE) < 0 ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + SCALAR_SIZE,
			 SCALAR_SIZE) < 0)
		return -EIO;
	bytes_append(signature, raw, sizeof(raw));
	return 0;
}

int key_identifier(EVP_PKEY *key, uint8_t ret_id[static KEY_IDENTIFIER_SIZE])
{
	_cleanup_(X509_PUBKEY_freep) X509_PUBKEY *info = NULL;
	const uint8_t *bits;
	int size;

	if (X509_PUBKEY_set(&info, key) != 1 ||
	    X509_PUBKEY_get0_param(NULL, &bits, &size, NULL, info) != 1 ||
	    EVP_Digest(bits, (size_t)size, ret_id, NULL, EVP_sha1(), NULL) != 1)
		return -EIO;
	return 0;
}
