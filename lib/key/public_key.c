/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "key/public_key.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/obj_mac.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

/* SEC 1 section 2.3.3: the head of an uncompressed point. */
#define POINT_UNCOMPRESSED 0x04
/* 65537 and its like. */
#define RSA_EXPONENT_BITS_MIN 17
#define RSA_EXPONENT_BITS_MAX 64
#define ED25519_SIZE	      32u

DEFINE_CLEANUP(X509_PUBKEY *, X509_PUBKEY_free)
DEFINE_CLEANUP(EVP_PKEY *, EVP_PKEY_free)
DEFINE_CLEANUP(EVP_PKEY_CTX *, EVP_PKEY_CTX_free)

/* AlgorithmIdentifiers: RFC 5480 2.1.1, RFC 3279 2.3.1, RFC 8410 3. */
static const struct algorithm {
	int identifier;
	int parameter_type;
	int curve;	  /* the parameter, where it is an object */
	size_t bare_size; /* 0: any */
	enum key_error malformed;
} algorithms[] = {
	[KEY_ALGORITHM_P256] = { NID_X9_62_id_ecPublicKey, V_ASN1_OBJECT,
				 NID_X9_62_prime256v1, 65, KEY_E_POINT },
	[KEY_ALGORITHM_P384] = { NID_X9_62_id_ecPublicKey, V_ASN1_OBJECT,
				 NID_secp384r1, 97, KEY_E_POINT },
	[KEY_ALGORITHM_RSA] = { NID_rsaEncryption, V_ASN1_NULL, NID_undef, 0,
				KEY_E_RSA_INVALID },
	[KEY_ALGORITHM_ED25519] = { NID_ED25519, V_ASN1_UNDEF, NID_undef,
				    ED25519_SIZE, KEY_E_POINT },
};

/* The y of the points of Ed25519 whose order divides 8, in little-endian order and
 * without the sign of x. Anybody can make signatures that fit such a key, and bytes
 * that are all zero, which stand where an application has no key, are one. */
static const uint8_t weak_points[][ED25519_SIZE] = {
	{ 0 },
	{ 1 },
	{ 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
	{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
	  0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
	  0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
	{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
	  0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
	  0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
};

enum key_error key_failure(enum key_error refusal)
{
	return crypto_failure(ATTEST_E_INTERNAL) == ATTEST_E_NO_MEMORY
		       ? KEY_E_NO_MEMORY
		       : refusal;
}

void public_key_free(struct public_key key)
{
	EVP_PKEY_free(key.handle);
	buffer_free(key.spki);
}

/* Hands a copy of `bare` and the parameter over to `info`. */
static bool fill_info(X509_PUBKEY *info, const struct algorithm *algorithm,
		      struct span bare)
{
	unsigned char *copy = OPENSSL_memdup(bare.data, bare.size);

	if (copy != NULL &&
	    X509_PUBKEY_set0_param(info, OBJ_nid2obj(algorithm->identifier),
				   algorithm->parameter_type,
				   algorithm->curve == NID_undef
					   ? NULL
					   : OBJ_nid2obj(algorithm->curve),
				   copy, (int)bare.size) == 1)
		return true;
	OPENSSL_free(copy);
	return false;
}

static enum key_error write_spki(const struct algorithm *algorithm,
				 struct span bare, struct buffer *ret_spki)
{
	_cleanup_(X509_PUBKEY_freep) X509_PUBKEY *info = X509_PUBKEY_new();
	_cleanup_free_ unsigned char *der = NULL;
	unsigned char *end;
	int size;

	if (info == NULL || !fill_info(info, algorithm, bare))
		return KEY_E_NO_MEMORY;
	size = i2d_X509_PUBKEY(info, NULL);
	if (size <= 0)
		return key_failure(KEY_E_INTERNAL);
	end = der = malloc((size_t)size);
	if (der == NULL)
		return KEY_E_NO_MEMORY;
	if (i2d_X509_PUBKEY(info, &end) != size)
		return key_failure(KEY_E_INTERNAL);
	*ret_spki = (struct buffer){ TAKE_PTR(der), (size_t)size };
	return KEY_OK;
}

/* What OpenSSL made of it is what was read: no other encoding of the same key. */
static bool is_canonical(EVP_PKEY *handle, struct span spki)
{
	unsigned char *der = NULL;
	int size = i2d_PUBKEY(handle, &der);
	bool is_equal =
		size > 0 && span_equal(span_of(der, (size_t)size), spki);

	OPENSSL_free(der);
	return is_equal;
}

/* NIST FIPS 186-4 B.3.1: above 65536, which OpenSSL leaves to us; that it is odd, it
 * sees itself. Above 64 bits it only costs time. */
static enum key_error check_exponent(EVP_PKEY *handle)
{
	BIGNUM *exponent = NULL;
	int bits;

	if (EVP_PKEY_get_bn_param(handle, OSSL_PKEY_PARAM_RSA_E, &exponent) !=
	    1)
		return key_failure(KEY_E_INTERNAL);
	bits = BN_num_bits(exponent);
	BN_free(exponent);
	return bits < RSA_EXPONENT_BITS_MIN || bits > RSA_EXPONENT_BITS_MAX
		       ? KEY_E_RSA_INVALID
		       : KEY_OK;
}

static enum key_error check_rsa(EVP_PKEY *handle)
{
	if (EVP_PKEY_get_bits(handle) < KEY_RSA_BITS_MIN)
		return KEY_E_RSA_SMALL;
	if (EVP_PKEY_get_bits(handle) > KEY_RSA_BITS_MAX)
		return KEY_E_RSA_LARGE;
	return check_exponent(handle);
}

/* NIST SP 800-56A 5.6.2.3 for points, SP 800-56B 6.4.2 for RSA. */
static enum key_error check_key(const struct key_library *library,
				enum key_algorithm algorithm, EVP_PKEY *handle)
{
	_cleanup_(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *context = NULL;
	enum key_error e =
		algorithm == KEY_ALGORITHM_RSA ? check_rsa(handle) : KEY_OK;

	if (e != KEY_OK)
		return e;
	context = EVP_PKEY_CTX_new_from_pkey(crypto_library(library->crypto),
					     handle, NULL);
	if (context == NULL)
		return KEY_E_NO_MEMORY;
	if (EVP_PKEY_public_check(context) != 1)
		return key_failure(algorithms[algorithm].malformed);
	return KEY_OK;
}

static enum key_error decode(const struct key_library *library,
			     enum key_algorithm algorithm, struct span spki,
			     EVP_PKEY **ret_handle)
{
	const unsigned char *next = spki.data;
	_cleanup_(EVP_PKEY_freep) EVP_PKEY *handle =
		d2i_PUBKEY_ex(NULL, &next, (long)spki.size,
			      crypto_library(library->crypto), NULL);
	enum key_error e;

	if (handle == NULL)
		return key_failure(algorithms[algorithm].malformed);
	if (!is_canonical(handle, spki))
		return KEY_E_FORM;
	e = check_key(library, algorithm, handle);
	if (e == KEY_OK)
		*ret_handle = TAKE_PTR(handle);
	return e;
}

/* RFC 8032 section 5.1.3: y is below 2^255 - 19. OpenSSL leaves that to us, too. */
static bool is_reduced(const uint8_t y[static ED25519_SIZE])
{
	if (y[0] < 0xed || y[ED25519_SIZE - 1] != 0x7f)
		return true;
	for (size_t i = 1; i < ED25519_SIZE - 1; i++)
		if (y[i] != 0xff)
			return true;
	return false;
}

static bool is_weak_point(struct span bare)
{
	uint8_t y[ED25519_SIZE];

	memcpy(y, bare.data, sizeof(y));
	y[sizeof(y) - 1] &= 0x7f;
	for (size_t i = 0; i < ARRAY_SIZE(weak_points); i++)
		if (memcmp(y, weak_points[i], sizeof(y)) == 0)
			return true;
	return !is_reduced(y);
}

enum key_error public_key_new(const struct key_library *library,
			      enum key_algorithm algorithm, struct span bare,
			      struct public_key *ret_key)
{
	const struct algorithm *row = &algorithms[algorithm];
	_cleanup_(public_key_freep) struct public_key key = PUBLIC_KEY_EMPTY;
	enum key_error e;

	if (bare.size == 0 || bare.size > INT_MAX ||
	    (row->bare_size != 0 && bare.size != row->bare_size) ||
	    (row->curve != NID_undef && bare.data[0] != POINT_UNCOMPRESSED))
		return KEY_E_FORM;
	if (algorithm == KEY_ALGORITHM_ED25519 && is_weak_point(bare))
		return KEY_E_POINT;
	e = write_spki(row, bare, &key.spki);
	if (e == KEY_OK)
		e = decode(library, algorithm, buffer_span(&key.spki),
			   &key.handle);
	if (e != KEY_OK)
		return e;
	key.algorithm = algorithm;
	*ret_key = key;
	key = PUBLIC_KEY_EMPTY;
	return KEY_OK;
}

static enum key_error find_algorithm(const X509_PUBKEY *info,
				     enum key_algorithm *ret_algorithm,
				     struct span *ret_bare)
{
	ASN1_OBJECT *identifier;
	X509_ALGOR *parameters;
	const void *parameter;
	const unsigned char *bare;
	int size, type;

	if (X509_PUBKEY_get0_param(&identifier, &bare, &size, &parameters,
				   info) != 1)
		return KEY_E_FORM;
	X509_ALGOR_get0(NULL, &type, &parameter, parameters);
	for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++) {
		if (OBJ_obj2nid(identifier) != algorithms[i].identifier ||
		    type != algorithms[i].parameter_type ||
		    (type == V_ASN1_OBJECT &&
		     OBJ_obj2nid(parameter) != algorithms[i].curve))
			continue;
		*ret_algorithm = (enum key_algorithm)i;
		*ret_bare = span_of(bare, (size_t)size);
		return KEY_OK;
	}
	return KEY_E_ALGORITHM;
}

enum key_error public_key_read(const struct key_library *library,
			       struct span spki, struct public_key *ret_key)
{
	_cleanup_(public_key_freep) struct public_key key = PUBLIC_KEY_EMPTY;
	_cleanup_(X509_PUBKEY_freep) X509_PUBKEY *info = NULL;
	const unsigned char *next = spki.data;
	enum key_algorithm algorithm;
	struct span bare;
	enum key_error e;

	if (spki.size == 0 || spki.size > LONG_MAX)
		return KEY_E_FORM;
	info = X509_PUBKEY_new_ex(crypto_library(library->crypto), NULL);
	if (info == NULL)
		return KEY_E_NO_MEMORY;
	if (d2i_X509_PUBKEY(&info, &next, (long)spki.size) == NULL)
		return key_failure(KEY_E_FORM);
	e = find_algorithm(info, &algorithm, &bare);
	if (e == KEY_OK)
		e = public_key_new(library, algorithm, bare, &key);
	if (e != KEY_OK)
		return e;
	if (!span_equal(buffer_span(&key.spki), spki))
		return KEY_E_FORM;
	*ret_key = key;
	key = PUBLIC_KEY_EMPTY;
	return KEY_OK;
}
