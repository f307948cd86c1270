/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/cursor.h"

#include <cbor.h>
#include <stdio.h>

/* libcbor 0.9 widened the lengths in its callbacks from size_t. */
#if CBOR_MAJOR_VERSION == 0 && CBOR_MINOR_VERSION < 9
typedef size_t cbor_length;
#else
typedef uint64_t cbor_length;
#endif

/* One decoded item: for strings with its content, for arrays, maps and tags the
 * head only. */
struct item {
	enum cursor_type type;
	uint64_t argument; /* value, length or count (RFC 8949 section 3) */
	struct span content;
	size_t size; /* encoded bytes */
};

static void set_item(void *context, enum cursor_type type, uint64_t argument)
{
	struct item *item = context;

	item->type = type;
	item->argument = argument;
}

static void on_unsigned8(void *context, uint8_t value)
{
	set_item(context, CURSOR_UNSIGNED, value);
}

static void on_unsigned16(void *context, uint16_t value)
{
	set_item(context, CURSOR_UNSIGNED, value);
}

static void on_unsigned32(void *context, uint32_t value)
{
	set_item(context, CURSOR_UNSIGNED, value);
}

static void on_unsigned64(void *context, uint64_t value)
{
	set_item(context, CURSOR_UNSIGNED, value);
}

static void on_negative8(void *context, uint8_t value)
{
	set_item(context, CURSOR_NEGATIVE, value);
}

static void on_negative16(void *context, uint16_t value)
{
	set_item(context, CURSOR_NEGATIVE, value);
}

static void on_negative32(void *context, uint32_t value)
{
	set_item(context, CURSOR_NEGATIVE, value);
}

static void on_negative64(void *context, uint64_t value)
{
	set_item(context, CURSOR_NEGATIVE, value);
}

static void on_bytes(void *context, cbor_data data, cbor_length length)
{
	set_item(context, CURSOR_BYTES, length);
	((struct item *)context)->content = span_of(data, length);
}

static void on_text(void *context, cbor_data data, cbor_length length)
{
	set_item(context, CURSOR_TEXT, length);
	((struct item *)context)->content = span_of(data, length);
}

static void on_array(void *context, cbor_length count)
{
	set_item(context, CURSOR_ARRAY, count);
}

static void on_map(void *context, cbor_length count)
{
	set_item(context, CURSOR_MAP, count);
}

static void on_tag(void *context, uint64_t tag)
{
	set_item(context, CURSOR_TAG, tag);
}

static void on_indefinite(void *context)
{
	set_item(context, CURSOR_INDEFINITE_ITEM, 0);
}

static void on_indefinite_map(void *context)
{
	set_item(context, CURSOR_INDEFINITE_MAP, 0);
}

static void on_break(void *context)
{
	set_item(context, CURSOR_BREAK, 0);
}

static void on_null(void *context)
{
	set_item(context, CURSOR_NULL, 0);
}

static void on_boolean(void *context, bool value)
{
	set_item(context, CURSOR_BOOLEAN, value);
}

static void on_undefined(void *context)
{
	set_item(context, CURSOR_OTHER, 0);
}

static void on_float(void *context, float _unused_ value)
{
	set_item(context, CURSOR_OTHER, 0);
}

static void on_double(void *context, double _unused_ value)
{
	set_item(context, CURSOR_OTHER, 0);
}

/* libcbor calls through every slot without looking: none may stay empty. */
static const struct cbor_callbacks callbacks = {
	.uint8 = on_unsigned8,
	.uint16 = on_unsigned16,
	.uint32 = on_unsigned32,
	.uint64 = on_unsigned64,
	.negint8 = on_negative8,
	.negint16 = on_negative16,
	.negint32 = on_negative32,
	.negint64 = on_negative64,
	.byte_string = on_bytes,
	.byte_string_start = on_indefinite,
	.string = on_text,
	.string_start = on_indefinite,
	.array_start = on_array,
	.indef_array_start = on_indefinite,
	.map_start = on_map,
	.indef_map_start = on_indefinite_map,
	.tag = on_tag,
	.float2 = on_float,
	.float4 = on_float,
	.float8 = on_double,
	.undefined = on_undefined,
	.null = on_null,
	.boolean = on_boolean,
	.indef_break = on_break,
};

static void fail(struct cursor *cursor, enum cursor_error error)
{
	if (cursor->error == CURSOR_OK)
		cursor->error = error;
}

static size_t bytes_left(const struct cursor *cursor)
{
	return cursor->input.size - cursor->offset;
}

/* Bytes of the shortest head with this argument (RFC 8949 section 3). */
static size_t minimal_head_size(uint64_t argument)
{
	if (argument < 24)
		return 1;
	if (argument <= UINT8_MAX)
		return 2;
	if (argument <= UINT16_MAX)
		return 3;
	return argument <= UINT32_MAX ? 5 : 9;
}

/* Types whose head carries an argument, which could be written too long. */
static bool has_argument(enum cursor_type type)
{
	return type >= CURSOR_UNSIGNED && type <= CURSOR_TAG;
}

/* libcbor does not decode tags 6 to 20 in their shortest form, the one-byte head:
 * they were unassigned when it was written. 18 is COSE_Sign1's. */
static bool decode_short_tag(const struct cursor *cursor, struct item *ret_item)
{
	uint8_t head =
		bytes_left(cursor) > 0 ? cursor->input.data[cursor->offset] : 0;

	if (head < 0xc6 || head > 0xd4)
		return false;
	*ret_item = (struct item){ .type = CURSOR_TAG,
				   .argument = head & 0x1f,
				   .size = 1 };
	return true;
}

/* Decodes the item at the cursor without moving. libcbor's streaming decoder
 * reads one item per call, allocates nothing, and hands strings out as pointers
 * into the input. */
static bool decode(struct cursor *cursor, struct item *ret_item)
{
	struct item item = { .type = CURSOR_END };
	struct cbor_decoder_result result;

	if (cursor->error != CURSOR_OK)
		return false;
	if (decode_short_tag(cursor, ret_item))
		return true;
	result = cbor_stream_decode(cursor->input.data + cursor->offset,
				    bytes_left(cursor), &callbacks, &item);
	item.size = result.read;
	if (result.status == CBOR_DECODER_NEDATA)
		fail(cursor, CURSOR_TRUNCATED);
	else if (result.status != CBOR_DECODER_FINISHED ||
		 item.type == CURSOR_END || item.size > bytes_left(cursor) ||
		 item.content.size >= item.size)
		fail(cursor, CURSOR_MALFORMED);
	else if (has_argument(item.type) &&
		 item.size - item.content.size !=
			 minimal_head_size(item.argument))
		fail(cursor, CURSOR_NOT_MINIMAL);
	if (cursor->error != CURSOR_OK)
		return false;
	*ret_item = item;
	return true;
}

/* An item that is not of the type asked for: why exactly. */
static void fail_type(struct cursor *cursor, enum cursor_type wanted,
		      enum cursor_type found)
{
	cursor->wanted = wanted;
	cursor->found = found;
	if (found == CURSOR_INDEFINITE_ITEM || found == CURSOR_INDEFINITE_MAP)
		fail(cursor, CURSOR_INDEFINITE);
	else if (found == CURSOR_BREAK)
		fail(cursor, CURSOR_MALFORMED);
	else
		fail(cursor, CURSOR_TYPE);
}

static bool take(struct cursor *cursor, enum cursor_type wanted,
		 struct item *ret_item)
{
	if (!decode(cursor, ret_item))
		return false;
	if (ret_item->type != wanted) {
		fail_type(cursor, wanted, ret_item->type);
		return false;
	}
	cursor->offset += ret_item->size;
	return true;
}

void cursor_init(struct cursor *cursor, struct span input)
{
	*cursor = (struct cursor){ .input = input };
}

enum cursor_type cursor_peek(struct cursor *cursor)
{
	struct item item;

	if (cursor->error == CURSOR_OK && bytes_left(cursor) == 0)
		return CURSOR_END;
	return decode(cursor, &item) ? item.type : CURSOR_END;
}

uint64_t cursor_read_unsigned(struct cursor *cursor)
{
	struct item item;

	return take(cursor, CURSOR_UNSIGNED, &item) ? item.argument : 0;
}

struct span cursor_read_bytes(struct cursor *cursor)
{
	struct item item;

	return take(cursor, CURSOR_BYTES, &item) ? item.content : SPAN_ABSENT;
}

struct span cursor_read_text(struct cursor *cursor)
{
	struct item item;

	return take(cursor, CURSOR_TEXT, &item) ? item.content : SPAN_ABSENT;
}

bool cursor_read_boolean(struct cursor *cursor)
{
	struct item item;

	return take(cursor, CURSOR_BOOLEAN, &item) && item.argument != 0;
}

uint64_t cursor_read_tag(struct cursor *cursor)
{
	struct item item;

	return take(cursor, CURSOR_TAG, &item) ? item.argument : 0;
}

bool cursor_take_null(struct cursor *cursor)
{
	struct item item;

	return cursor_peek(cursor) == CURSOR_NULL &&
	       take(cursor, CURSOR_NULL, &item);
}

/* Reads the head of an array or map. Elements have at least `element_size`
 * encoded bytes, so that a count which the input cannot hold is seen at once. */
static uint64_t enter(struct cursor *cursor, enum cursor_type wanted,
		      size_t element_size, uint64_t max)
{
	size_t start = cursor->offset;
	struct item item;

	if (!take(cursor, wanted, &item))
		return 0;
	if (item.argument > bytes_left(cursor) / element_size)
		fail(cursor, CURSOR_TRUNCATED);
	else if (item.argument > max)
		fail(cursor, CURSOR_LIMIT);
	if (cursor->error == CURSOR_OK)
		return item.argument;
	cursor->offset = start;
	return 0;
}

uint64_t cursor_enter_array(struct cursor *cursor, uint64_t max)
{
	return enter(cursor, CURSOR_ARRAY, 1, max);
}

struct cursor_map cursor_enter_map(struct cursor *cursor, uint64_t max)
{
	return (struct cursor_map){ .left = enter(cursor, CURSOR_MAP, 2, max) };
}

struct cursor_map cursor_enter_any_map(struct cursor *cursor, uint64_t max)
{
	struct item item;

	if (cursor_peek(cursor) != CURSOR_INDEFINITE_MAP ||
	    !take(cursor, CURSOR_INDEFINITE_MAP, &item))
		return cursor_enter_map(cursor, max);
	return (struct cursor_map){ .left = max, .is_indefinite = true };
}

bool cursor_next_entry(struct cursor *cursor, struct cursor_map *map)
{
	struct item item;

	if (cursor->error != CURSOR_OK)
		return false;
	if (map->is_indefinite) {
		if (!decode(cursor, &item))
			return false;
		if (item.type == CURSOR_BREAK) {
			cursor->offset += item.size;
			return false;
		}
		if (map->left == 0)
			fail(cursor, CURSOR_LIMIT);
	}
	if (map->left == 0)
		return false;
	map->left--;
	return true;
}

struct span cursor_since(const struct cursor *cursor, size_t start)
{
	if (cursor->error != CURSOR_OK || start > cursor->offset)
		return SPAN_ABSENT;
	return span_of(cursor->input.data + start, cursor->offset - start);
}

enum cursor_error cursor_finish(struct cursor *cursor)
{
	if (bytes_left(cursor) > 0)
		fail(cursor, CURSOR_TRAILING);
	return cursor->error;
}

const char *cursor_type_text(enum cursor_type type)
{
	static const char *const texts[] = {
		[CURSOR_END] = "nothing",
		[CURSOR_UNSIGNED] = "an unsigned integer",
		[CURSOR_NEGATIVE] = "a negative integer",
		[CURSOR_BYTES] = "a byte string",
		[CURSOR_TEXT] = "a text",
		[CURSOR_ARRAY] = "an array",
		[CURSOR_MAP] = "a map",
		[CURSOR_TAG] = "a tag",
		[CURSOR_NULL] = "null",
		[CURSOR_BOOLEAN] = "a boolean",
		[CURSOR_OTHER] = "a float or undefined",
		[CURSOR_INDEFINITE_ITEM] = "an item of indefinite length",
		[CURSOR_INDEFINITE_MAP] = "a map of indefinite length",
		[CURSOR_BREAK] = "a break",
	};

	return texts[type];
}

const char *cursor_explain(const struct cursor *cursor,
			   char ret_text[static CURSOR_TEXT_SIZE])
{
	static const char *const texts[] = {
		[CURSOR_OK] = "well formed",
		[CURSOR_TRUNCATED] = "the input ends inside an item",
		[CURSOR_MALFORMED] = "not well-formed CBOR",
		[CURSOR_NOT_MINIMAL] = "a head longer than it must be",
		[CURSOR_INDEFINITE] = "an indefinite length",
		[CURSOR_LIMIT] = "too many elements",
		[CURSOR_TRAILING] = "bytes after the end",
	};

	if (cursor->error == CURSOR_TYPE)
		snprintf(ret_text, CURSOR_TEXT_SIZE, "byte %zu: %s, not %s",
			 cursor->offset, cursor_type_text(cursor->found),
			 cursor_type_text(cursor->wanted));
	else
		snprintf(ret_text, CURSOR_TEXT_SIZE, "byte %zu: %s",
			 cursor->offset, texts[cursor->error]);
	return ret_text;
}
