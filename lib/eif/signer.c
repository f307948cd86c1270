/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "eif/signer.h"

#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <time.h>

#include "base/printable.h"
#include "eif/failure.h"

#define GROUP_NAME_SIZE 32

/* Two integers of at most 67 bytes and their heads: P-521. */
#define DER_SIGNATURE_MAX 144

DEFINE_CLEANUP(BIO *, BIO_free)
DEFINE_CLEANUP(X509 *, X509_free)
DEFINE_CLEANUP(EVP_MD_CTX *, EVP_MD_CTX_free)
DEFINE_CLEANUP(ECDSA_SIG *, ECDSA_SIG_free)

/* The protected header {1: algorithm} says which (RFC 9053 section 2.1), and the
 * key must be on the curve that belongs to it. */
static const struct algorithm {
	const char *name;
	const char *group;
	const char *digest;
	size_t scalar_size; /* bytes of r and of s */
	size_t header_size;
	uint8_t header[4];
} algorithms[] = {
	{ "ES256", "prime256v1", "SHA256", 32, 3, { 0xa1, 0x01, 0x26 } },
	{ "ES384", "secp384r1", "SHA384", 48, 4, { 0xa1, 0x01, 0x38, 0x22 } },
	{ "ES512", "secp521r1", "SHA512", 66, 4, { 0xa1, 0x01, 0x38, 0x23 } },
};

static const struct algorithm *find_algorithm(struct span header)
{
	for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++)
		if (span_equal(header, span_of(algorithms[i].header,
					       algorithms[i].header_size)))
			return &algorithms[i];
	return NULL;
}

/* PEM as it came from OpenSSL: allocated by it. */
struct pem {
	char *name, *header;
	unsigned char *data;
	long size;
};

static void pem_deinit(struct pem *pem)
{
	OPENSSL_free(pem->name);
	OPENSSL_free(pem->header);
	OPENSSL_free(pem->data);
}

static bool read_pem(struct span text, struct pem *ret_pem)
{
	_cleanup_(BIO_freep) BIO *bio =
		BIO_new_mem_buf(text.data, (int)text.size);

	return bio != NULL &&
	       PEM_read_bio(bio, &ret_pem->name, &ret_pem->header,
			    &ret_pem->data, &ret_pem->size) == 1 &&
	       strcmp(ret_pem->name, PEM_STRING_X509) == 0;
}

/* NULL when the DER is not exactly one certificate. */
static X509 *decode_certificate(const struct hash_library *library,
				const struct pem *pem)
{
	_cleanup_(X509_freep) X509 *certificate =
		X509_new_ex(library->context, NULL);
	const unsigned char *next = pem->data;

	if (certificate == NULL ||
	    d2i_X509(&certificate, &next, pem->size) == NULL ||
	    next != pem->data + pem->size)
		return NULL;
	return TAKE_PTR(certificate);
}

static bool read_time(const ASN1_TIME *time, int64_t *ret_seconds)
{
	struct tm fields;

	if (ASN1_TIME_to_tm(time, &fields) != 1)
		return false;
	*ret_seconds = timegm(&fields);
	return true;
}

static bool describe(X509 *certificate, struct eif_signer *ret_signer)
{
	_cleanup_(BIO_freep) BIO *bio = BIO_new(BIO_s_mem());
	char *text;

	if (bio == NULL ||
	    X509_NAME_print_ex(bio, X509_get_subject_name(certificate), 0,
			       XN_FLAG_RFC2253) < 0 ||
	    BIO_write(bio, "", 1) != 1 || BIO_get_mem_data(bio, &text) <= 0)
		return false;
	printable_copy(ret_signer->subject, sizeof(ret_signer->subject), text);
	return read_time(X509_get0_notBefore(certificate),
			 &ret_signer->not_before) &&
	       read_time(X509_get0_notAfter(certificate),
			 &ret_signer->not_after);
}

static bool key_fits(X509 *certificate, const struct algorithm *algorithm)
{
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	char group[GROUP_NAME_SIZE];

	return key != NULL && EVP_PKEY_is_a(key, "EC") == 1 &&
	       EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1 &&
	       strcmp(group, algorithm->group) == 0;
}

/* r || s as the DER that OpenSSL verifies; its size, or 0. */
static size_t encode_signature(struct span raw, uint8_t *ret_der)
{
	_cleanup_(ECDSA_SIG_freep) ECDSA_SIG *signature = ECDSA_SIG_new();
	const int half = (int)raw.size / 2;
	BIGNUM *r = BN_bin2bn(raw.data, half, NULL);
	BIGNUM *s = BN_bin2bn(raw.data + half, half, NULL);
	int size;

	if (signature == NULL || r == NULL || s == NULL ||
	    ECDSA_SIG_set0(signature, r, s) != 1) {
		BN_free(r);
		BN_free(s);
		return 0;
	}
	size = i2d_ECDSA_SIG(signature, NULL);
	if (size <= 0 || size > DER_SIGNATURE_MAX)
		return 0;
	return (size_t)i2d_ECDSA_SIG(signature, &ret_der);
}

/* RFC 9052 section 4.4: Sig_structure = [ "Signature1", body_protected,
 * external_aad, payload ]. */
static bool verify(const struct hash_library *library,
		   const struct algorithm *algorithm,
		   const struct signed_message *message, EVP_PKEY *key)
{
	static const uint8_t head[] = { 0x84, 0x6a, 'S', 'i', 'g', 'n',
					'a',  't',  'u', 'r', 'e', '1' };
	const uint8_t header_head = (uint8_t)(0x40 | algorithm->header_size);
	const uint8_t no_external_data = 0x40;
	_cleanup_(EVP_MD_CTX_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t der[DER_SIGNATURE_MAX];
	size_t size = encode_signature(message->signature, der);

	return size > 0 && context != NULL &&
	       EVP_DigestVerifyInit_ex(context, NULL, algorithm->digest,
				       library->context, NULL, key,
				       NULL) == 1 &&
	       EVP_DigestVerifyUpdate(context, head, sizeof(head)) == 1 &&
	       EVP_DigestVerifyUpdate(context, &header_head, 1) == 1 &&
	       EVP_DigestVerifyUpdate(context, algorithm->header,
				      algorithm->header_size) == 1 &&
	       EVP_DigestVerifyUpdate(context, &no_external_data, 1) == 1 &&
	       EVP_DigestVerifyUpdate(context, message->payload_item.data,
				      message->payload_item.size) == 1 &&
	       EVP_DigestVerifyFinal(context, der, size) == 1;
}

static enum eif_error check_signature(const struct hash_library *library,
				      const struct signed_message *message,
				      X509 *certificate, uint64_t offset,
				      struct eif_failure *failure)
{
	const struct algorithm *algorithm =
		find_algorithm(message->protected_header);

	if (algorithm == NULL)
		return eif_fail(failure, EIF_E_SIGNATURE_ALGORITHM, offset,
				"the protected header is none of ES256, ES384 "
				"and ES512");
	if (!key_fits(certificate, algorithm))
		return eif_fail(failure, EIF_E_SIGNATURE_ALGORITHM, offset,
				"%s needs a key on the curve %s",
				algorithm->name, algorithm->group);
	if (message->signature.size != 2 * algorithm->scalar_size)
		return eif_fail(failure, EIF_E_SIGNATURE_INVALID, offset,
				"%zu bytes; %s has %zu",
				message->signature.size, algorithm->name,
				2 * algorithm->scalar_size);
	if (!verify(library, algorithm, message, X509_get0_pubkey(certificate)))
		return eif_fail_plain(failure, EIF_E_SIGNATURE_INVALID, offset);
	return EIF_OK;
}

static enum eif_error judge(const struct hash_library *library,
			    const struct signed_message *message,
			    uint64_t offset, struct eif *eif,
			    struct eif_failure *failure)
{
	_cleanup_(pem_deinit) struct pem pem = { NULL };
	_cleanup_(X509_freep) X509 *certificate = NULL;
	enum eif_error e;

	if (!read_pem(message->certificate_pem, &pem))
		return eif_fail(failure, EIF_E_SIGNATURE_CERTIFICATE, offset,
				"it is no certificate in PEM");
	certificate = decode_certificate(library, &pem);
	if (certificate == NULL || !describe(certificate, &eif->signer))
		return eif_fail(failure, EIF_E_SIGNATURE_CERTIFICATE, offset,
				"its content is malformed");
	e = check_signature(library, message, certificate, offset, failure);
	if (e != EIF_OK)
		return e;
	eif->signer.algorithm = find_algorithm(message->protected_header)->name;
	e = hash_pcr(library, span_of(pem.data, (size_t)pem.size), eif->pcr8);
	return e == EIF_OK ? e : eif_fail_plain(failure, e, offset);
}

enum eif_error signer_verify(const struct hash_library *library,
			     const struct signed_message *message,
			     uint64_t offset, struct eif *eif,
			     struct eif_failure *reterr_failure)
{
	enum eif_error e = judge(library, message, offset, eif, reterr_failure);

	ERR_clear_error();
	return e;
}
