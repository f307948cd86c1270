/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-sim/bytes.h"

#include <errno.h>

void bytes_clear(struct bytes *bytes)
{
	free(bytes->data);
	*bytes = BYTES_EMPTY;
}

/* Makes room for `more` bytes; the sizes here are those of documents, far from
 * any overflow. */
static bool grow(struct bytes *bytes, size_t more)
{
	size_t capacity = 2 * (bytes->size + more);
	uint8_t *data;

	if (bytes->failed)
		return false;
	if (bytes->capacity - bytes->size >= more)
		return true;

	data = realloc(bytes->data, capacity);
	if (data == NULL) {
		bytes->failed = true;
		return false;
	}
	bytes->data = data;
	bytes->capacity = capacity;
	return true;
}

void bytes_append(struct bytes *bytes, const void *data, size_t size)
{
	if (size == 0 || !grow(bytes, size))
		return;
	memcpy(bytes->data + bytes->size, data, size);
	bytes->size += size;
}

void bytes_append_span(struct bytes *bytes, struct span span)
{
	bytes_append(bytes, span.data, span.size);
}

void bytes_append_byte(struct bytes *bytes, uint8_t byte)
{
	bytes_append(bytes, &byte, 1);
}

void bytes_append_bytes(struct bytes *bytes, const struct bytes *other)
{
	bytes_append(bytes, other->data, other->size);
	bytes->failed |= other->failed;
}

void bytes_append_fill(struct bytes *bytes, uint8_t byte, size_t count)
{
	for (size_t i = 0; i < count; i++)
		bytes_append_byte(bytes, byte);
}

void bytes_set(struct bytes *bytes, struct span span)
{
	bytes->size = 0;
	bytes_append_span(bytes, span);
}

void bytes_insert(struct bytes *bytes, size_t offset, struct span span)
{
	if (span.size == 0 || !grow(bytes, span.size))
		return;
	memmove(bytes->data + offset + span.size, bytes->data + offset,
		bytes->size - offset);
	memcpy(bytes->data + offset, span.data, span.size);
	bytes->size += span.size;
}

void bytes_take(struct bytes *bytes, struct bytes *source)
{
	bytes_clear(bytes);
	*bytes = *source;
	*source = BYTES_EMPTY;
}

int bytes_ok(const struct bytes *bytes)
{
	return bytes->failed ? -ENOMEM : 0;
}
