/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "key/attested_key.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "key/public_key.h"
#include "qos/key_pair.h"

#define POINT_HEAD   0x04
#define DER_SEQUENCE 0x30
#define DER_INTEGER  0x02
#define P256_SIZE    65u
#define P384_SIZE    97u
#define ED25519_SIZE 32u
#define PEM_HEAD     "-----BEGIN "

struct attested_key {
	struct buffer bytes; /* public_key as it stands in the document */
	struct public_key signs;
	struct public_key encrypts; /* empty where `signs` does both */
};

DEFINE_CLEANUP(BIO *, BIO_free)

enum key_error key_library_new(struct key_library **ret_library)
{
	_cleanup_(key_library_freep) struct key_library *library =
		calloc(1, sizeof(*library));
	enum attest_error e;

	if (library == NULL)
		return KEY_E_NO_MEMORY;
	e = crypto_new(&library->crypto);
	if (e == ATTEST_E_NO_MEMORY)
		return KEY_E_NO_MEMORY;
	if (e != ATTEST_OK)
		return KEY_E_INTERNAL;
	*ret_library = TAKE_PTR(library);
	return KEY_OK;
}

void key_library_free(struct key_library *library)
{
	if (library == NULL)
		return;
	crypto_unref(library->crypto);
	free(library);
}

void key_library_leave(const struct key_library *library)
{
	crypto_leave(library->crypto);
}

void attested_key_free(struct attested_key *key)
{
	if (key == NULL)
		return;
	buffer_free(key->bytes);
	public_key_free(key->signs);
	public_key_free(key->encrypts);
	free(key);
}

static enum key_error read_ed25519(const struct key_library *library,
				   struct span bytes, struct attested_key *key)
{
	return public_key_new(library, KEY_ALGORITHM_ED25519, bytes,
			      &key->signs);
}

static enum key_error read_p256(const struct key_library *library,
				struct span bytes, struct attested_key *key)
{
	return public_key_new(library, KEY_ALGORITHM_P256, bytes, &key->signs);
}

static enum key_error read_p384(const struct key_library *library,
				struct span bytes, struct attested_key *key)
{
	return public_key_new(library, KEY_ALGORITHM_P384, bytes, &key->signs);
}

static enum key_error read_pair(const struct key_library *library,
				struct span bytes, struct attested_key *key)
{
	struct qos_key_pair pair;
	enum key_error e;

	if (!qos_key_pair_split(bytes, &pair))
		return KEY_E_FORM;
	e = public_key_new(library, KEY_ALGORITHM_P256, pair.encryption,
			   &key->encrypts);
	if (e != KEY_OK)
		return e;
	return public_key_new(library, KEY_ALGORITHM_P256, pair.signing,
			      &key->signs);
}

/* Where the content of a DER item with a definite length begins, or 0. */
static size_t der_content(struct span item)
{
	if (item.size < 2)
		return 0;
	return item.data[1] < 0x80 ? 2 : 2u + (item.data[1] & 0x7fu);
}

/* RSAPublicKey begins with an integer, SubjectPublicKeyInfo with a sequence. */
static enum key_error read_der(const struct key_library *library,
			       struct span bytes, struct attested_key *key)
{
	size_t content = der_content(bytes);

	if (content > 0 && content < bytes.size &&
	    bytes.data[content] == DER_INTEGER)
		return public_key_new(library, KEY_ALGORITHM_RSA, bytes,
				      &key->signs);
	return public_key_read(library, bytes, &key->signs);
}

/* Is there nothing but white space (or the NUL of C) behind the block? */
static bool has_ended(BIO *bio)
{
	char *rest;
	long size = BIO_get_mem_data(bio, &rest);

	for (long i = 0; i < size; i++)
		if (rest[i] != '\n' && rest[i] != '\r' && rest[i] != ' ' &&
		    rest[i] != '\0')
			return false;
	return true;
}

static enum key_error read_block(const struct key_library *library,
				 const char *name, struct span content,
				 struct attested_key *key)
{
	if (strcmp(name, PEM_STRING_PUBLIC) == 0)
		return public_key_read(library, content, &key->signs);
	if (strcmp(name, PEM_STRING_RSA_PUBLIC) == 0)
		return public_key_new(library, KEY_ALGORITHM_RSA, content,
				      &key->signs);
	return KEY_E_FORM;
}

static enum key_error read_pem(const struct key_library *library,
			       struct span bytes, struct attested_key *key)
{
	_cleanup_(BIO_freep) BIO *bio =
		BIO_new_mem_buf(bytes.data, (int)bytes.size);
	char *name = NULL, *header = NULL;
	unsigned char *content = NULL;
	enum key_error e = KEY_E_FORM;
	long size = 0;

	if (bio == NULL)
		return KEY_E_NO_MEMORY;
	if (PEM_read_bio(bio, &name, &header, &content, &size) != 1)
		return key_failure(KEY_E_FORM);
	if (header[0] == '\0' && has_ended(bio))
		e = read_block(library, name, span_of(content, (size_t)size),
			       key);
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(content);
	return e;
}

/* The forms by their size (0: any) and how they begin; the first that fits. */
static const struct {
	size_t size;
	struct span head;
	enum key_error (*read)(const struct key_library *library,
			       struct span bytes, struct attested_key *key);
} forms[] = {
	{ ED25519_SIZE, { (const uint8_t[]){ 0 }, 0 }, read_ed25519 },
	{ P256_SIZE, { (const uint8_t[]){ POINT_HEAD }, 1 }, read_p256 },
	{ P384_SIZE, { (const uint8_t[]){ POINT_HEAD }, 1 }, read_p384 },
	{ QOS_KEY_SIZE, { (const uint8_t[]){ POINT_HEAD }, 1 }, read_pair },
	{ 0, { (const uint8_t[]){ DER_SEQUENCE }, 1 }, read_der },
	{ 0, { (const uint8_t *)PEM_HEAD, sizeof(PEM_HEAD) - 1 }, read_pem },
};

static enum key_error read_bytes(const struct key_library *library,
				 struct span bytes, struct attested_key *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct span head = forms[i].head;

		if ((forms[i].size == 0 || forms[i].size == bytes.size) &&
		    bytes.size >= head.size &&
		    span_equal(span_of(bytes.data, head.size), head))
			return forms[i].read(library, bytes, key);
	}
	return KEY_E_FORM;
}

enum key_error attested_key_parse(const struct key_library *library,
				  struct span bytes,
				  struct attested_key **ret_key)
{
	_cleanup_(attested_key_freep) struct attested_key *key = NULL;
	enum key_error e;

	if (bytes.size == 0)
		return KEY_E_MISSING;
	if (bytes.size > ATTEST_FIELD_MAX)
		return KEY_E_FORM;
	key = calloc(1, sizeof(*key));
	if (key == NULL)
		return KEY_E_NO_MEMORY;
	key->bytes.data = malloc(bytes.size);
	if (key->bytes.data == NULL)
		return KEY_E_NO_MEMORY;
	memcpy(key->bytes.data, bytes.data, bytes.size);
	key->bytes.size = bytes.size;
	e = read_bytes(library, buffer_span(&key->bytes), key);
	ERR_clear_error();
	if (e == KEY_OK)
		*ret_key = TAKE_PTR(key);
	return e;
}

enum key_error attested_key_new(const struct key_library *library,
				const struct evidence *evidence,
				struct attested_key **ret_key)
{
	return attested_key_parse(library, evidence_public_key(evidence),
				  ret_key);
}

const struct public_key *
attested_key_for_signatures(const struct attested_key *key)
{
	return &key->signs;
}

const struct public_key *
attested_key_for_encryption(const struct attested_key *key)
{
	return key->encrypts.handle == NULL ? &key->signs : &key->encrypts;
}

enum key_algorithm attested_key_algorithm(const struct attested_key *key)
{
	return key->signs.algorithm;
}

const char *attested_key_name(const struct attested_key *key)
{
	static const char *const names[] = {
		[KEY_ALGORITHM_P256] = "P-256",
		[KEY_ALGORITHM_P384] = "P-384",
		[KEY_ALGORITHM_RSA] = "RSA",
		[KEY_ALGORITHM_ED25519] = "Ed25519",
	};

	if (key->encrypts.handle != NULL)
		return "QOS P-256 pair";
	return names[key->signs.algorithm];
}

struct span attested_key_bytes(const struct attested_key *key)
{
	return buffer_span(&key->bytes);
}

struct span attested_key_spki(const struct attested_key *key)
{
	return buffer_span(&key->signs.spki);
}
