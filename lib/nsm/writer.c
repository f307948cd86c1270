/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nsm/writer.h"

#include <cbor.h>

/* Takes what an encoder reported: it writes nothing and returns 0 when its head
 * does not fit. */
static void advance(struct writer *writer, size_t size)
{
	if (size == 0)
		writer->overflowed = true;
	writer->used += size;
}

/* Where the next head goes. After an overflow there is no room at all, so that
 * a shorter later item cannot slip in. */
static uint8_t *place(const struct writer *writer)
{
	return writer->data + writer->used;
}

static size_t room(const struct writer *writer)
{
	return writer->overflowed ? 0 : writer->capacity - writer->used;
}

static void put_raw(struct writer *writer, struct span bytes)
{
	if (bytes.size > room(writer)) {
		writer->overflowed = true;
		return;
	}
	if (bytes.size > 0)
		memcpy(place(writer), bytes.data, bytes.size);
	writer->used += bytes.size;
}

void writer_put_map(struct writer *writer, size_t pairs)
{
	advance(writer,
		cbor_encode_map_start(pairs, place(writer), room(writer)));
}

void writer_put_array(struct writer *writer, size_t items)
{
	advance(writer,
		cbor_encode_array_start(items, place(writer), room(writer)));
}

void writer_put_text(struct writer *writer, struct span text)
{
	advance(writer, cbor_encode_string_start(text.size, place(writer),
						 room(writer)));
	put_raw(writer, text);
}

void writer_put_name(struct writer *writer, const char *name)
{
	writer_put_text(writer, span_of_text(name));
}

void writer_put_uint(struct writer *writer, uint64_t value)
{
	advance(writer, cbor_encode_uint(value, place(writer), room(writer)));
}

void writer_put_bool(struct writer *writer, bool value)
{
	advance(writer, cbor_encode_bool(value, place(writer), room(writer)));
}

void writer_put_bytes(struct writer *writer, struct span bytes)
{
	advance(writer, cbor_encode_bytestring_start(bytes.size, place(writer),
						     room(writer)));
	put_raw(writer, bytes);
}

void writer_put_bytes_or_null(struct writer *writer, struct span bytes)
{
	if (!span_is_absent(bytes)) {
		writer_put_bytes(writer, bytes);
		return;
	}
	advance(writer, cbor_encode_null(place(writer), room(writer)));
}

size_t writer_finish(const struct writer *writer)
{
	return writer->overflowed ? 0 : writer->used;
}
