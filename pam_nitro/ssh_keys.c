/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/ssh_keys.h"

#include <errno.h>
#include <string.h>

#include "base/base64.h"
#include "base/compiler.h"
#include "client/refusal.h"

static const char method[] = "publickey ";

/* What the daemon can hold against a document. Keys of other types (of hardware
 * tokens, say) are good for sshd, and prove nothing about an enclave. */
#define TYPES(X)                                                               \
	X("ssh-ed25519")                                                       \
	X("ecdsa-sha2-nistp256")                                               \
	X("ecdsa-sha2-nistp384")                                               \
	X("ecdsa-sha2-nistp521")                                               \
	X("ssh-rsa")

static const struct type {
	const char *name;
	bool certificate;
} types[] = {
#define TYPE_ROWS(name) { name, false }, { name "-cert-v01@openssh.com", true },
	TYPES(TYPE_ROWS)
#undef TYPE_ROWS
};

static const struct type *find_type(struct span name)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strlen(types[i].name) == name.size &&
		    memcmp(types[i].name, name.data, name.size) == 0)
			return &types[i];
	return NULL;
}

static bool add_key(struct span text, bool is_certificate,
		    struct ssh_keys *keys, struct answer *reterr_answer)
{
	struct buffer *blob = &keys->keys[keys->count].blob;
	int r;

	*blob = (struct buffer){ malloc(SSH_KEYS_BLOB_MAX), 0 };
	if (blob->data == NULL)
		return refusal_give(REFUSAL_NO_MEMORY, NULL, reterr_answer);
	keys->keys[keys->count++].certificate = is_certificate;
	r = base64_decode(BASE64_STANDARD, text, blob->data, SSH_KEYS_BLOB_MAX,
			  &blob->size);
	if (r == -ENOSPC)
		return refusal_give(REFUSAL_KEYS_TOO_LARGE, NULL,
				    reterr_answer);
	return r == 0 ||
	       refusal_give(REFUSAL_KEYS_MALFORMED, NULL, reterr_answer);
}

/* Reads "TYPE BASE64" and nothing behind it. */
static bool read_key(struct span line, struct ssh_keys *keys,
		     struct answer *reterr_answer)
{
	const uint8_t *space = memchr(line.data, ' ', line.size);
	const struct type *type;
	struct span text;

	if (space == NULL || space == line.data ||
	    space + 1 == line.data + line.size)
		return refusal_give(REFUSAL_KEYS_MALFORMED, NULL,
				    reterr_answer);
	type = find_type(span_of(line.data, (size_t)(space - line.data)));
	if (type == NULL)
		return true;
	if (keys->count == SSH_KEYS_MAX)
		return refusal_give(REFUSAL_KEYS_TOO_MANY, NULL, reterr_answer);
	text = span_of(space + 1, line.size - (size_t)(space + 1 - line.data));
	return add_key(text, type->certificate, keys, reterr_answer);
}

/* Other methods have proven no key. */
static bool read_line(struct span line, struct ssh_keys *keys,
		      struct answer *reterr_answer)
{
	size_t skip = strlen(method);

	if (line.size < skip || memcmp(line.data, method, skip) != 0)
		return true;
	return read_key(span_of(line.data + skip, line.size - skip), keys,
			reterr_answer);
}

bool ssh_keys_read(const char *text, struct ssh_keys *ret_keys,
		   struct answer *reterr_answer)
{
	_cleanup_(ssh_keys_clear) struct ssh_keys keys = SSH_KEYS_EMPTY;
	size_t length;

	if (strnlen(text, SSH_KEYS_TEXT_MAX + 1) > SSH_KEYS_TEXT_MAX)
		return refusal_give(REFUSAL_KEYS_TOO_LARGE, NULL,
				    reterr_answer);
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

/* When a session opens, pam_env may have read a file of the user's own before
 * (user_readenv, as in Debian's stack of sshd). It can set this variable, but not end
 * it with a newline, as sshd does. */
static bool may_be_the_users(const char *text, enum phase phase)
{
	size_t length = strlen(text);

	return phase == PHASE_SESSION && length > 0 && text[length - 1] != '\n';
}

bool ssh_keys_find(pam_handle_t *pamh, enum phase phase,
		   struct ssh_keys *ret_keys, struct answer *reterr_answer)
{
	const char *text = pam_getenv(pamh, "SSH_AUTH_INFO_0");

	if (text == NULL)
		text = "";
	if (may_be_the_users(text, phase))
		return refusal_give(REFUSAL_KEYS_NOT_OF_SSHD, NULL,
				    reterr_answer);
	return ssh_keys_read(text, ret_keys, reterr_answer);
}

void ssh_keys_clear(struct ssh_keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		buffer_free(keys->keys[i].blob);
	*keys = SSH_KEYS_EMPTY;
}
