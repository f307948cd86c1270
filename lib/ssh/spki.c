/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An SSH key as DER SubjectPublicKeyInfo. Everything before the key itself is the
 * same for all keys of a type, but for RSA, whose numbers have any length.
 */
#include "config.h"

#include "ssh/key.h"
#include "ssh/wire.h"

#define DER_INTEGER    0x02
#define DER_BIT_STRING 0x03
#define DER_SEQUENCE   0x30

/* RFC 8410 section 4: SEQUENCE { SEQUENCE { 1.3.101.112 }, BIT STRING } */
static const uint8_t ed25519_head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
					0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };

/* RFC 5480 section 2.1: id-ecPublicKey and the curve's name. */
static const uint8_t p256_head[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a,
				     0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
				     0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
				     0x01, 0x07, 0x03, 0x42, 0x00 };
static const uint8_t p384_head[] = { 0x30, 0x76, 0x30, 0x10, 0x06, 0x07,
				     0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
				     0x01, 0x06, 0x05, 0x2b, 0x81, 0x04,
				     0x00, 0x22, 0x03, 0x62, 0x00 };
static const uint8_t p521_head[] = { 0x30, 0x81, 0x9b, 0x30, 0x10, 0x06, 0x07,
				     0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
				     0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23,
				     0x03, 0x81, 0x86, 0x00 };

/* RFC 3279 section 2.3.1: SEQUENCE { rsaEncryption, NULL } */
static const uint8_t rsa_algorithm[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a,
					 0x86, 0x48, 0x86, 0xf7, 0x0d,
					 0x01, 0x01, 0x01, 0x05, 0x00 };

_Static_assert(SSH_KEY_SPKI_MAX >= SSH_RSA_MODULUS_MAX + SSH_RSA_EXPONENT_MAX +
					   2 + sizeof(rsa_algorithm) + 5 * 4 +
					   1,
	       "the largest RSA key must fit");

/* Tag and length take 2, 3 or 4 bytes before contents of less than 64 KiB. */
static size_t der_size(size_t content)
{
	if (content < 0x80)
		return content + 2;
	return content + (content < 0x100 ? 3 : 4);
}

static void write_byte(struct wire_writer *writer, size_t value)
{
	const uint8_t byte = (uint8_t)value;

	wire_write_bytes(writer, span_of(&byte, 1));
}

static void write_head(struct wire_writer *writer, uint8_t tag, size_t content)
{
	write_byte(writer, tag);
	if (content >= 0x100) {
		write_byte(writer, 0x82);
		write_byte(writer, content >> 8);
	} else if (content >= 0x80) {
		write_byte(writer, 0x81);
	}
	write_byte(writer, content & 0xff);
}

/* A number without zeros in front gets one where its sign bit would be set. */
static size_t integer_content(struct span number)
{
	return number.size + (number.data[0] >= 0x80 ? 1 : 0);
}

static void write_integer(struct wire_writer *writer, struct span number)
{
	write_head(writer, DER_INTEGER, integer_content(number));
	if (number.data[0] >= 0x80)
		write_byte(writer, 0);
	wire_write_bytes(writer, number);
}

/* RSAPublicKey, in a bit string of whole bytes, behind its algorithm. */
static void write_rsa(struct wire_writer *writer, const struct ssh_key *key)
{
	const size_t numbers = der_size(integer_content(key->modulus)) +
			       der_size(integer_content(key->exponent));
	const size_t bits = 1 + der_size(numbers);

	write_head(writer, DER_SEQUENCE,
		   sizeof(rsa_algorithm) + der_size(bits));
	wire_write_bytes(writer, span_of(rsa_algorithm, sizeof(rsa_algorithm)));
	write_head(writer, DER_BIT_STRING, bits);
	write_byte(writer, 0);
	write_head(writer, DER_SEQUENCE, numbers);
	write_integer(writer, key->modulus);
	write_integer(writer, key->exponent);
}

size_t ssh_key_write_spki(const struct ssh_key *key,
			  uint8_t ret_spki[static SSH_KEY_SPKI_MAX])
{
	static const struct span heads[] = {
		[SSH_KEY_ED25519] = { ed25519_head, sizeof(ed25519_head) },
		[SSH_KEY_ECDSA_P256] = { p256_head, sizeof(p256_head) },
		[SSH_KEY_ECDSA_P384] = { p384_head, sizeof(p384_head) },
		[SSH_KEY_ECDSA_P521] = { p521_head, sizeof(p521_head) },
	};
	struct wire_writer writer = wire_writer(ret_spki, SSH_KEY_SPKI_MAX);

	if (key->type == SSH_KEY_RSA) {
		write_rsa(&writer, key);
		return writer.size;
	}
	wire_write_bytes(&writer, heads[key->type]);
	wire_write_bytes(&writer, key->point);
	return writer.size;
}
