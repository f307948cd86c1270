/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The application's key out of a document: each form that is known, and each of
 * the ways in which bytes are not a key.
 */
#include "config.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "base/hex.h"
#include "key/public_key.h"
#include "tests/unit/attested.h"

static struct key_library *library;

static void setup(void)
{
	ck_assert_int_eq(key_library_new(&library), KEY_OK);
}

static void teardown(void)
{
	key_library_free(library);
}

static enum key_error parse(const struct bytes *bytes)
{
	_cleanup_(attested_key_freep) struct attested_key *key = NULL;

	return attested_key_parse(library, bytes_span(bytes), &key);
}

/* The key comes out of a verified document, whole and with the SPKI of `pkey`. */
static void check_key(const struct bytes *bytes, EVP_PKEY *pkey,
		      const char *name)
{
	_cleanup_(evidence_freep) struct evidence *evidence =
		attested_public_key(bytes_span(bytes));
	_cleanup_(attested_key_freep) struct attested_key *key = NULL;
	_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;

	ck_assert_int_eq(attested_key_new(library, evidence, &key), KEY_OK);
	ck_assert_str_eq(attested_key_name(key), name);
	ck_assert(span_equal(attested_key_bytes(key), bytes_span(bytes)));
	attested_append_spki(pkey, &spki);
	ck_assert(span_equal(attested_key_spki(key), bytes_span(&spki)));
}

START_TEST(points_are_keys)
{
	static const struct {
		const char *curve;
		const char *name;
		size_t size;
	} curves[] = { { "P-256", "P-256", 65 }, { "P-384", "P-384", 97 } };

	for (size_t i = 0; i < ARRAY_SIZE(curves); i++) {
		_cleanup_bytes_ struct bytes point = BYTES_EMPTY;
		_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;
		_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;
		EVP_PKEY *pkey = attested_new_ec(curves[i].curve);

		attested_append_bare(pkey, &point);
		ck_assert_uint_eq(point.size, curves[i].size);
		check_key(&point, pkey, curves[i].name);
		attested_append_spki(pkey, &spki);
		check_key(&spki, pkey, curves[i].name);
		attested_append_pem(pkey, false, &pem);
		check_key(&pem, pkey, curves[i].name);
		EVP_PKEY_free(pkey);
	}
}
END_TEST

START_TEST(rsa_is_read_in_all_forms)
{
	_cleanup_bytes_ struct bytes bare = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;
	EVP_PKEY *pkey = attested_new_rsa(2048);

	attested_append_bare(pkey, &bare);
	check_key(&bare, pkey, "RSA");
	attested_append_spki(pkey, &spki);
	check_key(&spki, pkey, "RSA");
	attested_append_pem(pkey, false, &pem);
	check_key(&pem, pkey, "RSA");
	EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(ed25519_is_read_in_all_forms)
{
	_cleanup_bytes_ struct bytes raw = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;
	EVP_PKEY *pkey = attested_new_ed25519();

	attested_append_raw(pkey, &raw);
	check_key(&raw, pkey, "Ed25519");
	attested_append_spki(pkey, &spki);
	check_key(&spki, pkey, "Ed25519");
	EVP_PKEY_free(pkey);
}
END_TEST

/* The second half signs, the first is encrypted to. */
START_TEST(qos_pair_has_two_keys)
{
	_cleanup_(attested_key_freep) struct attested_key *key = NULL;
	_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes pair = BYTES_EMPTY;
	EVP_PKEY *encrypts = attested_new_ec("P-256");
	EVP_PKEY *signs = attested_new_ec("P-256");

	attested_append_bare(encrypts, &pair);
	attested_append_bare(signs, &pair);
	check_key(&pair, signs, "QOS P-256 pair");
	ck_assert_int_eq(attested_key_parse(library, bytes_span(&pair), &key),
			 KEY_OK);
	attested_append_spki(encrypts, &spki);
	ck_assert(
		span_equal(buffer_span(&attested_key_for_encryption(key)->spki),
			   bytes_span(&spki)));
	EVP_PKEY_free(encrypts);
	EVP_PKEY_free(signs);
}
END_TEST

START_TEST(no_key_is_a_reason_of_its_own)
{
	_cleanup_(evidence_freep) struct evidence *absent =
		attested_public_key(SPAN_ABSENT);
	_cleanup_(evidence_freep) struct evidence *empty =
		attested_public_key(span_of("", 0));
	_cleanup_(attested_key_freep) struct attested_key *key = NULL;

	ck_assert_int_eq(attested_key_new(library, absent, &key),
			 KEY_E_MISSING);
	ck_assert_int_eq(attested_key_new(library, empty, &key), KEY_E_MISSING);
	ck_assert_ptr_null(key);
}
END_TEST

START_TEST(points_off_the_curve_are_refused)
{
	_cleanup_bytes_ struct bytes point = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes pair = BYTES_EMPTY;
	EVP_PKEY *pkey = attested_new_ec("P-256");

	attested_append_bare(pkey, &pair);
	attested_append_bare(pkey, &point);
	point.data[64] ^= 1;
	ck_assert_int_eq(parse(&point), KEY_E_POINT);
	/* Either half of a pair. */
	bytes_append_bytes(&pair, &point);
	ck_assert_int_eq(parse(&pair), KEY_E_POINT);
	bytes_clear(&pair);
	bytes_append_bytes(&pair, &point);
	attested_append_bare(pkey, &pair);
	ck_assert_int_eq(parse(&pair), KEY_E_POINT);
	/* The coordinates are below the prime. */
	bytes_clear(&point);
	bytes_append_byte(&point, 0x04);
	bytes_append_fill(&point, 0xff, 64);
	ck_assert_int_eq(parse(&point), KEY_E_POINT);
	EVP_PKEY_free(pkey);
}
END_TEST

/* The same key, written otherwise: what one verifier calls equal to this another
 * would not. */
START_TEST(compressed_points_are_refused)
{
	_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes point = BYTES_EMPTY;
	EVP_PKEY *pkey = attested_new_ec("P-256");

	ck_assert_int_eq(EVP_PKEY_set_utf8_string_param(
				 pkey,
				 OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
				 "compressed"),
			 1);
	attested_append_spki(pkey, &spki);
	attested_append_bare(pkey, &point);
	ck_assert_int_eq(parse(&spki), KEY_E_FORM);
	ck_assert_int_eq(parse(&point), KEY_E_FORM);
	EVP_PKEY_free(pkey);
}
END_TEST

/* A modulus of this size which need not be a product of primes. */
static EVP_PKEY *rsa_of_size(int bits)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	EVP_PKEY *pkey = NULL;
	BIGNUM *n = BN_new();
	OSSL_PARAM *params;

	ck_assert_int_eq(BN_set_bit(n, bits - 1), 1);
	ck_assert_int_eq(BN_set_bit(n, 0), 1);
	ck_assert(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n));
	ck_assert(OSSL_PARAM_BLD_push_uint(builder, OSSL_PKEY_PARAM_RSA_E,
					   65537));
	params = OSSL_PARAM_BLD_to_param(builder);
	ck_assert_int_eq(EVP_PKEY_fromdata_init(context), 1);
	ck_assert_int_eq(
		EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params),
		1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(builder);
	EVP_PKEY_CTX_free(context);
	BN_free(n);
	return pkey;
}

START_TEST(rsa_keys_have_2048_to_4096_bits)
{
	static const struct {
		int bits;
		enum key_error expected;
	} sizes[] = { { 1024, KEY_E_RSA_SMALL },
		      { 2047, KEY_E_RSA_SMALL },
		      { 4097, KEY_E_RSA_LARGE } };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;
		_cleanup_bytes_ struct bytes bare = BYTES_EMPTY;
		EVP_PKEY *pkey = rsa_of_size(sizes[i].bits);

		attested_append_spki(pkey, &spki);
		attested_append_bare(pkey, &bare);
		ck_assert_int_eq(parse(&spki), sizes[i].expected);
		ck_assert_int_eq(parse(&bare), sizes[i].expected);
		EVP_PKEY_free(pkey);
	}
}
END_TEST

START_TEST(rsa_with_an_even_modulus_is_refused)
{
	_cleanup_bytes_ struct bytes bare = BYTES_EMPTY;
	EVP_PKEY *pkey = attested_new_rsa(2048);

	attested_append_bare(pkey, &bare);
	/* 30 82 01 0a, 02 82 01 01, 00 and 256 bytes. */
	bare.data[8 + 256] &= 0xfe;
	ck_assert_int_eq(parse(&bare), KEY_E_RSA_INVALID);
	EVP_PKEY_free(pkey);
}
END_TEST

/* ANSI X9.62's third form, which OpenSSL takes too. */
/* Signatures that fit the first six can be made without any private key; the others
 * are spellings of points that have another one. */
static const char *const weak_points[] = {
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000080",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

START_TEST(points_that_anybody_signs_for_are_refused)
{
	_cleanup_bytes_ struct bytes raw = BYTES_EMPTY;
	/* RFC 8410 section 4. */
	_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;
	uint8_t point[32];
	size_t size;

	ck_assert_int_eq(hex_decode(span_of_text(weak_points[_i]), point,
				    sizeof(point), &size),
			 0);
	bytes_append(&raw, point, size);
	ck_assert_int_eq(parse(&raw), KEY_E_POINT);
	bytes_append(&spki, "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00",
		     12);
	bytes_append(&spki, point, size);
	ck_assert_int_eq(parse(&spki), KEY_E_POINT);
}
END_TEST

START_TEST(hybrid_points_are_refused)
{
	_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;
	EVP_PKEY *pkey = attested_new_ec("P-256");

	attested_append_spki(pkey, &spki);
	/* 06 for an even y, 07 for an odd one. */
	spki.data[spki.size - 65] = 0x06 | (spki.data[spki.size - 1] & 1);
	ck_assert_int_eq(parse(&spki), KEY_E_FORM);
	EVP_PKEY_free(pkey);
}
END_TEST

static void append_block(const char *name, const char *header,
			 struct span content, struct bytes *bytes)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long size;

	ck_assert_int_gt(PEM_write_bio(bio, name, header, content.data,
				       (long)content.size),
			 0);
	size = BIO_get_mem_data(bio, &text);
	bytes_append(bytes, text, (size_t)size);
	BIO_free(bio);
}

START_TEST(other_blocks_of_pem_are_refused)
{
	static const struct {
		const char *name;
		const char *header;
		enum key_error expected;
	} cases[] = {
		{ "PUBLIC KEY", "", KEY_OK },
		{ "CERTIFICATE", "", KEY_E_FORM },
		{ "EC PRIVATE KEY", "", KEY_E_FORM },
		{ "RSA PUBLIC KEY", "", KEY_E_FORM },
		{ "PUBLIC KEY", "Comment: x\n", KEY_E_FORM },
	};
	_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;
	EVP_PKEY *pkey = attested_new_ec("P-256");

	attested_append_spki(pkey, &spki);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;

		append_block(cases[i].name, cases[i].header, bytes_span(&spki),
			     &pem);
		ck_assert_int_eq(parse(&pem) == KEY_OK,
				 cases[i].expected == KEY_OK);
	}
	EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(sizes_are_bounded)
{
	_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;
	EVP_PKEY *pkey = attested_new_ec("P-256");

	attested_append_pem(pkey, false, &pem);
	bytes_append_fill(&pem, '\n', ATTEST_FIELD_MAX - pem.size);
	ck_assert_int_eq(parse(&pem), KEY_OK);
	bytes_append_byte(&pem, '\n');
	ck_assert_int_eq(parse(&pem), KEY_E_FORM);
	EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(rsa_exponents_are_checked)
{
	static const struct {
		struct span exponent; /* DER */
		enum key_error expected;
	} cases[] = {
		{ { (const uint8_t *)"\2\1\1", 3 }, KEY_E_RSA_INVALID },
		{ { (const uint8_t *)"\2\1\3", 3 }, KEY_E_RSA_INVALID },
		{ { (const uint8_t *)"\2\3\0\xff\xff", 5 }, KEY_E_RSA_INVALID },
		{ { (const uint8_t *)"\2\3\1\0\0", 5 }, KEY_E_RSA_INVALID },
		{ { (const uint8_t *)"\2\3\1\0\1", 5 }, KEY_OK },
		{ { (const uint8_t *)"\2\x8\x7f\1\1\1\1\1\1\1", 10 }, KEY_OK },
		{ { (const uint8_t *)"\2\x9\1\1\1\1\1\1\1\1\1", 11 },
		  KEY_E_RSA_INVALID },
	};
	_cleanup_bytes_ struct bytes whole = BYTES_EMPTY;
	EVP_PKEY *pkey = attested_new_rsa(2048);

	attested_append_bare(pkey, &whole);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct span exponent = cases[i].exponent;
		_cleanup_bytes_ struct bytes bare = BYTES_EMPTY;

		/* 30 82 01 0a, 02 82 01 01 00 and 256 bytes, 5 bytes. */
		bytes_append(&bare, whole.data, 4 + 5 + 256);
		bytes_append(&bare, exponent.data, exponent.size);
		bare.data[3] = (uint8_t)(5 + exponent.size);
		ck_assert_int_eq(parse(&bare), cases[i].expected);
	}
	EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(other_algorithms_are_refused)
{
	static const char *const curves[] = { "P-521", "secp256k1",
					      "brainpoolP256r1" };
	_cleanup_bytes_ struct bytes x25519 = BYTES_EMPTY;
	EVP_PKEY *pkey;

	for (size_t i = 0; i < ARRAY_SIZE(curves); i++) {
		_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;

		pkey = attested_new_ec(curves[i]);
		attested_append_spki(pkey, &spki);
		ck_assert_int_eq(parse(&spki), KEY_E_ALGORITHM);
		EVP_PKEY_free(pkey);
	}
	pkey = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	attested_append_spki(pkey, &x25519);
	ck_assert_int_eq(parse(&x25519), KEY_E_ALGORITHM);
	EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(trailing_bytes_are_refused)
{
	_cleanup_bytes_ struct bytes bare = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes point = BYTES_EMPTY;
	EVP_PKEY *rsa = attested_new_rsa(2048);
	EVP_PKEY *ec = attested_new_ec("P-256");

	attested_append_bare(rsa, &bare);
	bytes_append_byte(&bare, 0);
	ck_assert_int_eq(parse(&bare), KEY_E_FORM);
	attested_append_spki(ec, &spki);
	bytes_append_byte(&spki, 0);
	ck_assert_int_eq(parse(&spki), KEY_E_FORM);
	attested_append_bare(ec, &point);
	bytes_append_byte(&point, 0);
	ck_assert_int_eq(parse(&point), KEY_E_FORM);
	attested_append_pem(ec, false, &pem);
	bytes_append_byte(&pem, '\0'); /* as C programs send it */
	ck_assert_int_eq(parse(&pem), KEY_OK);
	attested_append_pem(ec, false, &pem);
	ck_assert_int_eq(parse(&pem), KEY_E_FORM);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ec);
}
END_TEST

/* As genuine documents carry it, and what is no public key at all. */
START_TEST(other_bytes_are_refused)
{
	static const char *const texts[] = {
		"my super secret key",
		"0",
		"0\x80",
		"0\xff",
		"-----BEGIN PUBLIC KEY-----\n",
		"-----BEGIN CERTIFICATE-----\nAAAA\n",
	};
	_cleanup_bytes_ struct bytes private_key = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes large = BYTES_EMPTY;
	EVP_PKEY *pkey = attested_new_ec("P-256");

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_bytes_ struct bytes bytes = BYTES_EMPTY;

		bytes_append(&bytes, texts[i], strlen(texts[i]));
		ck_assert_int_eq(parse(&bytes), KEY_E_FORM);
	}
	attested_append_pem(pkey, true, &private_key);
	ck_assert_int_eq(parse(&private_key), KEY_E_FORM);
	bytes_append_fill(&large, '0', ATTEST_FIELD_MAX + 1);
	ck_assert_int_eq(parse(&large), KEY_E_FORM);
	EVP_PKEY_free(pkey);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, points_are_keys);
	tcase_add_test(tests, rsa_is_read_in_all_forms);
	tcase_add_test(tests, ed25519_is_read_in_all_forms);
	tcase_add_loop_test(tests, points_that_anybody_signs_for_are_refused, 0,
			    (int)ARRAY_SIZE(weak_points));
	tcase_add_test(tests, qos_pair_has_two_keys);
	tcase_add_test(tests, no_key_is_a_reason_of_its_own);
	tcase_add_test(tests, points_off_the_curve_are_refused);
	tcase_add_test(tests, compressed_points_are_refused);
	tcase_add_test(tests, rsa_keys_have_2048_to_4096_bits);
	tcase_add_test(tests, rsa_with_an_even_modulus_is_refused);
	tcase_add_test(tests, hybrid_points_are_refused);
	tcase_add_test(tests, other_blocks_of_pem_are_refused);
	tcase_add_test(tests, sizes_are_bounded);
	tcase_add_test(tests, rsa_exponents_are_checked);
	tcase_add_test(tests, other_algorithms_are_refused);
	tcase_add_test(tests, trailing_bytes_are_refused);
	tcase_add_test(tests, other_bytes_are_refused);
}

UNIT_MAIN("attested_key", add_tests)
