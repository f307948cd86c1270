/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of a private key (PROTOCOL.key of OpenSSH), without encryption: whoever
 * could read it in an enclave could ask the module for a document, too. Whatever
 * held the private half is wiped.
 */
#include "config.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>

#include "base/base64.h"
#include "nitro-attest/ssh_identity_private.h"

/* Bytes under the armour: both halves, a comment, and names. */
#define BODY_MAX 1024u

#define ARMOUR_BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----\n"
#define ARMOUR_END   "-----END OPENSSH PRIVATE KEY-----\n"
#define ARMOUR_LINE  70u

/* With its NUL, which is part of it. */
#define MAGIC "openssh-key-v1"

/* The cipher "none" has blocks of 8 bytes. */
#define BLOCK_SIZE 8u

#define SEED_SIZE 32u

DEFINE_CLEANUP(OSSL_PARAM_BLD *, OSSL_PARAM_BLD_free)
DEFINE_CLEANUP(OSSL_PARAM *, OSSL_PARAM_free)
DEFINE_CLEANUP(EVP_PKEY_CTX *, EVP_PKEY_CTX_free)
DEFINE_CLEANUP(BIGNUM *, BN_clear_free)

/* A secret under way. */
struct body {
	uint8_t bytes[BODY_MAX];
};

static void wipe(struct body *body)
{
	OPENSSL_cleanse(body, sizeof(*body));
}

#define _cleanup_wipe_ _cleanup_(wipe)

/* Ed25519: the seed and the public key again. P-256: the scalar. */
static bool write_secret(const struct identity *identity,
			 struct wire_writer *writer)
{
	const struct kind *kind = kind_of(identity->type);
	_cleanup_wipe_ struct body secret;
	size_t size = SEED_SIZE, public_size = SEED_SIZE;
	_cleanup_(BN_clear_freep) BIGNUM *scalar = NULL;

	if (kind->curve != NULL) {
		if (EVP_PKEY_get_bn_param(identity->key,
					  OSSL_PKEY_PARAM_PRIV_KEY,
					  &scalar) != 1 ||
		    BN_bn2binpad(scalar, secret.bytes, SEED_SIZE) < 0)
			return false;
		write_mpint(writer, span_of(secret.bytes, SEED_SIZE));
		return true;
	}
	if (EVP_PKEY_get_raw_private_key(identity->key, secret.bytes, &size) !=
		    1 ||
	    EVP_PKEY_get_raw_public_key(identity->key, secret.bytes + SEED_SIZE,
					&public_size) != 1)
		return false;
	wire_write_string(writer, span_of(secret.bytes, size + public_size));
	return true;
}

static bool write_private_section(const struct identity *identity,
				  const char *comment,
				  struct wire_writer *writer)
{
	uint8_t padding = 1;
	uint32_t check;

	/* Written twice, so that a wrong passphrase would show. */
	if (RAND_bytes((unsigned char *)&check, sizeof(check)) != 1)
		return false;
	wire_write_u32(writer, check);
	wire_write_u32(writer, check);
	wire_write_bytes(writer, identity_blob(identity));
	if (!write_secret(identity, writer))
		return false;
	wire_write_string(writer, span_of_text(comment));
	for (; writer->size % BLOCK_SIZE != 0 && !writer->is_full; padding++)
		wire_write_bytes(writer, span_of(&padding, 1));
	return !writer->is_full;
}

static size_t write_armour(struct span body,
			   char ret_text[static IDENTITY_FILE_MAX])
{
	char text[BASE64_SIZE(BODY_MAX)];
	size_t length = base64_encode(BASE64_STANDARD, body, text);
	char *out = ret_text;

	out = stpcpy(out, ARMOUR_BEGIN);
	for (size_t at = 0; at < length; at += ARMOUR_LINE) {
		size_t size =
			length - at < ARMOUR_LINE ? length - at : ARMOUR_LINE;

		out = mempcpy(out, text + at, size);
		*out++ = '\n';
	}
	out = stpcpy(out, ARMOUR_END);
	OPENSSL_cleanse(text, sizeof(text));
	return (size_t)(out - ret_text);
}

size_t identity_write(const struct identity *identity, const char *comment,
		      char ret_text[static IDENTITY_FILE_MAX])
{
	_cleanup_wipe_ struct body section, body;
	struct wire_writer inner = wire_writer(&section, sizeof(section));
	struct wire_writer outer = wire_writer(&body, sizeof(body));

	if (!write_private_section(identity, comment, &inner))
		return 0;
	wire_write_bytes(&outer, span_of(MAGIC, sizeof(MAGIC)));
	wire_write_string(&outer, span_of_text("none")); /* cipher */
	wire_write_string(&outer, span_of_text("none")); /* kdf */
	wire_write_string(&outer, span_of_text(""));	 /* its options */
	wire_write_u32(&outer, 1);
	wire_write_string(&outer, identity_blob(identity));
	wire_write_string(&outer, span_of(inner.data, inner.size));
	return outer.is_full ? 0
			     : write_armour(span_of(outer.data, outer.size),
					    ret_text);
}

static bool take_front(struct span *text, const char *expected)
{
	size_t size = strlen(expected);

	if (text->size < size || memcmp(text->data, expected, size) != 0)
		return false;
	*text = span_of(text->data + size, text->size - size);
	return true;
}

static bool take_back(struct span *text, const char *expected)
{
	size_t size = strlen(expected);

	if (text->size < size ||
	    memcmp(text->data + text->size - size, expected, size) != 0)
		return false;
	text->size -= size;
	return true;
}

static int read_armour(struct span text, struct body *body, size_t *ret_size)
{
	_cleanup_wipe_ struct body joined;
	size_t length = 0;

	if (!take_front(&text, ARMOUR_BEGIN) || !take_back(&text, ARMOUR_END) ||
	    text.size > sizeof(joined.bytes))
		return -EINVAL;
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] != '\n')
			joined.bytes[length++] = text.data[i];
	return base64_decode(BASE64_STANDARD, span_of(joined.bytes, length),
			     body->bytes, sizeof(body->bytes), ret_size);
}

/* True for a body in the one form that is read here: its public key and its
 * private section. */
static bool split_body(struct span body, struct span *ret_public,
		       struct span *ret_section)
{
	struct wire_reader reader;

	if (body.size < sizeof(MAGIC) ||
	    memcmp(body.data, MAGIC, sizeof(MAGIC)) != 0)
		return false;
	reader = wire_reader(
		span_of(body.data + sizeof(MAGIC), body.size - sizeof(MAGIC)));
	if (!span_equal(wire_read_string(&reader), span_of_text("none")) ||
	    !span_equal(wire_read_string(&reader), span_of_text("none")) ||
	    wire_read_string(&reader).size != 0 || wire_read_u32(&reader) != 1)
		return false;
	*ret_public = wire_read_string(&reader);
	*ret_section = wire_read_string(&reader);
	return wire_is_read(&reader);
}

/* The secret in a private section that repeats this public key. */
static bool find_secret(struct span section, struct span public,
			struct span *ret_secret)
{
	struct wire_reader reader = wire_reader(section);
	struct span rest;

	if (wire_read_u32(&reader) != wire_read_u32(&reader))
		return false;
	rest = reader.rest;
	if (reader.is_broken || rest.size < public.size ||
	    !span_equal(span_of(rest.data, public.size), public))
		return false;
	reader = wire_reader(
		span_of(rest.data + public.size, rest.size - public.size));
	*ret_secret = wire_read_string(&reader);
	(void)wire_read_string(&reader); /* the comment */
	return !reader.is_broken && reader.rest.size < BLOCK_SIZE;
}

static EVP_PKEY *new_ec_key(const struct kind *kind, struct span point,
			    struct span secret)
{
	_cleanup_(OSSL_PARAM_BLD_freep) OSSL_PARAM_BLD *builder =
		OSSL_PARAM_BLD_new();
	_cleanup_(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *context =
		EVP_PKEY_CTX_new_from_name(NULL, kind->openssl, NULL);
	_cleanup_(BN_clear_freep) BIGNUM *scalar =
		BN_bin2bn(secret.data, (int)secret.size, NULL);
	_cleanup_(OSSL_PARAM_freep) OSSL_PARAM *parameters = NULL;
	EVP_PKEY *key = NULL;

	if (builder == NULL || context == NULL || scalar == NULL ||
	    OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME,
					    kind->curve, 0) != 1 ||
	    OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY,
					     point.data, point.size) != 1 ||
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, scalar) !=
		    1)
		return NULL;
	parameters = OSSL_PARAM_BLD_to_param(builder);
	if (parameters == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters) != 1)
		return NULL;
	return key;
}

/* NULL when the halves make no key. That they belong together is asked next. */
static EVP_PKEY *new_key(const struct kind *kind, const struct ssh_key *public,
			 struct span secret)
{
	if (kind->curve == NULL)
		return secret.size != 2 * SEED_SIZE
			       ? NULL
			       : EVP_PKEY_new_raw_private_key_ex(
					 NULL, kind->openssl, NULL, secret.data,
					 SEED_SIZE);
	return secret.size > SEED_SIZE + 1
		       ? NULL
		       : new_ec_key(kind, public->point, secret);
}

static bool is_pair(EVP_PKEY *key)
{
	_cleanup_(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *context =
		EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	return context != NULL && EVP_PKEY_pairwise_check(context) == 1;
}

int identity_read(struct span text, struct identity *ret_identity)
{
	_cleanup_wipe_ struct body body;
	_cleanup_identity_ struct identity identity = IDENTITY_EMPTY;
	_cleanup_key_ EVP_PKEY *key = NULL;
	struct span public, section, secret;
	const struct kind *kind;
	struct ssh_key parts;
	size_t size;
	int r;

	if (read_armour(text, &body, &size) < 0 ||
	    !split_body(span_of(body.bytes, size), &public, &section) ||
	    !find_secret(section, public, &secret) ||
	    ssh_key_read(public, &parts) != SSH_OK)
		return -EINVAL;
	kind = kind_of(parts.type);
	if (kind == NULL)
		return -EINVAL;
	key = new_key(kind, &parts, secret);
	if (key == NULL || !is_pair(key))
		return -EINVAL;
	r = identity_adopt(kind, key, &identity);
	if (r < 0)
		return r;
	if (!span_equal(identity_blob(&identity), public))
		return -EINVAL;
	*ret_identity = identity;
	identity = IDENTITY_EMPTY;
	return 0;
}
