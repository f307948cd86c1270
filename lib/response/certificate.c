/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "response/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/hex.h"
#include "key/public_key.h"

#define DER_SEQUENCE	 0x30
#define DER_OCTET_STRING 0x04

DEFINE_CLEANUP(BIO *, BIO_free)
DEFINE_CLEANUP(X509 *, X509_free)
DEFINE_CLEANUP(GENERAL_NAMES *, GENERAL_NAMES_free)
DEFINE_CLEANUP(ASN1_OCTET_STRING *, ASN1_OCTET_STRING_free)

/* COSE_Sign1 with ES384, without or with its tag: what every document begins with
 * (RFC 9052 section 4.2). */
static const uint8_t document_head[] = { 0x84, 0x44, 0xa1, 0x01, 0x38, 0x22 };
#define DOCUMENT_TAG 0xd2

void tls_certificate_free(struct tls_certificate certificate)
{
	buffer_free(certificate.spki);
	buffer_free(certificate.bare);
	buffer_free(certificate.document);
}

static bool copy(struct span bytes, struct buffer *ret_copy)
{
	uint8_t *data = malloc(bytes.size + 1);

	if (data == NULL)
		return false;
	memcpy(data, bytes.data, bytes.size);
	*ret_copy = (struct buffer){ data, bytes.size };
	return true;
}

static X509 *parse(const struct key_library *library, struct span bytes)
{
	_cleanup_(X509_freep) X509 *certificate =
		X509_new_ex(crypto_library(library->crypto), NULL);
	const unsigned char *next = bytes.data;
	_cleanup_(BIO_freep) BIO *bio = NULL;

	if (certificate == NULL)
		return NULL;
	if (bytes.data[0] == DER_SEQUENCE) {
		if (d2i_X509(&certificate, &next, (long)bytes.size) == NULL ||
		    next != bytes.data + bytes.size)
			return NULL;
		return TAKE_PTR(certificate);
	}
	bio = BIO_new_mem_buf(bytes.data, (int)bytes.size);
	if (bio == NULL ||
	    PEM_read_bio_X509(bio, &certificate, NULL, NULL) == NULL)
		return NULL;
	return TAKE_PTR(certificate);
}

static bool is_document(struct span bytes)
{
	if (bytes.size > 0 && bytes.data[0] == DOCUMENT_TAG)
		bytes = span_of(bytes.data + 1, bytes.size - 1);
	return bytes.size > sizeof(document_head) &&
	       memcmp(bytes.data, document_head, sizeof(document_head)) == 0;
}

/* An extension's value is an OCTET STRING; some put another one into it. */
static bool take_extension(X509_EXTENSION *extension, struct buffer *document)
{
	const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(extension);
	struct span bytes = span_of(ASN1_STRING_get0_data(value),
				    (size_t)ASN1_STRING_length(value));
	_cleanup_(ASN1_OCTET_STRING_freep) ASN1_OCTET_STRING *inner = NULL;
	const unsigned char *next = bytes.data;

	if (bytes.size > 0 && bytes.data[0] == DER_OCTET_STRING) {
		inner = d2i_ASN1_OCTET_STRING(NULL, &next, (long)bytes.size);
		if (inner != NULL)
			bytes = span_of(ASN1_STRING_get0_data(inner),
					(size_t)ASN1_STRING_length(inner));
	}
	return !is_document(bytes) || copy(bytes, document);
}

/* "<document in hexadecimal>.<name>" */
static bool take_name(const GENERAL_NAME *name, struct buffer *document)
{
	_cleanup_(buffer_freep) struct buffer bytes = BUFFER_EMPTY;
	const ASN1_IA5STRING *text;
	const uint8_t *dot;
	struct span label;

	if (name->type != GEN_DNS)
		return true;
	text = name->d.dNSName;
	label = span_of(ASN1_STRING_get0_data(text),
			(size_t)ASN1_STRING_length(text));
	dot = memchr(label.data, '.', label.size);
	if (dot != NULL)
		label.size = (size_t)(dot - label.data);
	bytes.data = malloc(label.size / 2 + 1);
	if (bytes.data == NULL)
		return false;
	if (hex_decode(label, bytes.data, label.size / 2, &bytes.size) < 0 ||
	    !is_document(buffer_span(&bytes)))
		return true;
	*document = bytes;
	bytes = BUFFER_EMPTY;
	return true;
}

/* The first that is found. False: memory is exhausted. */
static bool find_document(X509 *certificate, struct buffer *document)
{
	_cleanup_(GENERAL_NAMES_freep) GENERAL_NAMES *names =
		X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	bool has_memory = true;

	for (int i = 0; has_memory && document->size == 0 &&
			i < X509_get_ext_count(certificate);
	     i++)
		has_memory =
			take_extension(X509_get_ext(certificate, i), document);
	for (int i = 0; has_memory && document->size == 0 &&
			i < sk_GENERAL_NAME_num(names);
	     i++)
		has_memory =
			take_name(sk_GENERAL_NAME_value(names, i), document);
	return has_memory;
}

/* Bare bytes do not say what they are: on a curve whose base point he chose,
 * whoever made the certificate has a private key for any point (CVE-2020-0601).
 * So only a key that a document could hold has them. */
static bool take_bare(const struct key_library *library,
		      const X509_PUBKEY *info, struct tls_certificate *result)
{
	_cleanup_(public_key_freep) struct public_key key = PUBLIC_KEY_EMPTY;
	const unsigned char *bare;
	enum key_error e;
	int size;

	e = public_key_read(library, buffer_span(&result->spki), &key);
	if (e == KEY_E_NO_MEMORY || e == KEY_E_INTERNAL)
		return false;
	if (e != KEY_OK)
		return true;
	return X509_PUBKEY_get0_param(NULL, &bare, &size, NULL, info) == 1 &&
	       copy(span_of(bare, (size_t)size), &result->bare);
}

static bool take_key(const struct key_library *library, X509 *certificate,
		     struct tls_certificate *result)
{
	X509_PUBKEY *info = X509_get_X509_PUBKEY(certificate);
	unsigned char *der = NULL;
	int size = i2d_X509_PUBKEY(info, &der);
	bool has_memory = size > 0 &&
			  copy(span_of(der, (size_t)size), &result->spki) &&
			  take_bare(library, info, result);

	OPENSSL_free(der);
	return has_memory;
}

static bool take_digests(const struct key_library *library, X509 *certificate,
			 struct tls_certificate *result)
{
	const struct span spki = buffer_span(&result->spki);
	unsigned char *der = NULL;
	int size = i2d_X509(certificate, &der);
	const struct span whole = span_of(der, size > 0 ? (size_t)size : 0);
	bool is_done = size > 0 &&
		       crypto_sha256(library->crypto, &spki, 1,
				     result->spki_sha256) == ATTEST_OK &&
		       crypto_sha256(library->crypto, &whole, 1,
				     result->sha256) == ATTEST_OK;

	OPENSSL_free(der);
	return is_done;
}

enum response_error
tls_certificate_read(const struct key_library *library, struct span bytes,
		     struct tls_certificate *ret_certificate)
{
	_cleanup_(tls_certificate_freep) struct tls_certificate result =
		TLS_CERTIFICATE_EMPTY;
	_cleanup_(X509_freep) X509 *certificate = NULL;

	if (bytes.size == 0 || bytes.size > TLS_CERTIFICATE_MAX)
		return RESPONSE_E_CERTIFICATE;
	certificate = parse(library, bytes);
	ERR_clear_error();
	if (certificate == NULL)
		return RESPONSE_E_CERTIFICATE;
	if (!take_key(library, certificate, &result) ||
	    !take_digests(library, certificate, &result) ||
	    !find_document(certificate, &result.document))
		return RESPONSE_E_NO_MEMORY;
	ERR_clear_error();
	*ret_certificate = result;
	result = TLS_CERTIFICATE_EMPTY;
	return RESPONSE_OK;
}

static bool is_digest(struct span field, struct span digest)
{
	uint8_t decoded[ATTEST_SHA256_SIZE];
	size_t size;

	return span_equal(field, digest) ||
	       (hex_decode(field, decoded, sizeof(decoded), &size) == 0 &&
		span_equal(span_of(decoded, size), digest));
}

/* nitriding: the digest of the certificate, then that of an application key, each
 * behind "sha256:" and with a semicolon between them, or each as a multihash. */
static bool is_nitriding(struct span field, struct span digest)
{
	static const struct {
		size_t size;
		struct span head;
	} forms[] = {
		{ 79, { (const uint8_t *)"sha256:", 7 } },
		{ 68, { (const uint8_t *)"\x12\x20", 2 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct span head = forms[i].head;

		if (field.size == forms[i].size &&
		    memcmp(field.data, head.data, head.size) == 0 &&
		    memcmp(field.data + head.size, digest.data, digest.size) ==
			    0)
			return true;
	}
	return false;
}

static bool names(struct span field, const struct tls_certificate *certificate)
{
	const struct span sha256 =
		span_of(certificate->sha256, sizeof(certificate->sha256));

	return field.size > 0 &&
	       (span_equal(field, buffer_span(&certificate->spki)) ||
		span_equal(field, buffer_span(&certificate->bare)) ||
		is_digest(field, span_of(certificate->spki_sha256,
					 sizeof(certificate->spki_sha256))) ||
		is_digest(field, sha256) || is_nitriding(field, sha256));
}

const char *tls_certificate_find(const struct tls_certificate *certificate,
				 const struct evidence *evidence, bool in_nonce)
{
	if (names(evidence_public_key(evidence), certificate))
		return "public_key";
	if (names(evidence_user_data(evidence), certificate))
		return "user_data";
	if (in_nonce && names(evidence_nonce(evidence), certificate))
		return "nonce";
	return NULL;
}
