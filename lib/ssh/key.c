/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ssh/key.h"

#include "ssh/key_private.h"

_Static_assert(SSH_KEY_BLOB_MAX >= 4 + 7 + 4 + 1 + SSH_RSA_EXPONENT_MAX + 4 +
					   1 + SSH_RSA_MODULUS_MAX,
	       "the largest RSA key must fit");

#define CERTIFICATE_SUFFIX "-cert-v01@openssh.com"

static const struct key_type types[] = {
	[SSH_KEY_ED25519] = { SSH_KEY_ED25519, "ssh-ed25519",
			      "ssh-ed25519" CERTIFICATE_SUFFIX, NULL, 32 },
	[SSH_KEY_ECDSA_P256] = { SSH_KEY_ECDSA_P256, "ecdsa-sha2-nistp256",
				 "ecdsa-sha2-nistp256" CERTIFICATE_SUFFIX,
				 "nistp256", 65 },
	[SSH_KEY_ECDSA_P384] = { SSH_KEY_ECDSA_P384, "ecdsa-sha2-nistp384",
				 "ecdsa-sha2-nistp384" CERTIFICATE_SUFFIX,
				 "nistp384", 97 },
	[SSH_KEY_ECDSA_P521] = { SSH_KEY_ECDSA_P521, "ecdsa-sha2-nistp521",
				 "ecdsa-sha2-nistp521" CERTIFICATE_SUFFIX,
				 "nistp521", 133 },
	[SSH_KEY_RSA] = { SSH_KEY_RSA, "ssh-rsa", "ssh-rsa" CERTIFICATE_SUFFIX,
			  NULL, 0 },
};

const struct key_type *key_type_find(struct span name, bool is_certificate)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const char *known = is_certificate ? types[i].certificate_name
						   : types[i].name;

		if (span_equal(name, span_of_text(known)))
			return &types[i];
	}
	return NULL;
}

const char *ssh_key_type_name(enum ssh_key_type type)
{
	return types[type].name;
}

const char *ssh_certificate_type_name(enum ssh_key_type type)
{
	return types[type].certificate_name;
}

bool ssh_is_certificate(struct span blob)
{
	struct wire_reader reader = wire_reader(blob);

	return key_type_find(wire_read_string(&reader), true) != NULL;
}

/* A number above zero as RFC 4251 section 5 wants it (mpint): no byte too many, and
 * a zero in front exactly where the number would be negative without. Absent when
 * it is something else or not of `least` to `most` bytes. */
static struct span read_positive(struct wire_reader *reader, size_t least,
				 size_t most)
{
	struct span number = wire_read_string(reader);

	if (number.size == 0 || number.data[0] >= 0x80)
		return SPAN_ABSENT;
	if (number.data[0] == 0) {
		number.data++;
		number.size--;
		if (number.size == 0 || number.data[0] < 0x80)
			return SPAN_ABSENT;
	}
	if (number.size < least || number.size > most)
		return SPAN_ABSENT;
	return number;
}

static bool is_odd(struct span number)
{
	return !span_is_absent(number) &&
	       (number.data[number.size - 1] & 1) != 0;
}

static bool read_rsa(struct wire_reader *reader, struct ssh_key *key)
{
	key->exponent = read_positive(reader, 1, SSH_RSA_EXPONENT_MAX);
	key->modulus =
		read_positive(reader, SSH_RSA_MODULUS_MIN, SSH_RSA_MODULUS_MAX);
	/* An exponent of 1 would make a signature of every text. */
	return is_odd(key->exponent) && is_odd(key->modulus) &&
	       (key->exponent.size > 1 || key->exponent.data[0] > 1);
}

static bool read_ecdsa(struct wire_reader *reader, const struct key_type *type,
		       struct ssh_key *key)
{
	const struct span curve = wire_read_string(reader);

	key->point = wire_read_string(reader);
	/* RFC 5656 section 3.1; the compressed form is not used by OpenSSH. */
	return span_equal(curve, span_of_text(type->curve)) &&
	       key->point.size == type->point_size && key->point.data[0] == 4;
}

static bool read_ed25519(struct wire_reader *reader,
			 const struct key_type *type, struct ssh_key *key)
{
	key->point = wire_read_string(reader);
	return key->point.size == type->point_size;
}

enum ssh_error key_read_fields(struct wire_reader *reader,
			       const struct key_type *type,
			       struct ssh_key *ret_key)
{
	struct ssh_key key = { .type = type->type };
	const uint8_t *begin = reader->rest.data;
	bool is_key;

	if (type->point_size == 0)
		is_key = read_rsa(reader, &key);
	else if (type->curve != NULL)
		is_key = read_ecdsa(reader, type, &key);
	else
		is_key = read_ed25519(reader, type, &key);
	if (reader->is_broken)
		return SSH_E_ENCODING;
	if (!is_key)
		return SSH_E_KEY;
	key.fields = span_of(begin, (size_t)(reader->rest.data - begin));
	*ret_key = key;
	return SSH_OK;
}

enum ssh_error ssh_key_read(struct span blob, struct ssh_key *ret_key)
{
	struct wire_reader reader = wire_reader(blob);
	const struct key_type *type;
	struct ssh_key key;
	enum ssh_error error;

	if (blob.size > SSH_KEY_BLOB_MAX)
		return SSH_E_SIZE;
	type = key_type_find(wire_read_string(&reader), false);
	if (reader.is_broken)
		return SSH_E_ENCODING;
	if (type == NULL)
		return SSH_E_TYPE;
	error = key_read_fields(&reader, type, &key);
	if (error != SSH_OK)
		return error;
	if (!wire_is_read(&reader))
		return SSH_E_ENCODING;
	*ret_key = key;
	return SSH_OK;
}

size_t ssh_key_write(const struct ssh_key *key,
		     uint8_t ret_blob[static SSH_KEY_BLOB_MAX])
{
	struct wire_writer writer = wire_writer(ret_blob, SSH_KEY_BLOB_MAX);

	wire_write_string(&writer, span_of_text(types[key->type].name));
	wire_write_bytes(&writer, key->fields);
	return writer.size;
}
