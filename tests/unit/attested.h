/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of what an attested key is good for: keys of all kinds, the forms that
 * they have in documents, and evidence that carries these bytes.
 */
#ifndef NITRO_TESTS_UNIT_ATTESTED_H
#define NITRO_TESTS_UNIT_ATTESTED_H

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "attest/attest.h"
#include "key/attested_key.h"
#include "nitro-sim/authority.h"
#include "nitro-sim/document.h"
#include "tests/unit/unit.h"

#define ATTESTED_AT INT64_C(1780000000123) /* 2026-05-28 */

/* Aborts on failure, as all that follows. `fields` are put into a document of the
 * simulator, which is verified. */
static inline struct evidence *
attested_evidence(const struct document_options *options)
{
	struct attest_input input = { .at_document_time = true,
				      .max_field_size = ATTEST_FIELD_MAX };
	_cleanup_bytes_ struct bytes document = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;
	struct authority *authority;
	struct anchors *anchors;
	struct attest_failure failure;
	struct evidence *evidence;
	int64_t judged_at;

	ck_assert_int_eq(authority_new(&authority), 0);
	ck_assert_int_eq(authority_root_pem(authority, &pem), 0);
	ck_assert_int_eq(anchors_new(&anchors), ATTEST_OK);
	ck_assert_int_eq(anchors_add_pem(anchors, "sim", bytes_span(&pem)),
			 ATTEST_OK);
	ck_assert_int_eq(
		document_make(authority, options, &document, &judged_at), 0);
	input.document = bytes_span(&document);
	input.anchors = anchors;
	ck_assert_int_eq(attest_verify(&input, &evidence, &failure), ATTEST_OK);
	anchors_free(anchors);
	authority_free(authority);
	return evidence;
}

static inline struct evidence *attested_public_key(struct span public_key)
{
	struct document_options options;

	document_options_init(&options, ATTESTED_AT);
	options.public_key = public_key;
	return attested_evidence(&options);
}

static inline EVP_PKEY *attested_new_ec(const char *curve)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve);

	ck_assert_ptr_nonnull(key);
	return key;
}

static inline EVP_PKEY *attested_new_rsa(size_t bits)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits);

	ck_assert_ptr_nonnull(key);
	return key;
}

static inline EVP_PKEY *attested_new_ed25519(void)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

	ck_assert_ptr_nonnull(key);
	return key;
}

static inline void attested_append_spki(EVP_PKEY *key, struct bytes *bytes)
{
	unsigned char *der = NULL;
	int size = i2d_PUBKEY(key, &der);

	ck_assert_int_gt(size, 0);
	bytes_append(bytes, der, (size_t)size);
	OPENSSL_free(der);
}

/* RSAPublicKey, or an uncompressed point. */
static inline void attested_append_bare(EVP_PKEY *key, struct bytes *bytes)
{
	unsigned char *der = NULL;
	int size = i2d_PublicKey(key, &der);

	ck_assert_int_gt(size, 0);
	bytes_append(bytes, der, (size_t)size);
	OPENSSL_free(der);
}

static inline void attested_append_raw(EVP_PKEY *key, struct bytes *bytes)
{
	uint8_t raw[32];
	size_t size = sizeof(raw);

	ck_assert_int_eq(EVP_PKEY_get_raw_public_key(key, raw, &size), 1);
	bytes_append(bytes, raw, size);
}

static inline void attested_append_pem(EVP_PKEY *key, bool is_private,
				       struct bytes *bytes)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long size;

	ck_assert_ptr_nonnull(bio);
	ck_assert_int_eq(is_private
				 ? PEM_write_bio_PrivateKey(bio, key, NULL,
							    NULL, 0, NULL, NULL)
				 : PEM_write_bio_PUBKEY(bio, key),
			 1);
	size = BIO_get_mem_data(bio, &text);
	bytes_append(bytes, text, (size_t)size);
	BIO_free(bio);
}

#endif
