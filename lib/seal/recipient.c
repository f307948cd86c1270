/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "seal/recipient.h"

#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#define RECIPIENTS_MAX 16

DEFINE_CLEANUP(X509 *, X509_free)
DEFINE_CLEANUP(EVP_PKEY *, EVP_PKEY_free)
DEFINE_CLEANUP(EVP_MD *, EVP_MD_free)
DEFINE_CLEANUP(ASN1_OCTET_STRING *, ASN1_OCTET_STRING_free)
DEFINE_CLEANUP(ASN1_STRING *, ASN1_STRING_free)
DEFINE_CLEANUP(ASN1_TIME *, ASN1_TIME_free)

/* RSAES-OAEP-params (RFC 4055 section 4.1): SHA-256 and MGF1 with SHA-256. Digests
 * may be written with NULL as their parameter or without any (section 2.1). */
static const uint8_t oaep_of_kms[] = {
	0x30, 0x2f, 0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86,
	0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0xa1,
	0x1c, 0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
	0x0d, 0x01, 0x01, 0x08, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86,
	0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
};
static const uint8_t oaep_of_openssl[] = {
	0x30, 0x2b, 0xa0, 0x0d, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
	0x65, 0x03, 0x04, 0x02, 0x01, 0xa1, 0x1a, 0x30, 0x18, 0x06, 0x09, 0x2a,
	0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30, 0x0b, 0x06, 0x09,
	0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
};

/* The name of the recipient: SHA-256 of its SubjectPublicKeyInfo. */
static bool add_identifier(const struct key_library *library,
			   const struct public_key *key, X509 *certificate)
{
	_cleanup_(ASN1_OCTET_STRING_freep) ASN1_OCTET_STRING *identifier =
		ASN1_OCTET_STRING_new();
	struct span spki = buffer_span(&key->spki);
	uint8_t sha256[ATTEST_SHA256_SIZE];

	return identifier != NULL &&
	       crypto_sha256(library->crypto, &spki, 1, sha256) == ATTEST_OK &&
	       ASN1_OCTET_STRING_set(identifier, sha256, sizeof(sha256)) == 1 &&
	       X509_add1_ext_i2d(certificate, NID_subject_key_identifier,
				 identifier, 0, X509V3_ADD_DEFAULT) == 1;
}

/* Only the identifier of this certificate leaves this file; its signature, by a
 * key that is forgotten at once, makes it one that OpenSSL can encode. */
static X509 *dress_key(const struct key_library *library,
		       const struct public_key *key)
{
	OSSL_LIB_CTX *context = crypto_library(library->crypto);
	_cleanup_(X509_freep) X509 *certificate = X509_new_ex(context, NULL);
	_cleanup_(EVP_PKEY_freep) EVP_PKEY *signer =
		EVP_PKEY_Q_keygen(context, NULL, "ED25519");
	_cleanup_(ASN1_TIME_freep) ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);

	if (certificate == NULL || signer == NULL || epoch == NULL ||
	    X509_set_version(certificate, X509_VERSION_3) != 1 ||
	    X509_set1_notBefore(certificate, epoch) != 1 ||
	    X509_set1_notAfter(certificate, epoch) != 1 ||
	    X509_set_pubkey(certificate, key->handle) != 1 ||
	    !add_identifier(library, key, certificate) ||
	    X509_sign(certificate, signer, NULL) == 0)
		return NULL;
	return TAKE_PTR(certificate);
}

static bool use_oaep(EVP_PKEY_CTX *context)
{
	return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) ==
		       1 &&
	       EVP_PKEY_CTX_set_rsa_oaep_md_name(context, "SHA256", NULL) ==
		       1 &&
	       EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, "SHA256", NULL) == 1;
}

/* OpenSSL's own choice would be SHA-1. */
static bool use_kdf(const struct key_library *library,
		    enum key_algorithm algorithm, EVP_PKEY_CTX *context)
{
	_cleanup_(EVP_MD_freep) EVP_MD *digest = EVP_MD_fetch(
		crypto_library(library->crypto),
		algorithm == KEY_ALGORITHM_P384 ? "SHA384" : "SHA256", NULL);

	return digest != NULL &&
	       EVP_PKEY_CTX_set_ecdh_kdf_md(context, digest) == 1;
}

enum key_error recipient_add(const struct key_library *library,
			     const struct public_key *key, CMS_ContentInfo *cms)
{
	_cleanup_(X509_freep) X509 *certificate = dress_key(library, key);
	CMS_RecipientInfo *recipient;
	EVP_PKEY_CTX *context;
	bool is_set;

	if (certificate == NULL)
		return key_failure(KEY_E_INTERNAL);
	recipient = CMS_add1_recipient_cert(cms, certificate,
					    CMS_USE_KEYID | CMS_KEY_PARAM);
	if (recipient == NULL)
		return key_failure(KEY_E_INTERNAL);
	context = CMS_RecipientInfo_get0_pkey_ctx(recipient);
	if (context == NULL)
		return key_failure(KEY_E_INTERNAL);
	is_set = key->algorithm == KEY_ALGORITHM_RSA
			 ? use_oaep(context)
			 : use_kdf(library, key->algorithm, context);
	return is_set ? KEY_OK : key_failure(KEY_E_INTERNAL);
}

/* The algorithm that serves an RSA recipient, or NULL for others. */
static X509_ALGOR *transport_algorithm(CMS_RecipientInfo *recipient)
{
	X509_ALGOR *algorithm = NULL;

	if (CMS_RecipientInfo_type(recipient) != CMS_RECIPINFO_TRANS ||
	    CMS_RecipientInfo_ktri_get0_algs(recipient, NULL, NULL,
					     &algorithm) != 1)
		return NULL;
	return algorithm;
}

enum key_error recipient_write_as_kms(CMS_ContentInfo *cms)
{
	CMS_RecipientInfo *recipient =
		sk_CMS_RecipientInfo_value(CMS_get0_RecipientInfos(cms), 0);
	X509_ALGOR *algorithm = transport_algorithm(recipient);
	_cleanup_(ASN1_STRING_freep) ASN1_STRING *parameters = NULL;

	if (algorithm == NULL)
		return KEY_OK;
	parameters = ASN1_STRING_type_new(V_ASN1_SEQUENCE);
	if (parameters == NULL ||
	    ASN1_STRING_set(parameters, oaep_of_kms, sizeof(oaep_of_kms)) !=
		    1 ||
	    X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_rsaesOaep),
			    V_ASN1_SEQUENCE, parameters) != 1)
		return key_failure(KEY_E_INTERNAL);
	parameters = NULL;
	return KEY_OK;
}

/* PKCS #1 v1.5 in its place would open a door to Bleichenbacher's attack. */
static bool is_oaep(CMS_RecipientInfo *recipient)
{
	const X509_ALGOR *algorithm = transport_algorithm(recipient);
	const ASN1_OBJECT *identifier;
	const void *parameters;
	struct span der;
	int type;

	if (algorithm == NULL)
		return false;
	X509_ALGOR_get0(&identifier, &type, &parameters, algorithm);
	if (OBJ_obj2nid(identifier) != NID_rsaesOaep || type != V_ASN1_SEQUENCE)
		return false;
	der = span_of(ASN1_STRING_get0_data(parameters),
		      (size_t)ASN1_STRING_length(parameters));
	return span_equal(der, span_of(oaep_of_kms, sizeof(oaep_of_kms))) ||
	       span_equal(der,
			  span_of(oaep_of_openssl, sizeof(oaep_of_openssl)));
}

static bool is_ecdh(CMS_RecipientInfo *recipient)
{
	X509_ALGOR *algorithm = NULL;
	const ASN1_OBJECT *identifier;
	ASN1_OCTET_STRING *material = NULL;

	if (CMS_RecipientInfo_type(recipient) != CMS_RECIPINFO_AGREE ||
	    CMS_RecipientInfo_kari_get0_alg(recipient, &algorithm, &material) !=
		    1)
		return false;
	X509_ALGOR_get0(&identifier, NULL, NULL, algorithm);
	switch (OBJ_obj2nid(identifier)) {
	case NID_dhSinglePass_stdDH_sha256kdf_scheme:
	case NID_dhSinglePass_stdDH_sha384kdf_scheme:
		return true;
	default:
		return false;
	}
}

enum key_error recipients_check(CMS_ContentInfo *cms)
{
	STACK_OF(CMS_RecipientInfo) *all = CMS_get0_RecipientInfos(cms);
	int count = sk_CMS_RecipientInfo_num(all);

	if (count < 1 || count > RECIPIENTS_MAX)
		return KEY_E_SEALED_FORM;
	for (int i = 0; i < count; i++) {
		CMS_RecipientInfo *one = sk_CMS_RecipientInfo_value(all, i);

		if (!is_oaep(one) && !is_ecdh(one))
			return KEY_E_SEALED_ALGORITHM;
	}
	return KEY_OK;
}
