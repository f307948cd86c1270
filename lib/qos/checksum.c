/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "qos/checksum.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "attest/cursor.h"
#include "base/hex.h"
#include "base/printable.h"
#include "qos/failure.h"

/* How deep values that are passed over may be nested, and how wide they may be:
 * a user_data has 4096 bytes at most. */
#define SKIP_DEPTH_MAX 8u
#define SKIP_WIDTH_MAX 4096u

#define SHOWN_SIZE 160

enum kind {
	KIND_SHA256,
	KIND_VALUE,
	KIND_JSON,
	KIND_CBOR,
};

struct checksum {
	enum kind kind;
	char *text;	   /* as it was written */
	char *path;	   /* of a field: "a/b" */
	const char *value; /* of a field; part of `text` */
	uint8_t *bytes;	   /* SHA-256, the value, or what `value` is in hex */
	size_t size;
	bool has_bytes;
};

void checksum_free(struct checksum *checksum)
{
	if (checksum == NULL)
		return;
	free(checksum->text);
	free(checksum->path);
	free(checksum->bytes);
	free(checksum);
}

const char *checksum_text(const struct checksum *checksum)
{
	return checksum->text;
}

static const struct kind_row {
	const char *prefix;
	enum kind kind;
} kind_rows[] = {
	{ "sha256:", KIND_SHA256 },
	{ "json:", KIND_JSON },
	{ "cbor:", KIND_CBOR },
	/* The last: it fits everything. */
	{ "", KIND_VALUE },
};

static bool decode_bytes(struct checksum *checksum, const char *hex)
{
	const size_t length = strlen(hex);

	checksum->bytes = malloc(length / 2 + 1);
	if (checksum->bytes == NULL)
		return false;
	checksum->has_bytes =
		length > 0 && hex_decode(span_of_text(hex), checksum->bytes,
					 length / 2, &checksum->size) == 0;
	return true;
}

static bool path_is_valid(const char *path)
{
	const size_t length = strlen(path);

	return length > 0 && path[0] != '/' && path[length - 1] != '/' &&
	       strstr(path, "//") == NULL;
}

/* PATH=VALUE, from `text` on, which is part of the checksum's. */
static enum qos_error parse_field(struct checksum *checksum, const char *text)
{
	const char *equals = strchr(text, '=');

	if (equals == NULL || equals[1] == '\0')
		return QOS_E_MANIFEST_VALUE;
	checksum->path = strndup(text, (size_t)(equals - text));
	if (checksum->path == NULL)
		return QOS_E_NO_MEMORY;
	checksum->value = equals + 1;
	return path_is_valid(checksum->path) ? QOS_OK : QOS_E_MANIFEST_VALUE;
}

static enum qos_error parse_rest(struct checksum *checksum, const char *rest)
{
	const bool is_field =
		checksum->kind == KIND_JSON || checksum->kind == KIND_CBOR;
	enum qos_error e = is_field ? parse_field(checksum, rest) : QOS_OK;

	if (e != QOS_OK)
		return e;
	if (!decode_bytes(checksum, is_field ? checksum->value : rest))
		return QOS_E_NO_MEMORY;
	if (is_field)
		return QOS_OK;
	if (!checksum->has_bytes || (checksum->kind == KIND_SHA256 &&
				     checksum->size != ATTEST_SHA256_SIZE))
		return QOS_E_MANIFEST_VALUE;
	return checksum->size <= ATTEST_FIELD_MAX ? QOS_OK
						  : QOS_E_MANIFEST_VALUE;
}

enum qos_error checksum_parse(const char *text, struct checksum **ret_checksum)
{
	_cleanup_(checksum_freep) struct checksum *checksum =
		calloc(1, sizeof(*checksum));
	const struct kind_row *row = kind_rows;
	enum qos_error e;

	if (checksum == NULL)
		return QOS_E_NO_MEMORY;
	checksum->text = strdup(text);
	if (checksum->text == NULL)
		return QOS_E_NO_MEMORY;
	while (strncmp(text, row->prefix, strlen(row->prefix)) != 0)
		row++;
	checksum->kind = row->kind;
	e = parse_rest(checksum, checksum->text + strlen(row->prefix));
	if (e != QOS_OK)
		return e;
	*ret_checksum = TAKE_PTR(checksum);
	return QOS_OK;
}

static enum qos_error absent(const struct checksum *checksum, const char *why,
			     struct qos_failure *failure)
{
	return qos_fail(failure, QOS_E_CHECKSUM_ABSENT, checksum->text, "%s",
			why);
}

/* `actual` may hold anything. */
static enum qos_error different(const struct checksum *checksum,
				const char *actual, struct qos_failure *failure)
{
	char shown[SHOWN_SIZE];

	printable_copy(shown, sizeof(shown), actual);
	return qos_fail(failure, QOS_E_CHECKSUM_DIFFERENT, checksum->text, "%s",
			shown);
}

static enum qos_error compare_bytes(const struct checksum *checksum,
				    struct span actual,
				    struct qos_failure *failure)
{
	char hex[HEX_SIZE(SHOWN_SIZE / 2)];

	if (checksum->has_bytes &&
	    span_equal(actual, span_of(checksum->bytes, checksum->size)))
		return QOS_OK;
	if (actual.size > SHOWN_SIZE / 2)
		actual.size = SHOWN_SIZE / 2;
	hex_encode(actual, hex);
	return different(checksum, hex, failure);
}

static enum qos_error compare_text(const struct checksum *checksum,
				   struct span actual,
				   struct qos_failure *failure)
{
	char text[SHOWN_SIZE];

	if (span_equal(actual, span_of_text(checksum->value)))
		return QOS_OK;
	snprintf(text, sizeof(text), "%.*s", (int)actual.size,
		 (const char *)actual.data);
	return different(checksum, text, failure);
}

static enum qos_error compare_number(const struct checksum *checksum,
				     const char *actual,
				     struct qos_failure *failure)
{
	return strcmp(actual, checksum->value) == 0
		       ? QOS_OK
		       : different(checksum, actual, failure);
}

/* The member of `object` that the path names from `at` on, or NULL. */
static const json_t *find_member(const json_t *object, const char *at)
{
	while (object != NULL && *at != '\0') {
		const size_t length = strcspn(at, "/");
		char name[ATTEST_FIELD_MAX];

		if (length >= sizeof(name))
			return NULL;
		memcpy(name, at, length);
		name[length] = '\0';
		object = json_object_get(object, name);
		at += length + (at[length] == '/');
	}
	return object;
}

static enum qos_error check_json(const struct checksum *checksum,
				 struct span user_data,
				 struct qos_failure *failure)
{
	_cleanup_(json_decrefp) json_t *root = NULL;
	const json_t *member;
	json_error_t error;
	char number[32];

	/* jansson passes over one that follows a number or a word. */
	if (user_data.size > 0 &&
	    memchr(user_data.data, '\0', user_data.size) != NULL)
		return absent(checksum, "no JSON, which has no NUL", failure);
	root = json_loadb((const char *)user_data.data, user_data.size,
			  JSON_REJECT_DUPLICATES, &error);
	if (root == NULL && json_error_code(&error) == json_error_out_of_memory)
		return qos_fail_plain(failure, QOS_E_NO_MEMORY);
	if (root == NULL)
		return absent(checksum, "no JSON, or a member twice", failure);
	member = find_member(root, checksum->path);
	if (json_is_string(member))
		return compare_text(checksum,
				    span_of(json_string_value(member),
					    json_string_length(member)),
				    failure);
	if (!json_is_integer(member))
		return absent(checksum,
			      "no such member, or neither string nor integer",
			      failure);
	snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
		 json_integer_value(member));
	return compare_number(checksum, number, failure);
}

static void skip(struct cursor *cursor, unsigned depth);

static void skip_map(struct cursor *cursor, unsigned depth)
{
	struct cursor_map map = cursor_enter_any_map(cursor, SKIP_WIDTH_MAX);

	while (cursor_next_entry(cursor, &map)) {
		skip(cursor, depth);
		skip(cursor, depth);
	}
}

static void skip_array(struct cursor *cursor, unsigned depth)
{
	uint64_t count = cursor_enter_array(cursor, SKIP_WIDTH_MAX);

	while (count-- > 0 && cursor->error == CURSOR_OK)
		skip(cursor, depth);
}

/* Passes over a value. What the reader does not know (floats, negative numbers)
 * makes the whole user_data unreadable. */
static void skip(struct cursor *cursor, unsigned depth)
{
	const enum cursor_type type = cursor_peek(cursor);

	if (depth == SKIP_DEPTH_MAX && cursor->error == CURSOR_OK)
		cursor->error = CURSOR_LIMIT;
	if (type == CURSOR_BYTES)
		(void)cursor_read_bytes(cursor);
	else if (type == CURSOR_TEXT)
		(void)cursor_read_text(cursor);
	else if (type == CURSOR_BOOLEAN)
		(void)cursor_read_boolean(cursor);
	else if (type == CURSOR_NULL)
		(void)cursor_take_null(cursor);
	else if (type == CURSOR_ARRAY)
		skip_array(cursor, depth + 1);
	else if (type == CURSOR_MAP || type == CURSOR_INDEFINITE_MAP)
		skip_map(cursor, depth + 1);
	else
		(void)cursor_read_unsigned(cursor);
}

/* What stands at the end of the path. */
struct found {
	bool is_found;
	bool is_twice; /* a key of the path */
	enum cursor_type type;
	struct span bytes;
	uint64_t number;
};

static void read_value(struct cursor *cursor, struct found *found)
{
	found->is_found = true;
	found->type = cursor_peek(cursor);
	if (found->type == CURSOR_BYTES)
		found->bytes = cursor_read_bytes(cursor);
	else if (found->type == CURSOR_TEXT)
		found->bytes = cursor_read_text(cursor);
	else
		found->number = cursor_read_unsigned(cursor);
}

/* Walks all of the map, so that whatever follows is looked at for its form, and a
 * key that stands twice is noticed. */
static void search_map(struct cursor *cursor, const char *path, unsigned depth,
		       struct found *found)
{
	const size_t length = strcspn(path, "/");
	struct cursor_map map = cursor_enter_any_map(cursor, SKIP_WIDTH_MAX);
	bool was_seen = false;

	if (depth == SKIP_DEPTH_MAX && cursor->error == CURSOR_OK)
		cursor->error = CURSOR_LIMIT;
	while (cursor_next_entry(cursor, &map)) {
		struct span key = SPAN_ABSENT;

		if (cursor_peek(cursor) == CURSOR_TEXT)
			key = cursor_read_text(cursor);
		else
			skip(cursor, depth + 1);
		if (!span_equal(key, span_of(path, length))) {
			skip(cursor, depth + 1);
			continue;
		}
		found->is_twice = found->is_twice || was_seen;
		was_seen = true;
		if (path[length] == '/')
			search_map(cursor, path + length + 1, depth + 1, found);
		else
			read_value(cursor, found);
	}
}

static enum qos_error check_cbor(const struct checksum *checksum,
				 struct span user_data,
				 struct qos_failure *failure)
{
	struct found found = { .is_found = false };
	struct cursor cursor;
	char text[CURSOR_TEXT_SIZE];

	cursor_init(&cursor, user_data);
	search_map(&cursor, checksum->path, 0, &found);
	if (cursor_finish(&cursor) != CURSOR_OK)
		return absent(checksum, cursor_explain(&cursor, text), failure);
	if (found.is_twice)
		return absent(checksum, "a key twice", failure);
	if (!found.is_found)
		return absent(checksum, "no such key", failure);
	if (found.type == CURSOR_BYTES)
		return compare_bytes(checksum, found.bytes, failure);
	if (found.type == CURSOR_TEXT)
		return compare_text(checksum, found.bytes, failure);
	snprintf(text, sizeof(text), "%" PRIu64, found.number);
	return compare_number(checksum, text, failure);
}

enum qos_error checksum_check(const struct checksum *checksum,
			      const struct evidence *evidence,
			      struct qos_failure *reterr_failure)
{
	const struct span user_data = evidence_user_data(evidence);

	if (span_is_absent(user_data))
		return absent(checksum, "no user_data", reterr_failure);
	if (checksum->kind == KIND_SHA256)
		return compare_bytes(checksum,
				     evidence_user_data_sha256(evidence),
				     reterr_failure);
	if (checksum->kind == KIND_VALUE)
		return compare_bytes(checksum, user_data, reterr_failure);
	return checksum->kind == KIND_JSON
		       ? check_json(checksum, user_data, reterr_failure)
		       : check_cbor(checksum, user_data, reterr_failure);
}
