/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/certificate.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/x509.h>

#include "attest/certificate_private.h"
#include "attest/crypto.h"
#include "attest/failure.h"
#include "base/time_text.h"

/* RFC 5280 section 4.1.2.2: at most 20 octets; the leading zero that keeps the
 * number positive is not counted (genuine serial numbers have one). */
#define SERIAL_SIZE_MAX 20

/* AlgorithmIdentifier { ecdsa-with-SHA384 }, parameters absent (RFC 5758 3.2). */
static const uint8_t ecdsa_with_sha384[] = {
	0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03,
};

/* SubjectPublicKeyInfo { id-ecPublicKey, secp384r1 } up to and including the 04
 * of an uncompressed point (RFC 5480 section 2); 96 bytes of x and y follow. */
static const uint8_t p384_key_head[] = {
	0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
	0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04,
};
#define P384_POINT_SIZE (1 + 2 * ATTEST_SCALAR_SIZE)
#define P384_KEY_SIZE	(sizeof(p384_key_head) + 2 * ATTEST_SCALAR_SIZE)

DEFINE_CLEANUP(BIO *, BIO_free)
DEFINE_CLEANUP(X509_NAME *, X509_NAME_free)

enum attest_error certificate_refuse(struct attest_failure *failure,
				     enum attest_error error,
				     const char *expected, const char *actual)
{
	enum attest_error e = crypto_failure(error);

	if (e != error)
		return failure_plain(failure, e);
	return failure_set(failure, e, expected, "%s", actual);
}

static enum attest_error decode(struct certificate *certificate,
				const struct crypto *crypto,
				struct attest_failure *failure)
{
	const uint8_t *at = certificate->der.data;
	X509 *x509 = X509_new_ex(crypto_library(crypto), NULL);
	size_t used;

	if (x509 == NULL)
		return failure_plain(failure, ATTEST_E_NO_MEMORY);
	/* On failure d2i_X509() has freed the object and set x509 to NULL. */
	if (d2i_X509(&x509, &at, (long)certificate->der.size) == NULL)
		return certificate_refuse(
			failure, ATTEST_E_CERTIFICATE_ENCODING,
			"an X.509 certificate", "not decodable");
	certificate->x509 = x509;
	used = (size_t)(at - certificate->der.data);
	if (used != certificate->der.size)
		return failure_set(failure, ATTEST_E_CERTIFICATE_TRAILING,
				   "the end of the certificate",
				   "%zu more bytes",
				   certificate->der.size - used);
	crypto_forget_errors();
	return ATTEST_OK;
}

/* OpenSSL keeps the bytes that a name was read from. Built anew from its entries
 * it has one encoding only. */
static bool name_is_canonical(const X509_NAME *name)
{
	_cleanup_(X509_NAME_freep) X509_NAME *copy = X509_NAME_new();
	_cleanup_encoding_ struct encoding encoding = { NULL, 0 };
	const unsigned char *bytes;
	int set_before = -1;
	size_t size;

	if (copy == NULL || X509_NAME_get0_der(name, &bytes, &size) != 1)
		return false;
	for (int i = 0; i < X509_NAME_entry_count(name); i++) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
		int set = X509_NAME_ENTRY_set(entry);

		/* -1 joins the entry to the one before (multi-valued RDN). */
		if (X509_NAME_add_entry(copy, entry, -1,
					set == set_before ? -1 : 0) != 1)
			return false;
		set_before = set;
	}
	encoding.size = i2d_X509_NAME(copy, &encoding.data);
	return encoding_equals(&encoding, span_of(bytes, size));
}

/* A signature is whole octets; OpenSSL keeps the count of unused bits and masks
 * them away. */
static bool signature_is_whole(const X509 *x509)
{
	const ASN1_BIT_STRING *signature;

	X509_get0_signature(&signature, NULL, x509);
	return (signature->flags & 0x07) == 0;
}

/* DER has one encoding for each value; BER, which OpenSSL reads as well, has
 * many. Everything is encoded again and compared. */
static enum attest_error check_canonical(const struct certificate *certificate,
					 struct attest_failure *failure)
{
	_cleanup_encoding_ struct encoding tbs = { NULL, 0 };
	_cleanup_encoding_ struct encoding whole = { NULL, 0 };
	X509 *x509 = certificate->x509;

	/* TRUE is 0xff in DER; OpenSSL keeps any other non-zero octet. */
	for (int i = 0; i < X509_get_ext_count(x509); i++) {
		X509_EXTENSION *extension = X509_get_ext(x509, i);

		X509_EXTENSION_set_critical(
			extension, X509_EXTENSION_get_critical(extension));
	}
	/* Drops the bytes that were kept from reading, so that i2d_X509() does
	 * not merely give them back. */
	tbs.size = i2d_re_X509_tbs(x509, &tbs.data);
	whole.size = i2d_X509(x509, &whole.data);
	if (tbs.size > 0 && encoding_equals(&whole, certificate->der) &&
	    signature_is_whole(x509) &&
	    name_is_canonical(X509_get_issuer_name(x509)) &&
	    name_is_canonical(X509_get_subject_name(x509)))
		return ATTEST_OK;
	return certificate_refuse(failure, ATTEST_E_CERTIFICATE_ENCODING,
				  "canonical DER",
				  "another encoding of the same values");
}

static enum attest_error check_version(const struct certificate *certificate,
				       struct attest_failure *failure)
{
	long version = X509_get_version(certificate->x509);

	if (version == X509_VERSION_3)
		return ATTEST_OK;
	return failure_set(failure, ATTEST_E_CERTIFICATE_VERSION, "version 3",
			   "version %ld", version + 1);
}

static enum attest_error check_serial(const struct certificate *certificate,
				      struct attest_failure *failure)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate->x509);
	struct span number = span_of(ASN1_STRING_get0_data(serial),
				     (size_t)ASN1_STRING_length(serial));
	bool is_negative = ASN1_STRING_type(serial) != V_ASN1_INTEGER;
	char text[FAILURE_QUOTE_SIZE];

	if (!is_negative && number.size <= SERIAL_SIZE_MAX &&
	    !span_is_zero(number))
		return ATTEST_OK;
	return failure_set(failure, ATTEST_E_CERTIFICATE_SERIAL,
			   "a positive number of at most 20 octets",
			   "%zu octets: %s%s", number.size,
			   is_negative ? "-" : "", failure_quote(number, text));
}

static bool is_ecdsa_with_sha384(const X509_ALGOR *algorithm)
{
	_cleanup_encoding_ struct encoding encoding = { NULL, 0 };

	encoding.size = i2d_X509_ALGOR(algorithm, &encoding.data);
	return encoding_equals(&encoding, span_of(ecdsa_with_sha384,
						  sizeof(ecdsa_with_sha384)));
}

/* RFC 5280 section 4.1.1.2: the algorithm stands outside and inside. */
static enum attest_error check_algorithm(const struct certificate *certificate,
					 struct attest_failure *failure)
{
	const X509_ALGOR *inside = X509_get0_tbs_sigalg(certificate->x509);
	const X509_ALGOR *outside;
	const ASN1_OBJECT *object;
	char name[80];

	X509_get0_signature(NULL, &outside, certificate->x509);
	if (is_ecdsa_with_sha384(inside) && is_ecdsa_with_sha384(outside))
		return ATTEST_OK;
	X509_ALGOR_get0(&object, NULL, NULL,
			is_ecdsa_with_sha384(inside) ? outside : inside);
	OBJ_obj2txt(name, sizeof(name), object, 0);
	return certificate_refuse(failure, ATTEST_E_CERTIFICATE_ALGORITHM,
				  "ecdsa-with-SHA384, inside and outside",
				  name);
}

static enum attest_error read_key(struct certificate *certificate,
				  const struct crypto *crypto,
				  struct attest_failure *failure)
{
	_cleanup_encoding_ struct encoding encoding = { NULL, 0 };
	enum attest_error e;

	encoding.size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate->x509),
					&encoding.data);
	if (encoding.size != P384_KEY_SIZE ||
	    memcmp(encoding.data, p384_key_head, sizeof(p384_key_head)) != 0)
		return certificate_refuse(failure, ATTEST_E_CERTIFICATE_KEY,
					  "an uncompressed point on P-384",
					  "another kind of key");
	certificate->key = X509_get0_pubkey(certificate->x509);
	if (certificate->key != NULL)
		return ATTEST_OK;
	/* OpenSSL does not say why. Is it the point that is wrong? */
	e = crypto_check_p384_point(
		crypto, span_of(encoding.data + P384_KEY_SIZE - P384_POINT_SIZE,
				P384_POINT_SIZE));
	if (e == ATTEST_E_CERTIFICATE_KEY)
		return failure_set(failure, e, "a point on P-384",
				   "a point beside the curve");
	return failure_plain(failure, ATTEST_E_NO_MEMORY);
}

/* RFC 5280 section 4.1.2.5: UTCTime "YYMMDDHHMMSSZ" through the year 2049 (YY of
 * 50 and more are 19YY), GeneralizedTime "YYYYMMDDHHMMSSZ" from 2050 on. */
static bool read_time(const ASN1_TIME *time, int64_t *ret_seconds)
{
	const char *digits = (const char *)ASN1_STRING_get0_data(time);
	bool is_utc = ASN1_STRING_type(time) == V_ASN1_UTCTIME;
	int length = ASN1_STRING_length(time);
	const char *century = "";
	char text[TIME_TEXT_SIZE];
	int64_t ms;

	if (length != (is_utc ? 13 : 15) || digits[length - 1] != 'Z')
		return false;
	if (is_utc)
		century = digits[0] >= '5' ? "19" : "20";
	else if (memcmp(digits, "2050", 4) < 0)
		return false;
	digits += is_utc ? 2 : 4;
	snprintf(text, sizeof(text), "%s%.*s-%.2s-%.2sT%.2s:%.2s:%.2sZ",
		 century, is_utc ? 2 : 4, digits - (is_utc ? 2 : 4), digits,
		 digits + 2, digits + 4, digits + 6, digits + 8);
	if (time_parse(text, &ms) < 0)
		return false;
	*ret_seconds = ms / MSEC_PER_SEC;
	return true;
}

static enum attest_error read_period(struct certificate *certificate,
				     struct attest_failure *failure)
{
	const ASN1_TIME *from = X509_get0_notBefore(certificate->x509);
	const ASN1_TIME *to = X509_get0_notAfter(certificate->x509);

	if (read_time(from, &certificate->not_before) &&
	    read_time(to, &certificate->not_after) &&
	    certificate->not_before <= certificate->not_after)
		return ATTEST_OK;
	return failure_set(failure, ATTEST_E_CERTIFICATE_PERIOD,
			   "notBefore and notAfter in order, as in RFC 5280",
			   "%.*s to %.*s", ASN1_STRING_length(from),
			   (const char *)ASN1_STRING_get0_data(from),
			   ASN1_STRING_length(to),
			   (const char *)ASN1_STRING_get0_data(to));
}

/* The subject as text: everything but printable ASCII is escaped (RFC 4514). */
static enum attest_error read_subject(struct certificate *certificate,
				      struct attest_failure *failure)
{
	_cleanup_(BIO_freep) BIO *text = BIO_new(BIO_s_mem());
	const X509_NAME *name = X509_get_subject_name(certificate->x509);
	char *data;
	long size;

	if (text == NULL)
		return failure_plain(failure, ATTEST_E_NO_MEMORY);
	if (X509_NAME_print_ex(text, name, 0, XN_FLAG_RFC2253) < 0)
		return certificate_refuse(
			failure, ATTEST_E_CERTIFICATE_ENCODING,
			"a subject that is a name", "not printable");
	size = BIO_get_mem_data(text, &data);
	if (size < 0 || (size_t)size >= sizeof(certificate->subject))
		return failure_set(failure, ATTEST_E_CERTIFICATE_ENCODING,
				   "a subject below 512 characters",
				   "%ld characters", size);
	memcpy(certificate->subject, data, (size_t)size);
	certificate->subject[size] = '\0';
	return ATTEST_OK;
}

/* The one commonName, when it is plain text that was not made to mislead. */
static void read_common_name(struct certificate *certificate)
{
	const X509_NAME *name = X509_get_subject_name(certificate->x509);
	int index = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	const ASN1_STRING *value;
	struct span text;

	if (index < 0 ||
	    X509_NAME_get_index_by_NID(name, NID_commonName, index) >= 0)
		return;
	value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index));
	text = span_of(ASN1_STRING_get0_data(value),
		       (size_t)ASN1_STRING_length(value));
	if (text.size >= sizeof(certificate->common_name))
		return;
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] < ' ' || text.data[i] > '~')
			return;
	memcpy(certificate->common_name, text.data, text.size);
}

static enum attest_error read_names(struct certificate *certificate,
				    struct attest_failure *failure)
{
	X509_NAME *issuer = X509_get_issuer_name(certificate->x509);
	X509_NAME *subject = X509_get_subject_name(certificate->x509);
	enum attest_error e;

	if (X509_NAME_get0_der(issuer, &certificate->issuer_name.data,
			       &certificate->issuer_name.size) != 1 ||
	    X509_NAME_get0_der(subject, &certificate->subject_name.data,
			       &certificate->subject_name.size) != 1)
		return failure_plain(failure,
				     crypto_failure(ATTEST_E_INTERNAL));
	e = read_subject(certificate, failure);
	if (e == ATTEST_OK)
		read_common_name(certificate);
	return e;
}

static enum attest_error read_certificate(struct certificate *certificate,
					  const struct crypto *crypto,
					  struct attest_failure *failure)
{
	enum attest_error e;

	e = decode(certificate, crypto, failure);
	if (e == ATTEST_OK)
		e = check_canonical(certificate, failure);
	if (e == ATTEST_OK)
		e = check_version(certificate, failure);
	if (e == ATTEST_OK)
		e = check_serial(certificate, failure);
	if (e == ATTEST_OK)
		e = check_algorithm(certificate, failure);
	if (e == ATTEST_OK)
		e = read_key(certificate, crypto, failure);
	if (e == ATTEST_OK)
		e = read_period(certificate, failure);
	if (e == ATTEST_OK)
		e = certificate_read_extensions(certificate, failure);
	if (e == ATTEST_OK)
		e = read_names(certificate, failure);
	return e;
}

enum attest_error certificate_init(struct certificate *ret_certificate,
				   const struct crypto *crypto, struct span der,
				   struct attest_failure *reterr_failure)
{
	struct certificate certificate = { .der = der };
	enum attest_error e;

	e = crypto_sha256(crypto, &der, 1, certificate.sha256);
	if (e != ATTEST_OK)
		return failure_plain(reterr_failure, e);
	e = read_certificate(&certificate, crypto, reterr_failure);
	if (e != ATTEST_OK) {
		certificate_deinit(&certificate);
		return e;
	}
	*ret_certificate = certificate;
	return ATTEST_OK;
}

void certificate_deinit(struct certificate *certificate)
{
	X509_free(certificate->x509);
	*certificate = (struct certificate){ .x509 = NULL };
}

bool certificate_is_self_signed(const struct certificate *certificate)
{
	return X509_verify(certificate->x509, certificate->key) == 1;
}
