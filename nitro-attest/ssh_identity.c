/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-attest/ssh_identity.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>

#include "nitro-attest/ssh_identity_private.h"

DEFINE_CLEANUP(EVP_MD_CTX *, EVP_MD_CTX_free)
DEFINE_CLEANUP(ECDSA_SIG *, ECDSA_SIG_free)

/* A DER ECDSA signature of P-256: two INTEGERs of at most 33 bytes. */
#define SIGNATURE_MAX 80u

#define SCALAR_SIZE 32u

static const struct kind kinds[] = {
	{ SSH_KEY_ED25519, "ED25519", NULL, "ssh-ed25519", NULL },
	{ SSH_KEY_ECDSA_P256, "EC", "P-256", "ecdsa-sha2-nistp256",
	  "nistp256" },
};

const struct kind *kind_of(enum ssh_key_type type)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

static bool read_point(EVP_PKEY *key, uint8_t ret_point[static POINT_MAX],
		       size_t *ret_size)
{
	return EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
					       ret_point, POINT_MAX,
					       ret_size) == 1;
}

void write_public_fields(struct wire_writer *writer, const struct kind *kind,
			 struct span point)
{
	wire_write_string(writer, span_of_text(kind->name));
	if (kind->ssh_curve != NULL)
		wire_write_string(writer, span_of_text(kind->ssh_curve));
	wire_write_string(writer, point);
}

int identity_adopt(const struct kind *kind, EVP_PKEY *key,
		   struct identity *ret_identity)
{
	struct identity identity = { .key = key, .type = kind->type };
	struct wire_writer writer =
		wire_writer(identity.blob, sizeof(identity.blob));
	uint8_t point[POINT_MAX];
	size_t size;

	if (!read_point(key, point, &size) || EVP_PKEY_up_ref(key) != 1)
		return -EIO;
	write_public_fields(&writer, kind, span_of(point, size));
	identity.blob_size = writer.size;
	*ret_identity = identity;
	return 0;
}

int identity_generate(enum ssh_key_type type, struct identity *ret_identity)
{
	const struct kind *kind = kind_of(type);
	_cleanup_key_ EVP_PKEY *key = NULL;

	if (kind == NULL)
		return -ENOTSUP;
	key = kind->curve != NULL
		      ? EVP_EC_gen(kind->curve)
		      : EVP_PKEY_Q_keygen(NULL, NULL, kind->openssl);
	if (key == NULL)
		return -EIO;
	return identity_adopt(kind, key, ret_identity);
}

void identity_clear(struct identity *identity)
{
	EVP_PKEY_free(identity->key);
	*identity = IDENTITY_EMPTY;
}

void write_mpint(struct wire_writer *writer, struct span number)
{
	uint8_t bytes[SCALAR_SIZE + 1] = { 0 };

	while (number.size > 0 && number.data[0] == 0)
		number = span_of(number.data + 1, number.size - 1);
	if (number.size > SCALAR_SIZE) {
		writer->is_full = true;
		return;
	}
	memcpy(bytes + 1, number.data, number.size);
	/* The highest bit is the sign. */
	if (number.size > 0 && number.data[0] >= 0x80)
		wire_write_string(writer, span_of(bytes, number.size + 1));
	else
		wire_write_string(writer, span_of(bytes + 1, number.size));
	OPENSSL_cleanse(bytes, sizeof(bytes));
}

static bool write_big_number(struct wire_writer *writer, const BIGNUM *number)
{
	uint8_t bytes[SCALAR_SIZE];

	if (BN_bn2binpad(number, bytes, sizeof(bytes)) < 0)
		return false;
	write_mpint(writer, span_of(bytes, sizeof(bytes)));
	return true;
}

/* RFC 5656 section 3.1.2: r and s as numbers, packed as one string. */
static int write_ecdsa(struct span der, struct wire_writer *writer)
{
	_cleanup_(ECDSA_SIG_freep) ECDSA_SIG *pair = NULL;
	uint8_t memory[SIGNATURE_MAX];
	struct wire_writer numbers = wire_writer(memory, sizeof(memory));
	const uint8_t *at = der.data;

	pair = d2i_ECDSA_SIG(NULL, &at, (long)der.size);
	if (pair == NULL ||
	    !write_big_number(&numbers, ECDSA_SIG_get0_r(pair)) ||
	    !write_big_number(&numbers, ECDSA_SIG_get0_s(pair)) ||
	    numbers.is_full)
		return -EIO;
	wire_write_string(writer, span_of(numbers.data, numbers.size));
	return 0;
}

int identity_sign(const struct identity *identity, struct span message,
		  struct wire_writer *writer)
{
	_cleanup_(EVP_MD_CTX_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
	const struct kind *kind = kind_of(identity->type);
	uint8_t bytes[SIGNATURE_MAX], memory[2 * SIGNATURE_MAX];
	struct wire_writer blob = wire_writer(memory, sizeof(memory));
	size_t size = sizeof(bytes);
	int r = 0;

	/* Ed25519 has a digest of its own; ecdsa-sha2-nistp256 has SHA-256. */
	if (context == NULL ||
	    EVP_DigestSignInit_ex(context, NULL,
				  kind->curve != NULL ? "SHA256" : NULL, NULL,
				  NULL, identity->key, NULL) != 1 ||
	    EVP_DigestSign(context, bytes, &size, message.data, message.size) !=
		    1)
		return -EIO;
	wire_write_string(&blob, span_of_text(kind->name));
	if (kind->curve != NULL)
		r = write_ecdsa(span_of(bytes, size), &blob);
	else
		wire_write_string(&blob, span_of(bytes, size));
	if (r < 0 || blob.is_full)
		return -EIO;
	wire_write_string(writer, span_of(blob.data, blob.size));
	return 0;
}
