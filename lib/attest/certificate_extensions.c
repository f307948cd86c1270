/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/certificate.h"

#include <openssl/asn1.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "attest/certificate_private.h"
#include "attest/failure.h"

/* Bits of keyUsage (RFC 5280 section 4.2.1.3). */
#define USAGE_DIGITAL_SIGNATURE 0
#define USAGE_KEY_CERT_SIGN	5

static void read_basic_constraints(struct certificate *certificate,
				   BASIC_CONSTRAINTS *constraints,
				   bool *ret_is_wrong)
{
	certificate->is_ca = constraints->ca != 0;
	/* TRUE is 0xff in DER; OpenSSL keeps any other non-zero octet. */
	constraints->ca = constraints->ca != 0 ? 0xff : 0;
	if (constraints->pathlen == NULL)
		return;
	/* RFC 5280 section 4.2.1.9: a length only for a CA, and >= 0. */
	*ret_is_wrong = !certificate->is_ca ||
			ASN1_INTEGER_get_uint64(&certificate->path_length,
						constraints->pathlen) != 1;
}

static void read_key_usage(struct certificate *certificate,
			   ASN1_BIT_STRING *usage)
{
	certificate->may_sign_data =
		ASN1_BIT_STRING_get_bit(usage, USAGE_DIGITAL_SIGNATURE) == 1;
	certificate->may_sign_certificates =
		ASN1_BIT_STRING_get_bit(usage, USAGE_KEY_CERT_SIGN) == 1;
	/* X.690 section 11.2.2: a named bit list has no trailing zero bits.
	 * Without these flags OpenSSL encodes it that way. */
	usage->flags &= ~(ASN1_STRING_FLAG_BITS_LEFT | 0x07);
}

/* Decodes the value of an extension that OpenSSL knows, reads those that matter
 * here, and compares the value with its canonical encoding. */
static bool read_extension(struct certificate *certificate,
			   X509_EXTENSION *extension)
{
	const X509V3_EXT_METHOD *method = X509V3_EXT_get(extension);
	const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(extension);
	struct span bytes = span_of(ASN1_STRING_get0_data(value),
				    (size_t)ASN1_STRING_length(value));
	_cleanup_encoding_ struct encoding encoding = { NULL, 0 };
	const unsigned char *at = bytes.data;
	bool is_wrong = false;
	ASN1_VALUE *decoded;

	if (method == NULL || method->it == NULL)
		return true;
	decoded = ASN1_item_d2i(NULL, &at, (long)bytes.size,
				ASN1_ITEM_ptr(method->it));
	if (decoded == NULL)
		return false;
	if (method->ext_nid == NID_basic_constraints)
		read_basic_constraints(certificate, (void *)decoded, &is_wrong);
	else if (method->ext_nid == NID_key_usage)
		read_key_usage(certificate, (void *)decoded);
	encoding.size = ASN1_item_i2d(decoded, &encoding.data,
				      ASN1_ITEM_ptr(method->it));
	ASN1_item_free(decoded, ASN1_ITEM_ptr(method->it));
	return !is_wrong && encoding_equals(&encoding, bytes);
}

/* RFC 5280 section 4.2: no extension twice, and none that is critical and not
 * processed. Processed here are basicConstraints and keyUsage. */
static enum attest_error check_extension(struct certificate *certificate,
					 int index,
					 struct attest_failure *failure)
{
	X509_EXTENSION *extension = X509_get_ext(certificate->x509, index);
	const ASN1_OBJECT *object = X509_EXTENSION_get_object(extension);
	int nid = OBJ_obj2nid(object);
	char name[80];

	OBJ_obj2txt(name, sizeof(name), object, 0);
	if (X509_get_ext_by_OBJ(certificate->x509, object, index) >= 0)
		return failure_set(failure, ATTEST_E_EXTENSION_DUPLICATE,
				   "each extension once", "%s twice", name);
	if (X509_EXTENSION_get_critical(extension) &&
	    nid != NID_basic_constraints && nid != NID_key_usage)
		return failure_set(failure, ATTEST_E_EXTENSION_UNKNOWN,
				   "basicConstraints and keyUsage",
				   "critical %s", name);
	if (!read_extension(certificate, extension))
		return certificate_refuse(failure, ATTEST_E_EXTENSION_ENCODING,
					  "a value in canonical DER", name);
	return ATTEST_OK;
}

enum attest_error certificate_read_extensions(struct certificate *certificate,
					      struct attest_failure *failure)
{
	enum attest_error e;

	certificate->path_length = CERTIFICATE_ANY_PATH_LENGTH;
	for (int i = 0; i < X509_get_ext_count(certificate->x509); i++) {
		e = check_extension(certificate, i, failure);
		if (e != ATTEST_OK)
			return e;
	}
	return ATTEST_OK;
}
