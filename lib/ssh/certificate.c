/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ssh/certificate.h"

#include "ssh/key_private.h"

static bool is_text(struct span bytes)
{
	return bytes.size == 0 || memchr(bytes.data, '\0', bytes.size) == NULL;
}

/* Counts the principals; false when they are not names, or too many. */
static bool count_principals(struct span packed, size_t *ret_count)
{
	struct wire_reader reader = wire_reader(packed);
	size_t count = 0;

	for (; reader.rest.size > 0 && !reader.is_broken; count++) {
		const struct span name = wire_read_string(&reader);

		if (name.size == 0 || !is_text(name) ||
		    count == SSH_PRINCIPALS_MAX)
			return false;
	}
	*ret_count = count;
	return wire_is_read(&reader);
}

/* What an option is called and what it says, both as packed. */
struct option {
	struct span name;
	struct span data;
};

static struct option read_option(struct wire_reader *reader)
{
	struct option option;

	option.name = wire_read_string(reader);
	option.data = wire_read_string(reader);
	return option;
}

static bool is_among(struct span name, const struct option *options,
		     size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_equal(options[i].name, name))
			return true;
	return false;
}

/* PROTOCOL.certkeys: a name stands only once. It asks for an order too, which
 * older versions of ssh-keygen did not keep. */
static bool are_options(struct span packed)
{
	struct wire_reader reader = wire_reader(packed);
	struct option options[SSH_OPTIONS_MAX];
	size_t count = 0;

	while (reader.rest.size > 0 && !reader.is_broken) {
		const struct option option = read_option(&reader);

		if (count == SSH_OPTIONS_MAX || option.name.size == 0 ||
		    !is_text(option.name) ||
		    is_among(option.name, options, count))
			return false;
		options[count++] = option;
	}
	return wire_is_read(&reader);
}

static bool are_fields_right(struct ssh_certificate *certificate)
{
	return (certificate->kind == SSH_CERTIFICATE_USER ||
		certificate->kind == SSH_CERTIFICATE_HOST) &&
	       is_text(certificate->key_id) &&
	       count_principals(certificate->principals,
				&certificate->principal_count) &&
	       are_options(certificate->critical) &&
	       are_options(certificate->extensions) &&
	       certificate->signature_key.size > 0 &&
	       certificate->signature.size > 0;
}

/* The fields behind the key, in the order of PROTOCOL.certkeys. */
static void read_fields(struct wire_reader *reader,
			struct ssh_certificate *certificate)
{
	certificate->serial = wire_read_u64(reader);
	certificate->kind = (enum ssh_certificate_kind)wire_read_u32(reader);
	certificate->key_id = wire_read_string(reader);
	certificate->principals = wire_read_string(reader);
	certificate->valid_after = wire_read_u64(reader);
	certificate->valid_before = wire_read_u64(reader);
	certificate->critical = wire_read_string(reader);
	certificate->extensions = wire_read_string(reader);
	(void)wire_read_string(reader); /* reserved; to be ignored */
	certificate->signature_key = wire_read_string(reader);
}

enum ssh_error ssh_certificate_read(struct span blob,
				    struct ssh_certificate *ret_certificate)
{
	struct wire_reader reader = wire_reader(blob);
	struct ssh_certificate certificate;
	const struct key_type *type;
	enum ssh_error error;

	if (blob.size > SSH_CERTIFICATE_MAX)
		return SSH_E_SIZE;
	type = key_type_find(wire_read_string(&reader), true);
	if (reader.is_broken)
		return SSH_E_ENCODING;
	if (type == NULL)
		return SSH_E_TYPE;
	(void)wire_read_string(&reader); /* the authority's nonce */
	error = key_read_fields(&reader, type, &certificate.key);
	if (error != SSH_OK)
		return error;
	read_fields(&reader, &certificate);
	certificate.signed_part =
		span_of(blob.data, blob.size - reader.rest.size);
	certificate.signature = wire_read_string(&reader);
	if (!wire_is_read(&reader))
		return SSH_E_ENCODING;
	if (!are_fields_right(&certificate))
		return SSH_E_CERTIFICATE;
	*ret_certificate = certificate;
	return SSH_OK;
}

bool ssh_certificate_has_principal(const struct ssh_certificate *certificate,
				   const char *name)
{
	struct wire_reader reader = wire_reader(certificate->principals);

	for (size_t i = 0; i < certificate->principal_count; i++)
		if (span_equal(wire_read_string(&reader), span_of_text(name)))
			return true;
	return false;
}

bool ssh_certificate_is_valid_at(const struct ssh_certificate *certificate,
				 uint64_t now)
{
	return certificate->valid_after <= now &&
	       now < certificate->valid_before;
}

/* "name=value" is packed as a string in a string; a flag as an empty one. */
static enum ssh_error unpack(struct span data, struct span *ret_value)
{
	struct wire_reader reader = wire_reader(data);
	struct span value = data;

	if (data.size > 0)
		value = wire_read_string(&reader);
	if (!wire_is_read(&reader))
		return SSH_E_CERTIFICATE;
	*ret_value = value;
	return SSH_OK;
}

enum ssh_error
ssh_certificate_extension(const struct ssh_certificate *certificate,
			  const char *name, struct span *ret_value)
{
	struct wire_reader reader = wire_reader(certificate->extensions);

	while (reader.rest.size > 0) {
		const struct option option = read_option(&reader);

		if (span_equal(option.name, span_of_text(name)))
			return unpack(option.data, ret_value);
	}
	return SSH_E_ABSENT;
}

enum ssh_error ssh_key_read_any(struct span blob, struct ssh_key *ret_key)
{
	struct ssh_certificate certificate;
	enum ssh_error error;

	if (!ssh_is_certificate(blob))
		return ssh_key_read(blob, ret_key);
	error = ssh_certificate_read(blob, &certificate);
	if (error == SSH_OK)
		*ret_key = certificate.key;
	return error;
}
