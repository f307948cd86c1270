/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-sim/encode.h"

#include <cbor.h>

/* The longest head: one byte and eight of the argument (RFC 8949 3). */
#define HEAD_MAX 9u

/* Appends what an encoder of libcbor writes into a buffer of HEAD_MAX bytes. */
#define APPEND_HEAD(out, encoder, ...)                                         \
	do {                                                                   \
		uint8_t head_[HEAD_MAX];                                       \
                                                                               \
		bytes_append(out, head_,                                       \
			     encoder(__VA_ARGS__, head_, sizeof(head_)));      \
	} while (false)

void encode_unsigned(struct bytes *out, uint64_t value)
{
	APPEND_HEAD(out, cbor_encode_uint, value);
}

void encode_negative(struct bytes *out, uint64_t value)
{
	APPEND_HEAD(out, cbor_encode_negint, value);
}

void encode_text(struct bytes *out, const char *text)
{
	APPEND_HEAD(out, cbor_encode_string_start, strlen(text));
	bytes_append_span(out, span_of_text(text));
}

void encode_byte_string(struct bytes *out, struct span content)
{
	APPEND_HEAD(out, cbor_encode_bytestring_start, content.size);
	bytes_append_span(out, content);
}

void encode_null(struct bytes *out)
{
	uint8_t head[HEAD_MAX];

	bytes_append(out, head, cbor_encode_null(head, sizeof(head)));
}

void encode_tag(struct bytes *out, uint64_t tag)
{
	APPEND_HEAD(out, cbor_encode_tag, tag);
}

void encode_array(struct bytes *out, size_t count)
{
	APPEND_HEAD(out, cbor_encode_array_start, count);
}

void encode_map(struct bytes *out, size_t count)
{
	APPEND_HEAD(out, cbor_encode_map_start, count);
}

void encode_indefinite_map(struct bytes *out)
{
	uint8_t head[HEAD_MAX];

	bytes_append(out, head,
		     cbor_encode_indef_map_start(head, sizeof(head)));
}

void encode_break(struct bytes *out)
{
	uint8_t head[HEAD_MAX];

	bytes_append(out, head, cbor_encode_break(head, sizeof(head)));
}

void encode_optional(struct bytes *out, struct span content)
{
	if (span_is_absent(content))
		encode_null(out);
	else
		encode_byte_string(out, content);
}
