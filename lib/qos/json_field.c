/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "qos/json_field.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hex.h"
#include "base/printable.h"
#include "qos/failure.h"

#define NAME_SIZE 80
/* Longer values are not shown: they are keys and the like. */
#define VALUE_SIZE 64

static void put_number(const struct translation *translation, uint32_t value,
		       size_t size)
{
	for (size_t i = 0; i < size; i++)
		fputc((int)(value >> (8 * i) & 0xff), translation->out);
}

void translation_put_u8(const struct translation *translation, uint8_t value)
{
	put_number(translation, value, sizeof(value));
}

void translation_put_u32(const struct translation *translation, uint32_t value)
{
	put_number(translation, value, sizeof(value));
}

static void put_bytes(const struct translation *translation, const void *bytes,
		      size_t size)
{
	if (size > 0)
		(void)!fwrite(bytes, size, 1, translation->out);
}

static enum qos_error refuse_value(const struct translation *translation,
				   enum qos_error error, const char *name,
				   const json_t *value, const char *expected)
{
	char json[VALUE_SIZE], printable[VALUE_SIZE];
	const size_t size =
		json_dumpb(value, json, sizeof(json) - 1,
			   JSON_ENCODE_ANY | JSON_ENSURE_ASCII | JSON_COMPACT);

	if (size == 0 || size >= sizeof(json))
		return qos_fail(translation->failure, error, expected,
				"another value of \"%s\"", name);
	json[size] = '\0';
	printable_copy(printable, sizeof(printable), json);
	return qos_fail(translation->failure, error, expected, "\"%s\": %s",
			name, printable);
}

enum qos_error field_refuse(const struct translation *translation,
			    const struct field *field, const json_t *value,
			    const char *expected)
{
	return refuse_value(translation, QOS_E_MANIFEST_VALUE, field->name,
			    value, expected);
}

enum qos_error field_refuse_variant(const struct translation *translation,
				    const char *name, const json_t *value,
				    const char *expected)
{
	return refuse_value(translation, QOS_E_MANIFEST_VARIANT, name, value,
			    expected);
}

/* Some member of the object that the table does not name. */
static enum qos_error refuse_unknown(const struct translation *translation,
				     const struct field *fields,
				     const json_t *object)
{
	char printable[NAME_SIZE];
	const char *name = "";
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		const struct field *field = fields;

		while (field->name != NULL && strcmp(field->name, name) != 0)
			field++;
		if (field->name == NULL)
			break;
	}
	printable_copy(printable, sizeof(printable), name);
	return qos_fail(translation->failure, QOS_E_MANIFEST_UNKNOWN, "",
			"\"%s\"", printable);
}

/* A null is as good as absent where absence is allowed, and nowhere else. */
static enum qos_error write_member(const struct translation *translation,
				   const struct field *field,
				   const json_t *value)
{
	if (value == NULL && !field->is_optional)
		return qos_fail(translation->failure, QOS_E_MANIFEST_MISSING,
				"a member that is required", "no \"%s\"",
				field->name);
	if (field->is_optional && json_is_null(value))
		value = NULL;
	return field->write(translation, field, value);
}

enum qos_error field_write_object(const struct translation *translation,
				  const struct field *field,
				  const json_t *value)
{
	size_t found = 0;

	if (!json_is_object(value))
		return field_refuse(translation, field, value, "an object");
	for (const struct field *next = field->more; next->name != NULL;
	     next++) {
		const json_t *member = json_object_get(value, next->name);
		enum qos_error e = write_member(translation, next, member);

		if (e != QOS_OK)
			return e;
		found += member != NULL;
	}
	if (found == json_object_size(value))
		return QOS_OK;
	return refuse_unknown(translation, field->more, value);
}

enum qos_error field_write_list(const struct translation *translation,
				const struct field *field, const json_t *value)
{
	enum qos_error e = QOS_OK;

	if (!json_is_array(value))
		return field_refuse(translation, field, value, "a list");
	/* No more than the text has bytes, which fits. */
	translation_put_u32(translation, (uint32_t)json_array_size(value));
	for (size_t i = 0; e == QOS_OK && i < json_array_size(value); i++)
		e = field->more->write(translation, field->more,
				       json_array_get(value, i));
	return e;
}

enum qos_error field_write_text(const struct translation *translation,
				const struct field *field, const json_t *value)
{
	if (!json_is_string(value))
		return field_refuse(translation, field, value, "a string");
	translation_put_u32(translation, (uint32_t)json_string_length(value));
	put_bytes(translation, json_string_value(value),
		  json_string_length(value));
	return QOS_OK;
}

/* Lower case only, and an even number of digits: one text for each value. Bytes that
 * belong to the caller, or the refusal. */
static enum qos_error decode_hex(const struct translation *translation,
				 const struct field *field, const json_t *value,
				 uint8_t **ret_bytes, size_t *ret_size)
{
	static const char digits[] = "0123456789abcdef";
	const char *text = json_string_value(value);
	size_t length = json_string_length(value);

	if (text == NULL || length % 2 != 0 || strspn(text, digits) != length)
		return field_refuse(translation, field, value,
				    "bytes in lower case hex");
	*ret_bytes = malloc(length / 2 + 1);
	if (*ret_bytes == NULL || hex_decode(span_of(text, length), *ret_bytes,
					     length / 2, ret_size) < 0)
		return qos_fail_plain(translation->failure, QOS_E_NO_MEMORY);
	return QOS_OK;
}

enum qos_error field_write_bytes(const struct translation *translation,
				 const struct field *field, const json_t *value)
{
	_cleanup_free_ uint8_t *bytes = NULL;
	size_t size = 0;
	enum qos_error e = decode_hex(translation, field, value, &bytes, &size);

	if (e != QOS_OK)
		return e;
	translation_put_u32(translation, (uint32_t)size);
	put_bytes(translation, bytes, size);
	return QOS_OK;
}

enum qos_error field_write_hash(const struct translation *translation,
				const struct field *field, const json_t *value)
{
	_cleanup_free_ uint8_t *bytes = NULL;
	size_t size = 0;
	enum qos_error e = decode_hex(translation, field, value, &bytes, &size);

	if (e != QOS_OK)
		return e;
	if (size != QOS_HASH_SIZE)
		return field_refuse(translation, field, value,
				    "32 bytes in lower case hex");
	put_bytes(translation, bytes, size);
	return QOS_OK;
}

enum qos_error field_write_bool(const struct translation *translation,
				const struct field *field, const json_t *value)
{
	if (!json_is_boolean(value))
		return field_refuse(translation, field, value, "true or false");
	translation_put_u8(translation, json_is_true(value));
	return QOS_OK;
}

/* Decimal digits without a leading zero, so that a value has one text: what is
 * hashed for version 2 is the text. */
static bool parse_digits(const char *text, json_int_t *ret_number)
{
	const size_t length = strlen(text);

	/* Ten digits hold 2^32 - 1. */
	if (length == 0 || length > 10 ||
	    strspn(text, "0123456789") != length ||
	    (text[0] == '0' && length > 1))
		return false;
	*ret_number = (json_int_t)strtoull(text, NULL, 10);
	return true;
}

static enum qos_error write_unsigned(const struct translation *translation,
				     const struct field *field,
				     const json_t *value, uint32_t max)
{
	json_int_t number = -1;

	if (json_is_integer(value))
		number = json_integer_value(value);
	else if (json_is_string(value) &&
		 !parse_digits(json_string_value(value), &number))
		number = -1;
	if (number < 0 || number > (json_int_t)max)
		return field_refuse(translation, field, value,
				    max == UINT16_MAX
					    ? "a whole number up to 65535"
					    : "a whole number below 2^32");
	put_number(translation, (uint32_t)number,
		   max == UINT16_MAX ? sizeof(uint16_t) : sizeof(uint32_t));
	return QOS_OK;
}

enum qos_error field_write_u16(const struct translation *translation,
			       const struct field *field, const json_t *value)
{
	return write_unsigned(translation, field, value, UINT16_MAX);
}

enum qos_error field_write_u32(const struct translation *translation,
			       const struct field *field, const json_t *value)
{
	return write_unsigned(translation, field, value, UINT32_MAX);
}
