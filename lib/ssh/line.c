/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and certificates as text: "TYPE BASE64 COMMENT".
 */
#include "config.h"

#include <errno.h>

#include "base/base64.h"
#include "ssh/certificate.h"
#include "ssh/key_private.h"

/* The characters up to the next blank, which is skipped. */
static struct span take_word(struct span *line)
{
	const uint8_t *blank = memchr(line->data, ' ', line->size);
	struct span word = *line;

	if (blank == NULL) {
		*line = span_of(line->data + line->size, 0);
		return word;
	}
	word.size = (size_t)(blank - line->data);
	*line = span_of(blank + 1, line->size - word.size - 1);
	return word;
}

/* The name that a key or certificate begins with. */
static struct span type_of(struct span blob)
{
	struct wire_reader reader = wire_reader(blob);

	return wire_read_string(&reader);
}

enum ssh_error ssh_line_read(struct span line, uint8_t *ret_blob,
			     size_t capacity, size_t *ret_size)
{
	struct span type, text;
	size_t size = 0;
	int r;

	if (span_is_absent(line))
		return SSH_E_LINE;
	type = take_word(&line);
	text = take_word(&line);
	if (type.size == 0 || text.size == 0)
		return SSH_E_LINE;
	r = base64_decode(BASE64_STANDARD, text, ret_blob, capacity, &size);
	if (r == -ENOSPC)
		return SSH_E_SIZE;
	if (r < 0 || !span_equal(type, type_of(span_of(ret_blob, size))))
		return SSH_E_LINE;
	*ret_size = size;
	return SSH_OK;
}

enum ssh_error ssh_file_read(struct span file,
			     uint8_t ret_blob[static SSH_KEY_BLOB_MAX],
			     size_t *ret_size)
{
	uint8_t blob[SSH_CERTIFICATE_MAX];
	struct ssh_key key;
	enum ssh_error error;
	size_t size;

	if (file.size > 0 && file.data[file.size - 1] == '\n')
		file.size--;
	if (file.size == 0 || memchr(file.data, '\n', file.size) != NULL)
		return SSH_E_LINE;
	error = ssh_line_read(file, blob, sizeof(blob), &size);
	if (error == SSH_OK)
		error = ssh_key_read_any(span_of(blob, size), &key);
	if (error == SSH_OK)
		*ret_size = ssh_key_write(&key, ret_blob);
	return error;
}

enum ssh_error ssh_line_write(struct span blob, char *ret_line)
{
	const struct span name = type_of(blob);

	if (name.size == 0)
		return SSH_E_ENCODING;
	if (key_type_find(name, false) == NULL &&
	    key_type_find(name, true) == NULL)
		return SSH_E_TYPE;
	memcpy(ret_line, name.data, name.size);
	ret_line[name.size] = ' ';
	base64_encode(BASE64_STANDARD, blob, ret_line + name.size + 1);
	return SSH_OK;
}
