/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and certificates of the real ssh-keygen, read field by field. OpenSSL, which
 * lib/ssh knows nothing of, says what their SubjectPublicKeyInfo is.
 */
#include "config.h"

#include "ssh/certificate.h"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <spawn.h>
#include <sys/wait.h>

#include "base/read_file.h"
#include "tests/unit/unit.h"

extern char **environ;

#define EXTENSION "nitro-attestation@nitro-policyd.org"
#define VALUE	  "the document"

static const struct key_case {
	const char *type; /* as ssh-keygen -t has it */
	const char *bits; /* NULL: there is no choice */
	const char *name; /* in the wire format */
	enum ssh_key_type is;
} key_cases[] = {
	{ "ed25519", NULL, "ssh-ed25519", SSH_KEY_ED25519 },
	{ "ecdsa", "256", "ecdsa-sha2-nistp256", SSH_KEY_ECDSA_P256 },
	{ "ecdsa", "384", "ecdsa-sha2-nistp384", SSH_KEY_ECDSA_P384 },
	{ "ecdsa", "521", "ecdsa-sha2-nistp521", SSH_KEY_ECDSA_P521 },
	{ "rsa", "2048", "ssh-rsa", SSH_KEY_RSA },
	{ "rsa", "3072", "ssh-rsa", SSH_KEY_RSA },
};

static char folder[] = "/tmp/test-ssh-XXXXXX";

/* Runs ssh-keygen in the folder, with at most 20 arguments. */
static int keygen(const char *const *arguments, size_t count)
{
	char program[] = "ssh-keygen", quiet[] = "-q";
	char *all[24] = { program, quiet };
	int status = -1;
	pid_t child;

	memcpy(all + 2, arguments, count * sizeof(char *));
	if (posix_spawnp(&child, all[0], NULL, NULL, all, environ) != 0 ||
	    waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

#define KEYGEN(...)                                                            \
	keygen((const char *const[]){ __VA_ARGS__ },                           \
	       sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void make_pair(size_t index)
{
	const struct key_case *row = &key_cases[index];
	const char *type = row->type;
	char file[32];

	snprintf(file, sizeof(file), "key%zu", index);
	if (row->bits == NULL)
		ck_assert_int_eq(KEYGEN("-t", type, "-N", "", "-f", file), 0);
	else
		ck_assert_int_eq(KEYGEN("-t", type, "-b", row->bits, "-N", "",
					"-f", file),
				 0);
	snprintf(file, sizeof(file), "key%zu.pub", index);
	ck_assert_int_eq(KEYGEN("-s", "authority", "-I", "an id", "-n",
				"alice,bob", "-z", "42", "-V",
				"20260101000000:20270101000000", "-O",
				"extension:" EXTENSION "=" VALUE, "-O",
				"critical:only@example.org=x", file),
			 0);
}

static void setup(void)
{
	/* ssh-keygen takes the limits of -V as local time. */
	ck_assert_int_eq(setenv("TZ", "UTC", 1), 0);
	for (size_t i = 0; i < ARRAY_SIZE(key_cases); i++)
		make_pair(i);
}

static void teardown(void)
{
	DIR *files = opendir(".");
	const struct dirent *file;

	while (files != NULL && (file = readdir(files)) != NULL)
		unlink(file->d_name);
	closedir(files);
	(void)rmdir(folder);
}

struct blob {
	uint8_t bytes[SSH_CERTIFICATE_MAX];
	size_t size;
	char line[SSH_CERTIFICATE_MAX]; /* without its comment */
};

static struct span span_of_blob(const struct blob *blob)
{
	return span_of(blob->bytes, blob->size);
}

/* The line of a file. */
static void read_blob(const char *name, struct blob *ret_blob)
{
	const struct read_file_limits limits = { .max_size = 65536 };
	_cleanup_(buffer_freep) struct buffer file = BUFFER_EMPTY;
	char *line, *end;

	ck_assert_int_eq(read_file_at(AT_FDCWD, name, &limits, &file), 0);
	line = strndup((char *)file.data, file.size);
	ck_assert_ptr_nonnull(line);
	*strchrnul(line, '\n') = '\0';
	ck_assert_int_eq(ssh_line_read(span_of_text(line), ret_blob->bytes,
				       sizeof(ret_blob->bytes),
				       &ret_blob->size),
			 SSH_OK);
	end = strchr(strchr(line, ' ') + 1, ' ');
	ck_assert_ptr_nonnull(end); /* the comment */
	*end = '\0';
	snprintf(ret_blob->line, sizeof(ret_blob->line), "%s", line);
	free(line);
}

static void read_key(int index, struct blob *ret_blob)
{
	char name[32];

	snprintf(name, sizeof(name), "key%d.pub", index);
	read_blob(name, ret_blob);
}

static void read_certificate(int index, struct blob *ret_blob)
{
	char name[32];

	snprintf(name, sizeof(name), "key%d-cert.pub", index);
	read_blob(name, ret_blob);
}

START_TEST(reads_keys)
{
	static struct blob blob;
	uint8_t written[SSH_KEY_BLOB_MAX];
	char line[SSH_LINE_SIZE(SSH_KEY_BLOB_MAX)];
	struct ssh_key key, any;

	read_key(_i, &blob);
	ck_assert(!ssh_is_certificate(span_of_blob(&blob)));
	ck_assert_int_eq(ssh_key_read(span_of_blob(&blob), &key), SSH_OK);
	ck_assert_int_eq(key.type, key_cases[_i].is);
	ck_assert_str_eq(ssh_key_type_name(key.type), key_cases[_i].name);
	ck_assert_uint_eq(ssh_key_write(&key, written), blob.size);
	ck_assert_mem_eq(written, blob.bytes, blob.size);
	ck_assert_int_eq(ssh_line_write(span_of_blob(&blob), line), SSH_OK);
	ck_assert_str_eq(line, blob.line);
	ck_assert_int_eq(ssh_key_read_any(span_of_blob(&blob), &any), SSH_OK);
	ck_assert(span_equal(any.fields, key.fields));
}
END_TEST

/* ssh-keygen itself writes the SubjectPublicKeyInfo of all but Ed25519 keys. */
static EVP_PKEY *key_of_openssl(int index, const struct ssh_key *key)
{
	char name[32], command[64];
	EVP_PKEY *pkey;
	FILE *pem;

	if (key->type == SSH_KEY_ED25519)
		return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
						   key->point.data,
						   key->point.size);
	snprintf(name, sizeof(name), "key%d.pub", index);
	snprintf(command, sizeof(command), "ssh-keygen -e -m PKCS8 -f %s",
		 name);
	pem = popen(command, "r");
	ck_assert_ptr_nonnull(pem);
	pkey = PEM_read_PUBKEY(pem, NULL, NULL, NULL);
	ck_assert_int_eq(pclose(pem), 0);
	return pkey;
}

START_TEST(writes_the_info_that_openssl_writes)
{
	static struct blob blob;
	uint8_t spki[SSH_KEY_SPKI_MAX];
	unsigned char *expected = NULL;
	struct ssh_key key;
	EVP_PKEY *pkey;
	int size;

	read_key(_i, &blob);
	ck_assert_int_eq(ssh_key_read(span_of_blob(&blob), &key), SSH_OK);
	pkey = key_of_openssl(_i, &key);
	ck_assert_ptr_nonnull(pkey);
	size = i2d_PUBKEY(pkey, &expected);
	ck_assert_int_gt(size, 0);
	ck_assert_uint_eq(ssh_key_write_spki(&key, spki), (size_t)size);
	ck_assert_mem_eq(spki, expected, (size_t)size);
	OPENSSL_free(expected);
	EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(reads_certificates)
{
	static struct blob blob, plain, authority;
	struct ssh_certificate certificate;
	uint8_t written[SSH_KEY_BLOB_MAX];
	char line[SSH_LINE_SIZE(SSH_CERTIFICATE_MAX)];
	struct ssh_key any;
	struct span value;

	read_certificate(_i, &blob);
	read_key(_i, &plain);
	read_blob("authority.pub", &authority);
	ck_assert(ssh_is_certificate(span_of_blob(&blob)));
	ck_assert_int_eq(
		ssh_certificate_read(span_of_blob(&blob), &certificate),
		SSH_OK);
	ck_assert_uint_eq(ssh_key_write(&certificate.key, written), plain.size);
	ck_assert_mem_eq(written, plain.bytes, plain.size);
	ck_assert_uint_eq(certificate.serial, 42);
	ck_assert_int_eq(certificate.kind, SSH_CERTIFICATE_USER);
	ck_assert(span_equal(certificate.key_id, span_of_text("an id")));
	ck_assert_uint_eq(certificate.principal_count, 2);
	ck_assert(ssh_certificate_has_principal(&certificate, "alice"));
	ck_assert(ssh_certificate_has_principal(&certificate, "bob"));
	ck_assert(!ssh_certificate_has_principal(&certificate, "bo"));
	ck_assert_uint_eq(certificate.valid_after, 1767225600);
	ck_assert_uint_eq(certificate.valid_before, 1798761600);
	ck_assert(ssh_certificate_has_critical(&certificate));
	ck_assert(span_equal(certificate.signature_key,
			     span_of_blob(&authority)));
	ck_assert_int_eq(
		ssh_certificate_extension(&certificate, EXTENSION, &value),
		SSH_OK);
	ck_assert(span_equal(value, span_of_text(VALUE)));
	ck_assert_int_eq(
		ssh_certificate_extension(&certificate, "permit-pty", &value),
		SSH_OK);
	ck_assert(!span_is_absent(value) && value.size == 0);
	ck_assert_int_eq(
		ssh_certificate_extension(&certificate, "permit", &value),
		SSH_E_ABSENT);
	ck_assert_int_eq(ssh_line_write(span_of_blob(&blob), line), SSH_OK);
	ck_assert_str_eq(line, blob.line);
	ck_assert_int_eq(ssh_key_read_any(span_of_blob(&blob), &any), SSH_OK);
	ck_assert(span_equal(any.fields, certificate.key.fields));
}
END_TEST

/* The signature is over exactly signed_part, or the span would be useless. */
START_TEST(finds_what_was_signed)
{
	static struct blob blob, authority;
	struct ssh_certificate certificate;
	struct ssh_key signer;
	EVP_PKEY *pkey;
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	read_certificate(_i, &blob);
	read_blob("authority.pub", &authority);
	ck_assert_int_eq(
		ssh_certificate_read(span_of_blob(&blob), &certificate),
		SSH_OK);
	ck_assert_int_eq(ssh_key_read(certificate.signature_key, &signer),
			 SSH_OK);
	pkey = key_of_openssl(0, &signer);
	ck_assert_int_eq(EVP_DigestVerifyInit(context, NULL, NULL, NULL, pkey),
			 1);
	/* string "ssh-ed25519", string with 64 bytes */
	ck_assert_uint_eq(certificate.signature.size, 4 + 11 + 4 + 64);
	ck_assert_int_eq(EVP_DigestVerify(context,
					  certificate.signature.data + 19, 64,
					  certificate.signed_part.data,
					  certificate.signed_part.size),
			 1);
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(refuses_every_cut_and_every_addition)
{
	static struct blob blob;
	struct ssh_certificate certificate;
	struct ssh_key key;

	read_key(_i, &blob);
	for (size_t size = 0; size < blob.size; size++)
		ck_assert_int_ne(ssh_key_read(span_of(blob.bytes, size), &key),
				 SSH_OK);
	blob.bytes[blob.size] = 0;
	ck_assert_int_eq(ssh_key_read(span_of(blob.bytes, blob.size + 1), &key),
			 SSH_E_ENCODING);

	read_certificate(_i, &blob);
	for (size_t size = 0; size < blob.size; size++)
		ck_assert_int_ne(ssh_certificate_read(span_of(blob.bytes, size),
						      &certificate),
				 SSH_OK);
	blob.bytes[blob.size] = 0;
	ck_assert_int_eq(
		ssh_certificate_read(span_of(blob.bytes, blob.size + 1),
				     &certificate),
		SSH_E_ENCODING);
	ck_assert_int_eq(ssh_key_read(span_of_blob(&blob), &key), SSH_E_TYPE);
}
END_TEST

static void add_tests(TCase *tests)
{
	const int count = ARRAY_SIZE(key_cases);

	tcase_add_unchecked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, reads_keys, 0, count);
	tcase_add_loop_test(tests, writes_the_info_that_openssl_writes, 0,
			    count);
	tcase_add_loop_test(tests, reads_certificates, 0, count);
	tcase_add_loop_test(tests, finds_what_was_signed, 0, count);
	tcase_add_loop_test(tests, refuses_every_cut_and_every_addition, 0,
			    count);
}

/* In a folder of its own. False when there is no ssh-keygen. */
static bool make_authority(void)
{
	return mkdtemp(folder) != NULL && chdir(folder) == 0 &&
	       KEYGEN("-t", "ed25519", "-N", "", "-f", "authority") == 0;
}

int main(void)
{
	if (make_authority())
		return unit_run("ssh_keygen", add_tests);
	fputs("SKIP: ssh-keygen is not installed\n", stderr);
	(void)rmdir(folder);
	return UNIT_SKIPPED;
}
