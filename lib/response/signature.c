/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "response/signature.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "key/public_key.h"

/* Two integers of at most 49 bytes and their heads: P-384. */
#define DER_SIGNATURE_MAX 104

DEFINE_CLEANUP(ECDSA_SIG *, ECDSA_SIG_free)
DEFINE_CLEANUP(EVP_MD_CTX *, EVP_MD_CTX_free)

static const char *const format_names[] = {
	[SIGNATURE_AUTO] = "auto",   [SIGNATURE_DER] = "der",
	[SIGNATURE_RAW] = "raw",     [SIGNATURE_PSS] = "pss",
	[SIGNATURE_PKCS1] = "pkcs1",
};

static const struct {
	const char *name;
	const char *algorithm; /* as OpenSSL calls it */
} digests[] = {
	[SIGNATURE_DIGEST_USUAL] = { "usual", NULL },
	[SIGNATURE_SHA256] = { "sha256", "SHA256" },
	[SIGNATURE_SHA384] = { "sha384", "SHA384" },
	[SIGNATURE_SHA512] = { "sha512", "SHA512" },
};

/* What each kind of key signs with. */
static const struct key_row {
	enum signature_digest digest; /* _USUAL: none can be chosen */
	size_t raw_size;	      /* 0: has no raw form */
	bool has_der;
	bool is_rsa;
} key_rows[] = {
	[KEY_ALGORITHM_P256] = { SIGNATURE_SHA256, 64, true, false },
	[KEY_ALGORITHM_P384] = { SIGNATURE_SHA384, 96, true, false },
	[KEY_ALGORITHM_RSA] = { SIGNATURE_SHA256, 0, false, true },
	[KEY_ALGORITHM_ED25519] = { SIGNATURE_DIGEST_USUAL, 64, false, false },
};

bool signature_format_parse(const char *text, enum signature_format *ret_format)
{
	for (size_t i = 0; i < ARRAY_SIZE(format_names); i++)
		if (strcmp(text, format_names[i]) == 0) {
			*ret_format = (enum signature_format)i;
			return true;
		}
	return false;
}

bool signature_digest_parse(const char *text, enum signature_digest *ret_digest)
{
	for (size_t i = 0; i < ARRAY_SIZE(digests); i++)
		if (strcmp(text, digests[i].name) == 0) {
			*ret_digest = (enum signature_digest)i;
			return true;
		}
	return false;
}

static enum response_error response_error_of(enum key_error error)
{
	return error == KEY_E_NO_MEMORY ? RESPONSE_E_NO_MEMORY
					: RESPONSE_E_INTERNAL;
}

/* Settles what the caller left open. */
static enum response_error complete(const struct key_row *row,
				    size_t signature_size,
				    struct signature_scheme *scheme)
{
	if (scheme->format == SIGNATURE_AUTO && !row->is_rsa)
		scheme->format = row->has_der && signature_size != row->raw_size
					 ? SIGNATURE_DER
					 : SIGNATURE_RAW;
	switch (scheme->format) {
	case SIGNATURE_AUTO:
		return RESPONSE_E_SIGNATURE_FORMAT;
	case SIGNATURE_DER:
		if (!row->has_der)
			return RESPONSE_E_SIGNATURE_FORMAT;
		break;
	case SIGNATURE_RAW:
		if (row->raw_size == 0)
			return RESPONSE_E_SIGNATURE_FORMAT;
		break;
	case SIGNATURE_PSS:
	case SIGNATURE_PKCS1:
		if (!row->is_rsa)
			return RESPONSE_E_SIGNATURE_FORMAT;
		break;
	}
	if (scheme->digest == SIGNATURE_DIGEST_USUAL)
		scheme->digest = row->digest;
	else if (row->digest == SIGNATURE_DIGEST_USUAL)
		return RESPONSE_E_SIGNATURE_FORMAT;
	return RESPONSE_OK;
}

/* OpenSSL takes ECDSA signatures in DER only. */
static enum response_error encode_raw(struct span raw, uint8_t *ret_der,
				      size_t *ret_size)
{
	_cleanup_(ECDSA_SIG_freep) ECDSA_SIG *pair = ECDSA_SIG_new();
	const int half = (int)raw.size / 2;
	BIGNUM *r = BN_bin2bn(raw.data, half, NULL);
	BIGNUM *s = BN_bin2bn(raw.data + half, half, NULL);
	int size;

	if (pair == NULL || r == NULL || s == NULL ||
	    ECDSA_SIG_set0(pair, r, s) != 1) {
		BN_free(r);
		BN_free(s);
		return RESPONSE_E_NO_MEMORY;
	}
	size = i2d_ECDSA_SIG(pair, NULL);
	if (size <= 0 || size > DER_SIGNATURE_MAX)
		return response_error_of(key_failure(KEY_E_INTERNAL));
	*ret_size = (size_t)i2d_ECDSA_SIG(pair, &ret_der);
	return RESPONSE_OK;
}

/* Exactly one DER encoding of a signature counts, and nothing after it. */
static bool is_canonical(struct span der)
{
	const unsigned char *next = der.data;
	uint8_t again[DER_SIGNATURE_MAX];
	unsigned char *end = again;
	_cleanup_(ECDSA_SIG_freep) ECDSA_SIG *pair = NULL;
	int size;

	if (der.size == 0 || der.size > sizeof(again))
		return false;
	pair = d2i_ECDSA_SIG(NULL, &next, (long)der.size);
	if (pair == NULL || i2d_ECDSA_SIG(pair, NULL) != (int)der.size)
		return false;
	size = i2d_ECDSA_SIG(pair, &end);
	return size > 0 && span_equal(span_of(again, (size_t)size), der);
}

static bool set_padding(EVP_PKEY_CTX *context, enum signature_format format)
{
	if (format == SIGNATURE_PKCS1)
		return EVP_PKEY_CTX_set_rsa_padding(context,
						    RSA_PKCS1_PADDING) == 1;
	return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) ==
		       1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(context,
						RSA_PSS_SALTLEN_AUTO) == 1;
}

static enum response_error verify(const struct key_library *library,
				  const struct public_key *key,
				  struct signature_scheme scheme,
				  struct span message, struct span signature)
{
	_cleanup_(EVP_MD_CTX_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *parameters = NULL;

	if (context == NULL)
		return RESPONSE_E_NO_MEMORY;
	if (EVP_DigestVerifyInit_ex(context, &parameters,
				    digests[scheme.digest].algorithm,
				    crypto_library(library->crypto), NULL,
				    key->handle, NULL) != 1)
		return response_error_of(key_failure(KEY_E_INTERNAL));
	if (key_rows[key->algorithm].is_rsa &&
	    !set_padding(parameters, scheme.format))
		return response_error_of(key_failure(KEY_E_INTERNAL));
	if (EVP_DigestVerify(context, signature.data, signature.size,
			     message.data, message.size) == 1)
		return RESPONSE_OK;
	return key_failure(KEY_E_FORM) == KEY_E_NO_MEMORY
		       ? RESPONSE_E_NO_MEMORY
		       : RESPONSE_E_SIGNATURE_INVALID;
}

/* Brings the signature into the form that OpenSSL takes; `der` gives it room. */
static enum response_error prepare(const struct public_key *key,
				   enum signature_format format,
				   uint8_t der[static DER_SIGNATURE_MAX],
				   struct span *signature)
{
	const struct key_row *row = &key_rows[key->algorithm];
	size_t size;
	enum response_error e;

	if (format == SIGNATURE_DER)
		return is_canonical(*signature) ? RESPONSE_OK
						: RESPONSE_E_SIGNATURE_ENCODING;
	size = row->is_rsa ? (size_t)EVP_PKEY_get_size(key->handle)
			   : row->raw_size;
	if (signature->size != size)
		return RESPONSE_E_SIGNATURE_SIZE;
	if (!row->has_der)
		return RESPONSE_OK;
	e = encode_raw(*signature, der, &size);
	if (e == RESPONSE_OK)
		*signature = span_of(der, size);
	return e;
}

enum response_error response_signature_verify(const struct key_library *library,
					      const struct attested_key *key,
					      struct signature_scheme scheme,
					      struct span message,
					      struct span signature)
{
	const struct public_key *public_key = attested_key_for_signatures(key);
	uint8_t der[DER_SIGNATURE_MAX];
	enum response_error e = complete(&key_rows[public_key->algorithm],
					 signature.size, &scheme);

	if (e == RESPONSE_OK)
		e = prepare(public_key, scheme.format, der, &signature);
	if (e == RESPONSE_OK)
		e = verify(library, public_key, scheme, message, signature);
	ERR_clear_error();
	return e;
}
