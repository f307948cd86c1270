/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests against published values, and certificates in all the forms that an
 * admin may have them in.
 */
#include "config.h"

#include "attest/digest.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/hex.h"
#include "nitro-sim/authority.h"
#include "tests/unit/unit.h"

static struct digest *digest;

static void setup(void)
{
	ck_assert_int_eq(digest_new(&digest), ATTEST_OK);
}

static void teardown(void)
{
	digest_free(digest);
}

static void assert_hex(const uint8_t *bytes, size_t size, const char *expected)
{
	char hex[HEX_SIZE(ATTEST_SHA384_SIZE)];

	hex_encode(span_of(bytes, size), hex);
	ck_assert_str_eq(hex, expected);
}

/* FIPS 180-4, "abc" in two parts. */
START_TEST(digests_parts_as_one_text)
{
	const struct span parts[] = { span_of_text("a"), span_of_text("bc") };
	uint8_t sha256[ATTEST_SHA256_SIZE];
	uint8_t sha384[ATTEST_SHA384_SIZE];

	ck_assert_int_eq(digest_sha256(digest, parts, 2, sha256), ATTEST_OK);
	assert_hex(
		sha256, sizeof(sha256),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f200"
		"15ad");
	ck_assert_int_eq(digest_sha384(digest, parts, 2, sha384), ATTEST_OK);
	assert_hex(
		sha384, sizeof(sha384),
		"cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff"
		"5bed8086072ba1e7cc2358baeca134c825a7");
}
END_TEST

/* A value that is published for this role; no enclave has this ARN. */
START_TEST(measures_a_role)
{
	uint8_t pcr[ATTEST_SHA384_SIZE];

	ck_assert_int_eq(digest_pcr_of_text(
				 digest,
				 span_of_text("arn:aws:iam::123456789012:role/"
					      "Webserver"),
				 pcr),
			 ATTEST_OK);
	assert_hex(
		pcr, sizeof(pcr),
		"78fce75db17cd4e0a3fb8dad3ad128ca5e77edbb2b2c7f75329dccd99aa5"
		"f6ef4fc1f1a452e315b9e98f9e312e6921e6");
}
END_TEST

/* PCR2 of every enclave without an application part. */
START_TEST(measures_no_content)
{
	uint8_t pcr[ATTEST_SHA384_SIZE];

	ck_assert_int_eq(digest_pcr_of_content(digest, NULL, 0, pcr),
			 ATTEST_OK);
	assert_hex(
		pcr, sizeof(pcr),
		"21b9efbc184807662e966d34f390821309eeac6802309798826296bf3e8b"
		"ec7c10edb30948c90ba67310f7b964fc500a");
}
END_TEST

/* One certificate as PEM and as DER, with room behind it. */
struct forms {
	struct bytes pem;
	unsigned char der[2048];
	size_t der_size;
};

static void make_forms(struct forms *ret_forms)
{
	_cleanup_(authority_freep) struct authority *authority = NULL;
	unsigned char *to = ret_forms->der;
	BIO *bio;
	X509 *certificate;
	int size;

	ck_assert_int_eq(authority_new(&authority), 0);
	ck_assert_int_eq(authority_root_pem(authority, &ret_forms->pem), 0);
	bio = BIO_new_mem_buf(ret_forms->pem.data, (int)ret_forms->pem.size);
	certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	ck_assert_ptr_nonnull(certificate);
	size = i2d_X509(certificate, NULL);
	ck_assert_int_gt(size, 0);
	ck_assert_int_lt(size, 2000);
	ck_assert_int_eq(i2d_X509(certificate, &to), size);
	ret_forms->der_size = (size_t)size;
	X509_free(certificate);
	BIO_free(bio);
}

START_TEST(measures_a_certificate_of_either_form)
{
	struct forms forms = { .pem = BYTES_EMPTY };
	uint8_t expected[ATTEST_SHA384_SIZE], pcr[ATTEST_SHA384_SIZE];
	struct span der;

	make_forms(&forms);
	der = span_of(forms.der, forms.der_size);
	ck_assert_int_eq(digest_pcr_of_content(digest, &der, 1, expected),
			 ATTEST_OK);
	ck_assert_int_eq(digest_pcr_of_certificate(digest, der, pcr),
			 ATTEST_OK);
	ck_assert_mem_eq(pcr, expected, sizeof(pcr));
	memset(pcr, 0, sizeof(pcr));
	ck_assert_int_eq(
		digest_pcr_of_certificate(digest, bytes_span(&forms.pem), pcr),
		ATTEST_OK);
	ck_assert_mem_eq(pcr, expected, sizeof(pcr));
	bytes_clear(&forms.pem);
}
END_TEST

static enum attest_error try_certificate(struct span file)
{
	uint8_t pcr[ATTEST_SHA384_SIZE];

	return digest_pcr_of_certificate(digest, file, pcr);
}

START_TEST(refuses_what_is_not_one_certificate)
{
	struct forms forms = { .pem = BYTES_EMPTY };
	_cleanup_free_ char *twice = NULL;
	int size;

	make_forms(&forms);
	size = asprintf(&twice, "%.*s%.*s", (int)forms.pem.size,
			(const char *)forms.pem.data, (int)forms.pem.size,
			(const char *)forms.pem.data);
	ck_assert_int_gt(size, 0);
	ck_assert_int_eq(try_certificate(span_of(twice, (size_t)size)),
			 ATTEST_E_ROOT_FILE);
	ck_assert_int_eq(try_certificate(span_of_text("")), ATTEST_E_ROOT_FILE);
	ck_assert_int_eq(try_certificate(span_of_text("not one")),
			 ATTEST_E_ROOT_FILE);
	/* A byte behind it, a byte too few, not a certificate. */
	ck_assert_int_eq(
		try_certificate(span_of(forms.der, forms.der_size + 1)),
		ATTEST_E_CERTIFICATE_ENCODING);
	ck_assert_int_eq(
		try_certificate(span_of(forms.der, forms.der_size - 1)),
		ATTEST_E_CERTIFICATE_ENCODING);
	forms.der[4] ^= 0xff;
	ck_assert_int_eq(try_certificate(span_of(forms.der, forms.der_size)),
			 ATTEST_E_CERTIFICATE_ENCODING);
	bytes_clear(&forms.pem);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, digests_parts_as_one_text);
	tcase_add_test(tests, measures_a_role);
	tcase_add_test(tests, measures_no_content);
	tcase_add_test(tests, measures_a_certificate_of_either_form);
	tcase_add_test(tests, refuses_what_is_not_one_certificate);
}

UNIT_MAIN("digest", add_tests)
