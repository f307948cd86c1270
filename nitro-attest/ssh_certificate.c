/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-attest/ssh_certificate.h"

#include <errno.h>
#include <openssl/rand.h>

#include "ssh/certificate.h"

/* Makes two certificates of one key differ, as OpenSSH's own do. */
#define CERTIFICATE_NONCE_SIZE 32u

#define KEY_ID "nitro-attest"

/* What ssh-keygen permits by default. It is the holder of the key who writes this,
 * so it limits nobody: what a session may do is for the host to say. In the order
 * of their names, as the format asks. */
static const char *const permits[] = {
	"permit-X11-forwarding",  "permit-agent-forwarding",
	"permit-port-forwarding", "permit-pty",
	"permit-user-rc",
};

/* A string that is written in place: its length is known at its end. */
static size_t open_string(struct wire_writer *writer)
{
	wire_write_u32(writer, 0);
	return writer->size;
}

static void close_string(struct wire_writer *writer, size_t start)
{
	struct wire_writer length;

	if (writer->is_full)
		return;
	length = wire_writer(writer->data + start - sizeof(uint32_t),
			     sizeof(uint32_t));
	wire_write_u32(&length, (uint32_t)(writer->size - start));
}

static void write_principals(struct wire_writer *writer, const char *users)
{
	size_t start = open_string(writer);

	while (*users != '\0') {
		size_t length = strcspn(users, ",");

		wire_write_string(writer, span_of(users, length));
		users += length;
		users += *users == ',';
	}
	close_string(writer, start);
}

/* The value of an extension is a string within a string. */
static void write_extensions(struct wire_writer *writer, struct span document)
{
	size_t start = open_string(writer), value;

	wire_write_string(writer, span_of_text(SSH_EXTENSION_DOCUMENT));
	value = open_string(writer);
	wire_write_string(writer, document);
	close_string(writer, value);
	for (size_t i = 0; i < ARRAY_SIZE(permits); i++) {
		wire_write_string(writer, span_of_text(permits[i]));
		wire_write_string(writer, span_of_text(""));
	}
	close_string(writer, start);
}

static int write_certificate(const struct certificate_order *order,
			     struct wire_writer *writer)
{
	const struct identity *identity = order->identity;
	uint8_t nonce[CERTIFICATE_NONCE_SIZE];
	struct ssh_key key;
	const char *type;

	if (ssh_key_read(identity_blob(identity), &key) != SSH_OK ||
	    RAND_bytes(nonce, sizeof(nonce)) != 1)
		return -EIO;
	type = ssh_certificate_type_name(key.type);
	wire_write_string(writer, span_of_text(type));
	wire_write_string(writer, span_of(nonce, sizeof(nonce)));
	wire_write_bytes(writer, key.fields);
	wire_write_u64(writer, 0); /* serial */
	wire_write_u32(writer, SSH_CERTIFICATE_USER);
	wire_write_string(writer, span_of_text(KEY_ID));
	write_principals(writer, order->users);
	wire_write_u64(writer, order->valid_after);
	wire_write_u64(writer, order->valid_before);
	wire_write_string(writer, span_of_text("")); /* critical options */
	write_extensions(writer, order->document);
	wire_write_string(writer, span_of_text("")); /* reserved */
	wire_write_string(writer, identity_blob(identity));
	if (writer->is_full)
		return -E2BIG;
	return identity_sign(identity, span_of(writer->data, writer->size),
			     writer);
}

int public_line_make(struct span blob, const char *comment,
		     struct buffer *ret_line)
{
	size_t room = SSH_LINE_SIZE(blob.size) + strlen(comment) + 2;
	_cleanup_free_ char *line = malloc(room);
	char *end;

	if (line == NULL)
		return -ENOMEM;
	if (ssh_line_write(blob, line) != SSH_OK)
		return -EIO;
	end = line + strlen(line);
	end += snprintf(end, room - (size_t)(end - line), " %s\n", comment);
	*ret_line = (struct buffer){ (uint8_t *)line, (size_t)(end - line) };
	line = NULL;
	return 0;
}

int certificate_make(const struct certificate_order *order, const char *comment,
		     struct buffer *ret_line)
{
	_cleanup_free_ uint8_t *memory = malloc(SSH_CERTIFICATE_MAX);
	struct wire_writer writer = wire_writer(memory, SSH_CERTIFICATE_MAX);
	int r;

	if (memory == NULL)
		return -ENOMEM;
	r = write_certificate(order, &writer);
	if (r < 0)
		return r;
	if (writer.is_full)
		return -E2BIG;
	return public_line_make(span_of(writer.data, writer.size), comment,
				ret_line);
}
