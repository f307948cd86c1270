/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/ssh_keys.h"

#include <errno.h>
#include <string.h>

#include "base/base64.h"
#include "client/refusal.h"

#define TYPE_MAX 64

static const char method[] = "publickey ";
static const char certificate[] = "-cert-v01@openssh.com";

static bool is_certificate(struct span type)
{
	size_t length = strlen(certificate);

	return type.size > length &&
	       memcmp(type.data + type.size - length, certificate, length) == 0;
}

/* Names of keys are short, visible characters (RFC 4251 section 6). */
static bool is_type(struct span type)
{
	for (size_t i = 0; i < type.size; i++)
		if (type.data[i] <= ' ' || type.data[i] > '~')
			return false;
	return type.size > 0 && type.size <= TYPE_MAX;
}

/* Reads "TYPE BASE64" and nothing behind it. */
static bool read_key(struct span line, struct ssh_keys *keys,
		     struct answer *reterr_answer)
{
	const uint8_t *space = memchr(line.data, ' ', line.size);
	struct buffer *blob = &keys->keys[keys->count].blob;
	struct span type, text;
	int r;

	if (space == NULL)
		return refuse(REFUSAL_KEYS_MALFORMED, NULL, reterr_answer);
	type = span_of(line.data, (size_t)(space - line.data));
	text = span_of(space + 1, line.size - type.size - 1);
	if (!is_type(type) || text.size == 0)
		return refuse(REFUSAL_KEYS_MALFORMED, NULL, reterr_answer);
	keys->keys[keys->count++].certificate = is_certificate(type);
	*blob = (struct buffer){ malloc(SSH_KEYS_BLOB_MAX), 0 };
	if (blob->data == NULL)
		return refuse(REFUSAL_NO_MEMORY, NULL, reterr_answer);
	r = base64_decode(BASE64_STANDARD, text, blob->data, SSH_KEYS_BLOB_MAX,
			  &blob->size);
	if (r == -ENOSPC)
		return refuse(REFUSAL_KEYS_TOO_LARGE, NULL, reterr_answer);
	return r == 0 || refuse(REFUSAL_KEYS_MALFORMED, NULL, reterr_answer);
}

/* Other methods have proven no key. */
static bool read_line(struct span line, struct ssh_keys *keys,
		      struct answer *reterr_answer)
{
	size_t skip = strlen(method);

	if (line.size < skip || memcmp(line.data, method, skip) != 0)
		return true;
	if (keys->count == SSH_KEYS_MAX)
		return refuse(REFUSAL_KEYS_TOO_MANY, NULL, reterr_answer);
	return read_key(span_of(line.data + skip, line.size - skip), keys,
			reterr_answer);
}

bool ssh_keys_read(const char *text, struct ssh_keys *ret_keys,
		   struct answer *reterr_answer)
{
	_cleanup_(ssh_keys_clear) struct ssh_keys keys = SSH_KEYS_EMPTY;
	size_t length;

	if (strnlen(text, SSH_KEYS_TEXT_MAX + 1) > SSH_KEYS_TEXT_MAX)
		return refuse(REFUSAL_KEYS_TOO_LARGE, NULL, reterr_answer);
	for (; *text != '\0'; text += length) {
		length = strcspn(text, "\n");
		if (!read_line(span_of(text, length), &keys, reterr_answer))
			return false;
		length += text[length] == '\n';
	}
	*ret_keys = keys;
	keys = SSH_KEYS_EMPTY;
	return true;
}

bool ssh_keys_find(pam_handle_t *pamh, struct ssh_keys *ret_keys,
		   struct answer *reterr_answer)
{
	const char *text = pam_getenv(pamh, "SSH_AUTH_INFO_0");

	return ssh_keys_read(text == NULL ? "" : text, ret_keys, reterr_answer);
}

void ssh_keys_clear(struct ssh_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		buffer_free(keys->keys[i].blob);
	*keys = SSH_KEYS_EMPTY;
}
