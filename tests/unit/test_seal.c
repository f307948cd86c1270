/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is sealed to an attested key: this project and the openssl command open it,
 * nobody else does, and it has the form of AWS KMS's CiphertextForRecipient.
 */
#include "config.h"

#include <openssl/cms.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include "key/public_key.h"
#include "seal/seal.h"
#include "tests/unit/attested.h"

#define SECRET "the secret of the application"

static struct key_library *library;
static char directory[] = "/tmp/nitro-seal-test-XXXXXX";

static void setup(void)
{
	memset(directory + sizeof(directory) - 7, 'X', 6);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(key_library_new(&library), KEY_OK);
}

static void teardown(void)
{
	key_library_free(library);
	rmdir(directory);
}

static enum key_error seal_bytes(const struct bytes *public_key,
				 struct span secret, struct buffer *ret_sealed)
{
	_cleanup_(attested_key_freep) struct attested_key *key = NULL;

	ck_assert_int_eq(
		attested_key_parse(library, bytes_span(public_key), &key),
		KEY_OK);
	return seal(library, key, secret, ret_sealed);
}

static struct buffer seal_for(EVP_PKEY *pkey, struct span secret)
{
	_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;
	struct buffer sealed;

	attested_append_spki(pkey, &spki);
	ck_assert_int_eq(seal_bytes(&spki, secret, &sealed), KEY_OK);
	return sealed;
}

static enum key_error open_with(EVP_PKEY *pkey, struct span sealed,
				struct bytes *plaintext)
{
	_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;
	enum key_error e;
	size_t size = 0;

	attested_append_pem(pkey, true, &pem);
	bytes_append_fill(plaintext, 0, sealed.size);
	e = unseal(library, bytes_span(&pem), sealed, plaintext->data, &size);
	plaintext->size = size;
	return e;
}

static void check_opens(EVP_PKEY *pkey, struct span sealed, struct span secret)
{
	_cleanup_bytes_ struct bytes plaintext = BYTES_EMPTY;

	ck_assert_int_eq(open_with(pkey, sealed, &plaintext), KEY_OK);
	ck_assert(span_equal(bytes_span(&plaintext), secret));
}

static void write_file(const char *path, struct span content)
{
	FILE *file = fopen(path, "we");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(content.data, 1, content.size, file),
			  content.size);
	ck_assert_int_eq(fclose(file), 0);
}

/* openssl cms -decrypt */
static void check_command_opens(EVP_PKEY *pkey, struct span sealed)
{
	char key_path[64], cms_path[64], out_path[64];
	char *arguments[] = { (char[]){ "openssl" },
			      (char[]){ "cms" },
			      (char[]){ "-decrypt" },
			      (char[]){ "-inform" },
			      (char[]){ "DER" },
			      (char[]){ "-inkey" },
			      key_path,
			      (char[]){ "-in" },
			      cms_path,
			      (char[]){ "-out" },
			      out_path,
			      NULL };
	char *environment[] = { (char[]){ "PATH=/usr/bin:/bin" }, NULL };
	_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;
	_cleanup_(buffer_freep) struct buffer opened = BUFFER_EMPTY;
	const struct read_file_limits limits = { .max_size = 4096 };
	int status;
	pid_t child;

	snprintf(key_path, sizeof(key_path), "%s/key", directory);
	snprintf(cms_path, sizeof(cms_path), "%s/cms", directory);
	snprintf(out_path, sizeof(out_path), "%s/out", directory);
	attested_append_pem(pkey, true, &pem);
	write_file(key_path, bytes_span(&pem));
	write_file(cms_path, sealed);
	ck_assert_int_eq(posix_spawnp(&child, arguments[0], NULL, NULL,
				      arguments, environment),
			 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(read_file_at(AT_FDCWD, out_path, &limits, &opened), 0);
	ck_assert(span_equal(buffer_span(&opened), span_of_text(SECRET)));
	unlink(key_path);
	unlink(cms_path);
	unlink(out_path);
}

/* All that can be encrypted to. */
static EVP_PKEY *key_of_kind(int kind)
{
	switch (kind) {
	case 0:
		return attested_new_rsa(2048);
	case 1:
		return attested_new_ec("P-256");
	default:
		return attested_new_ec("P-384");
	}
}

START_TEST(the_key_opens_it)
{
	EVP_PKEY *pkey = key_of_kind(_i);
	_cleanup_(buffer_freep) struct buffer sealed =
		seal_for(pkey, span_of_text(SECRET));

	check_opens(pkey, buffer_span(&sealed), span_of_text(SECRET));
	check_command_opens(pkey, buffer_span(&sealed));
	EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(another_key_does_not)
{
	EVP_PKEY *pkey = key_of_kind(_i);
	EVP_PKEY *other = key_of_kind(_i);
	EVP_PKEY *other_kind = key_of_kind((_i + 1) % 3);
	_cleanup_bytes_ struct bytes plaintext = BYTES_EMPTY;
	_cleanup_(buffer_freep) struct buffer sealed =
		seal_for(pkey, span_of_text(SECRET));

	ck_assert_int_eq(open_with(other, buffer_span(&sealed), &plaintext),
			 KEY_E_SEALED_RECIPIENT);
	ck_assert_int_eq(
		open_with(other_kind, buffer_span(&sealed), &plaintext),
		KEY_E_SEALED_RECIPIENT);
	EVP_PKEY_free(pkey);
	EVP_PKEY_free(other);
	EVP_PKEY_free(other_kind);
}
END_TEST

START_TEST(a_qos_pair_is_sealed_to_by_its_first_half)
{
	EVP_PKEY *encrypts = attested_new_ec("P-256");
	EVP_PKEY *signs = attested_new_ec("P-256");
	_cleanup_(buffer_freep) struct buffer sealed = BUFFER_EMPTY;
	_cleanup_bytes_ struct bytes plaintext = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes pair = BYTES_EMPTY;

	attested_append_bare(encrypts, &pair);
	attested_append_bare(signs, &pair);
	ck_assert_int_eq(seal_bytes(&pair, span_of_text(SECRET), &sealed),
			 KEY_OK);
	check_opens(encrypts, buffer_span(&sealed), span_of_text(SECRET));
	ck_assert_int_eq(open_with(signs, buffer_span(&sealed), &plaintext),
			 KEY_E_SEALED_RECIPIENT);
	EVP_PKEY_free(encrypts);
	EVP_PKEY_free(signs);
}
END_TEST

START_TEST(nothing_is_sealed_to_ed25519)
{
	EVP_PKEY *pkey = attested_new_ed25519();
	_cleanup_(buffer_freep) struct buffer sealed = BUFFER_EMPTY;
	_cleanup_bytes_ struct bytes raw = BYTES_EMPTY;

	attested_append_raw(pkey, &raw);
	ck_assert_int_eq(seal_bytes(&raw, span_of_text(SECRET), &sealed),
			 KEY_E_SIGNS_ONLY);
	EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(sizes_are_bounded)
{
	EVP_PKEY *pkey = attested_new_rsa(4096);
	_cleanup_(buffer_freep) struct buffer sealed = BUFFER_EMPTY;
	_cleanup_bytes_ struct bytes secret = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes plaintext = BYTES_EMPTY;

	attested_append_spki(pkey, &spki);
	ck_assert_int_eq(seal_bytes(&spki, span_of("", 0), &sealed),
			 KEY_E_SEAL_SIZE);
	bytes_append_fill(&secret, 's', SEAL_PLAINTEXT_MAX + 1);
	ck_assert_int_eq(seal_bytes(&spki, bytes_span(&secret), &sealed),
			 KEY_E_SEAL_SIZE);
	secret.size = SEAL_PLAINTEXT_MAX;
	ck_assert_int_eq(seal_bytes(&spki, bytes_span(&secret), &sealed),
			 KEY_OK);
	check_opens(pkey, buffer_span(&sealed), bytes_span(&secret));
	ck_assert_int_eq(open_with(pkey, span_of("", 0), &plaintext),
			 KEY_E_SEAL_SIZE);
	bytes_append_fill(&secret, 's', SEAL_SIZE_MAX);
	ck_assert_int_eq(open_with(pkey, bytes_span(&secret), &plaintext),
			 KEY_E_SEAL_SIZE);
	EVP_PKEY_free(pkey);
}
END_TEST

/* As in KMS's answers: the recipient is version 2, [0] with the SHA-256 of the
 * SubjectPublicKeyInfo, and OAEP; then the key and AES-256-CBC. */
START_TEST(it_has_the_form_of_kms)
{
	static const uint8_t version[] = { 0x02, 0x01, 0x02, 0x80, 0x20 };
	static const uint8_t oaep[] = { 0x30, 0x3c, 0x06, 0x09, 0x2a, 0x86,
					0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01,
					0x07, 0x30, 0x2f, 0xa0, 0x0f, 0x30,
					0x0d, 0x06, 0x09, 0x60, 0x86, 0x48,
					0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
					0x05, 0x00 };
	static const uint8_t content[] = { 0x30, 0x1d, 0x06, 0x09, 0x60,
					   0x86, 0x48, 0x01, 0x65, 0x03,
					   0x04, 0x01, 0x2a };
	EVP_PKEY *pkey = attested_new_rsa(2048);
	_cleanup_(buffer_freep) struct buffer sealed =
		seal_for(pkey, span_of_text(SECRET));
	_cleanup_bytes_ struct bytes expected = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;
	uint8_t sha256[SHA256_DIGEST_LENGTH];

	attested_append_spki(pkey, &spki);
	SHA256(spki.data, spki.size, sha256);
	bytes_append(&expected, version, sizeof(version));
	bytes_append(&expected, sha256, sizeof(sha256));
	bytes_append(&expected, oaep, sizeof(oaep));
	ck_assert_ptr_nonnull(
		memmem(sealed.data, sealed.size, expected.data, expected.size));
	ck_assert_ptr_nonnull(
		memmem(sealed.data, sealed.size, content, sizeof(content)));
	EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(what_was_changed_does_not_open)
{
	EVP_PKEY *pkey = attested_new_ec("P-256");
	_cleanup_(buffer_freep) struct buffer sealed =
		seal_for(pkey, span_of_text(SECRET));
	_cleanup_bytes_ struct bytes plaintext = BYTES_EMPTY;

	ck_assert_int_eq(open_with(pkey, span_of(sealed.data, sealed.size - 1),
				   &plaintext),
			 KEY_E_SEALED_FORM);
	sealed.data[sealed.size - 1] ^= 1;
	ck_assert_int_ne(open_with(pkey, buffer_span(&sealed), &plaintext),
			 KEY_OK);
	EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(other_bytes_do_not_open)
{
	static const uint8_t data[] = { 0x30, 0x0f, 0x06, 0x09, 0x2a, 0x86,
					0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07,
					0x01, 0xa0, 0x02, 0x04, 0x00 };
	EVP_PKEY *pkey = attested_new_ec("P-256");
	_cleanup_bytes_ struct bytes plaintext = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes more = BYTES_EMPTY;
	_cleanup_(buffer_freep) struct buffer sealed =
		seal_for(pkey, span_of_text(SECRET));

	ck_assert_int_eq(open_with(pkey, span_of_text("secret"), &plaintext),
			 KEY_E_SEALED_FORM);
	ck_assert_int_eq(
		open_with(pkey, span_of(data, sizeof(data)), &plaintext),
		KEY_E_SEALED_FORM);
	bytes_append(&more, sealed.data, sealed.size);
	bytes_append_byte(&more, 0);
	ck_assert_int_eq(open_with(pkey, bytes_span(&more), &plaintext),
			 KEY_E_SEALED_FORM);
	EVP_PKEY_free(pkey);
}
END_TEST

/* With OAEP and this digest; NULL: by OpenSSL's usual choices. */
static void add_recipient(CMS_ContentInfo *cms, X509 *certificate,
			  const char *oaep)
{
	CMS_RecipientInfo *recipient = CMS_add1_recipient_cert(
		cms, certificate, oaep == NULL ? 0 : CMS_KEY_PARAM);
	EVP_PKEY_CTX *context;

	ck_assert_ptr_nonnull(recipient);
	if (oaep == NULL)
		return;
	context = CMS_RecipientInfo_get0_pkey_ctx(recipient);
	ck_assert_int_eq(
		EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING),
		1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_oaep_md_name(context, oaep, NULL),
			 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, oaep, NULL),
			 1);
}

/* EnvelopedData for the key, made otherwise than seal() does. */
static struct buffer seal_otherwise(EVP_PKEY *pkey, const EVP_CIPHER *cipher,
				    const char *oaep)
{
	X509 *certificate = X509_new();
	BIO *in = BIO_new_mem_buf(SECRET, -1);
	unsigned char *der = NULL;
	struct buffer sealed;
	CMS_ContentInfo *cms;
	int size;

	X509_set_pubkey(certificate, pkey);
	X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 60);
	ck_assert_int_gt(X509_sign(certificate, pkey, EVP_sha256()), 0);
	cms = CMS_encrypt(NULL, NULL, cipher, CMS_BINARY | CMS_PARTIAL);
	ck_assert_ptr_nonnull(cms);
	add_recipient(cms, certificate, oaep);
	ck_assert_int_eq(CMS_final(cms, in, NULL, CMS_BINARY), 1);
	size = i2d_CMS_ContentInfo(cms, &der);
	ck_assert_int_gt(size, 0);
	sealed.data = malloc((size_t)size);
	ck_assert_ptr_nonnull(sealed.data);
	memcpy(sealed.data, der, (size_t)size);
	sealed.size = (size_t)size;
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	X509_free(certificate);
	return sealed;
}

/* PKCS #1 v1.5, a KDF with SHA-1. */
START_TEST(weak_algorithms_are_not_opened)
{
	EVP_PKEY *pkey = key_of_kind(_i);
	_cleanup_bytes_ struct bytes plaintext = BYTES_EMPTY;
	_cleanup_(buffer_freep) struct buffer sealed =
		seal_otherwise(pkey, EVP_aes_256_cbc(), NULL);

	ck_assert_int_eq(open_with(pkey, buffer_span(&sealed), &plaintext),
			 KEY_E_SEALED_ALGORITHM);
	EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(only_the_algorithms_of_kms_are_opened)
{
	const struct {
		const EVP_CIPHER *cipher;
		const char *oaep;
		enum key_error expected;
	} cases[] = {
		{ EVP_aes_256_cbc(), "SHA256", KEY_OK },
		{ EVP_aes_256_cbc(), "SHA1", KEY_E_SEALED_ALGORITHM },
		{ EVP_aes_256_cbc(), "SHA384", KEY_E_SEALED_ALGORITHM },
		{ EVP_aes_128_cbc(), "SHA256", KEY_E_SEALED_ALGORITHM },
		{ EVP_des_ede3_cbc(), "SHA256", KEY_E_SEALED_ALGORITHM },
	};
	EVP_PKEY *pkey = attested_new_rsa(2048);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_bytes_ struct bytes plaintext = BYTES_EMPTY;
		_cleanup_(buffer_freep) struct buffer sealed =
			seal_otherwise(pkey, cases[i].cipher, cases[i].oaep);

		ck_assert_int_eq(
			open_with(pkey, buffer_span(&sealed), &plaintext),
			cases[i].expected);
	}
	EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(private_keys_are_checked)
{
	static const char *const texts[] = {
		"", "key",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
	};
	EVP_PKEY *pkey = attested_new_ec("P-256");
	EVP_PKEY *ed25519 = attested_new_ed25519();
	_cleanup_bytes_ struct bytes plaintext = BYTES_EMPTY;
	_cleanup_(buffer_freep) struct buffer sealed =
		seal_for(pkey, span_of_text(SECRET));
	size_t size;

	bytes_append_fill(&plaintext, 0, sealed.size);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		ck_assert_int_eq(unseal(library, span_of_text(texts[i]),
					buffer_span(&sealed), plaintext.data,
					&size),
				 KEY_E_PRIVATE_KEY);
	ck_assert_int_eq(open_with(ed25519, buffer_span(&sealed), &plaintext),
			 KEY_E_PRIVATE_KEY);
	EVP_PKEY_free(pkey);
	EVP_PKEY_free(ed25519);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, the_key_opens_it, 0, 3);
	tcase_add_loop_test(tests, another_key_does_not, 0, 3);
	tcase_add_test(tests, a_qos_pair_is_sealed_to_by_its_first_half);
	tcase_add_test(tests, nothing_is_sealed_to_ed25519);
	tcase_add_test(tests, sizes_are_bounded);
	tcase_add_test(tests, it_has_the_form_of_kms);
	tcase_add_test(tests, what_was_changed_does_not_open);
	tcase_add_test(tests, other_bytes_do_not_open);
	tcase_add_loop_test(tests, weak_algorithms_are_not_opened, 0, 3);
	tcase_add_test(tests, only_the_algorithms_of_kms_are_opened);
	tcase_add_test(tests, private_keys_are_checked);
}

UNIT_MAIN("seal", add_tests)
