/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trusted roots: what is taken as one, and what is not.
 */
#include "config.h"

#include "attest/anchors.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "attest/aws_root.h"
#include "base/hex.h"
#include "tests/unit/unit.h"

static struct anchors *anchors;

static void setup(void)
{
	ck_assert_int_eq(anchors_new(&anchors), ATTEST_OK);
}

static void teardown(void)
{
	anchors_free(anchors);
}

/* What a root of one's own is made of. */
struct recipe {
	const char *curve;
	const char *constraints;
	const char *usage;
	const char *issuer; /* NULL: itself */
};

static const struct recipe good = { "P-384", "critical,CA:TRUE",
				    "critical,keyCertSign", NULL };

static void add_extension(X509 *x509, int nid, const char *value)
{
	X509_EXTENSION *extension;

	if (value == NULL)
		return;
	extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	ck_assert_ptr_nonnull(extension);
	ck_assert_int_eq(X509_add_ext(x509, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static void set_name(X509_NAME *name, const char *text)
{
	ck_assert_int_eq(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
						    (const void *)text, -1, -1,
						    0),
			 1);
}

/* A new certificate as PEM; static text. */
static struct span make_root(const struct recipe *recipe)
{
	static char pem[4096];
	EVP_PKEY *key = EVP_EC_gen(recipe->curve);
	X509 *x509 = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	int size;

	X509_set_version(x509, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
	X509_gmtime_adj(X509_getm_notBefore(x509), 0);
	X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
	set_name(X509_get_subject_name(x509), "Root");
	set_name(X509_get_issuer_name(x509),
		 recipe->issuer == NULL ? "Root" : recipe->issuer);
	X509_set_pubkey(x509, key);
	add_extension(x509, NID_basic_constraints, recipe->constraints);
	add_extension(x509, NID_key_usage, recipe->usage);
	ck_assert_int_gt(X509_sign(x509, key, EVP_sha384()), 0);
	ck_assert_int_eq(PEM_write_bio_X509(bio, x509), 1);
	size = BIO_read(bio, pem, sizeof(pem));
	ck_assert_int_gt(size, 0);
	BIO_free(bio);
	X509_free(x509);
	EVP_PKEY_free(key);
	return span_of(pem, (size_t)size);
}

START_TEST(aws_root_has_the_published_fingerprint)
{
	char text[HEX_SIZE(ATTEST_SHA256_SIZE)];

	ck_assert_int_eq(anchors_add_aws(anchors), ATTEST_OK);
	ck_assert_uint_eq(anchors_count(anchors), 1);
	ck_assert_str_eq(anchors_label(anchors, 0), "aws");
	hex_encode(anchors_fingerprint(anchors, 0), text);
	ck_assert_str_eq(text, "641a0321a3e244efe456463195d606317ed7cdcc"
			       "3c1756e09893f3c68f79bb5b");
	ck_assert_int_eq(anchors_add_aws(anchors), ATTEST_E_ROOT_LABEL);
}
END_TEST

START_TEST(a_root_is_added_once)
{
	ck_assert_int_eq(anchors_add_aws(anchors), ATTEST_OK);
	ck_assert_int_eq(
		anchors_add_pem(anchors, "copy", span_of_text(aws_root_pem)),
		ATTEST_E_ROOT_DUPLICATE);
	ck_assert_int_eq(anchors_add_pem(anchors, "sim", make_root(&good)),
			 ATTEST_OK);
	ck_assert_int_eq(anchors_add_pem(anchors, "sim", make_root(&good)),
			 ATTEST_E_ROOT_LABEL);
	ck_assert_uint_eq(anchors_count(anchors), 2);
	ck_assert_str_eq(anchors_label(anchors, 1), "sim");
}
END_TEST

START_TEST(labels)
{
	static const char *const wrong[] = { "",    "aws", "Sim",     "a b",
					     "a/b", "a\n", "\xc3\xa4" };
	char longest[ATTEST_LABEL_MAX + 2];

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_int_eq(anchors_add_pem(anchors, wrong[i],
						 span_of_text(aws_root_pem)),
				 ATTEST_E_ROOT_LABEL);
	memset(longest, 'a', sizeof(longest));
	longest[ATTEST_LABEL_MAX + 1] = '\0';
	ck_assert_int_eq(
		anchors_add_pem(anchors, longest, span_of_text(aws_root_pem)),
		ATTEST_E_ROOT_LABEL);
	longest[ATTEST_LABEL_MAX] = '\0';
	ck_assert_int_eq(
		anchors_add_pem(anchors, longest, span_of_text(aws_root_pem)),
		ATTEST_OK);
	ck_assert_str_eq(anchors_label(anchors, 0), longest);
}
END_TEST

START_TEST(unsuitable_roots)
{
	static const struct {
		struct recipe recipe;
		enum attest_error error;
	} rows[] = {
		{ { "P-384", "critical,CA:FALSE", "critical,keyCertSign" },
		  ATTEST_E_ROOT_UNSUITABLE },
		{ { "P-384", NULL, "critical,keyCertSign" },
		  ATTEST_E_ROOT_UNSUITABLE },
		{ { "P-384", "critical,CA:TRUE", "critical,digitalSignature" },
		  ATTEST_E_ROOT_UNSUITABLE },
		{ { "P-384", "critical,CA:TRUE", NULL },
		  ATTEST_E_ROOT_UNSUITABLE },
		{ { "P-384", "critical,CA:TRUE", "critical,keyCertSign",
		    "Another" },
		  ATTEST_E_ROOT_UNSUITABLE },
		{ { "P-256", "critical,CA:TRUE", "critical,keyCertSign" },
		  ATTEST_E_CERTIFICATE_KEY },
		{ { "P-521", "critical,CA:TRUE", "critical,keyCertSign" },
		  ATTEST_E_CERTIFICATE_KEY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_int_eq(anchors_add_pem(anchors, "sim",
						 make_root(&rows[i].recipe)),
				 rows[i].error);
	ck_assert_uint_eq(anchors_count(anchors), 0);
}
END_TEST

/* The last characters of the body are inside the signature. */
START_TEST(a_damaged_root_is_unsuitable)
{
	char *pem = strdup(aws_root_pem);
	char *end = strstr(pem, "\n-----END");

	ck_assert_ptr_nonnull(end);
	end[-8] = end[-8] == 'A' ? 'B' : 'A';
	ck_assert_int_eq(anchors_add_pem(anchors, "sim", span_of_text(pem)),
			 ATTEST_E_ROOT_UNSUITABLE);
	free(pem);
}
END_TEST

START_TEST(files_that_are_not_one_certificate)
{
	char text[8192];

	snprintf(text, sizeof(text), "%s%s", aws_root_pem, aws_root_pem);
	ck_assert_int_eq(anchors_add_pem(anchors, "x", span_of_text(text)),
			 ATTEST_E_ROOT_FILE);
	snprintf(text, sizeof(text),
		 "%s-----BEGIN PRIVATE KEY-----\nAAAA\n"
		 "-----END PRIVATE KEY-----\n",
		 aws_root_pem);
	ck_assert_int_eq(anchors_add_pem(anchors, "x", span_of_text(text)),
			 ATTEST_E_ROOT_FILE);
	snprintf(text, sizeof(text), "%s-----BEGIN CERTIFICATE-----\n!\n",
		 aws_root_pem);
	ck_assert_int_eq(anchors_add_pem(anchors, "x", span_of_text(text)),
			 ATTEST_E_ROOT_FILE);
	ck_assert_int_eq(anchors_add_pem(anchors, "x", span_of("", 0)),
			 ATTEST_E_ROOT_FILE);
	ck_assert_int_eq(anchors_add_pem(anchors, "x", span_of_text("text\n")),
			 ATTEST_E_ROOT_FILE);
	ck_assert_int_eq(
		anchors_add_pem(anchors, "x",
				span_of_text("-----BEGIN CERTIFICATE-----\n"
					     "AAAA\n"
					     "-----END CERTIFICATE-----\n")),
		ATTEST_E_CERTIFICATE_ENCODING);
	ck_assert_uint_eq(anchors_count(anchors), 0);

	/* Words around the block, as `openssl x509 -text` writes them. */
	snprintf(text, sizeof(text), "The root:\n%sThat was it.\n",
		 aws_root_pem);
	ck_assert_int_eq(anchors_add_pem(anchors, "x", span_of_text(text)),
			 ATTEST_OK);
}
END_TEST

START_TEST(the_number_is_bounded)
{
	char label[16];

	ck_assert_int_eq(anchors_add_aws(anchors), ATTEST_OK);
	for (unsigned i = 0; i < ATTEST_ANCHOR_MAX; i++) {
		snprintf(label, sizeof(label), "r%u", i);
		ck_assert_int_eq(
			anchors_add_pem(anchors, label, make_root(&good)),
			ATTEST_OK);
	}
	ck_assert_int_eq(anchors_add_pem(anchors, "more", make_root(&good)),
			 ATTEST_E_ROOT_COUNT);
	ck_assert_uint_eq(anchors_count(anchors), ATTEST_ANCHOR_MAX + 1);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, aws_root_has_the_published_fingerprint);
	tcase_add_test(tests, a_root_is_added_once);
	tcase_add_test(tests, labels);
	tcase_add_test(tests, unsuitable_roots);
	tcase_add_test(tests, a_damaged_root_is_unsuitable);
	tcase_add_test(tests, files_that_are_not_one_certificate);
	tcase_add_test(tests, the_number_is_bounded);
}

UNIT_MAIN("anchors", add_tests)
