/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "response/json.h"

#include <errno.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/printable.h"
#include "response/response.h"

enum response_error response_fail(struct response_failure *failure,
				  enum response_error error,
				  const char *expected, const char *actual)
{
	failure->error = error;
	printable_copy(failure->expected, sizeof(failure->expected), expected);
	printable_copy(failure->actual, sizeof(failure->actual), actual);
	return error;
}

enum response_error response_parse(struct span text, json_t **ret_object,
				   struct response_failure *failure)
{
	_cleanup_json_ json_t *root = NULL;
	json_error_t error;

	if (text.size == 0 || text.size > RESPONSE_MESSAGE_MAX)
		return response_fail(failure, RESPONSE_E_SIZE, "", "");
	/* jansson passes over one that follows a number or a word. */
	if (memchr(text.data, '\0', text.size) != NULL)
		return response_fail(failure, RESPONSE_E_JSON, "",
				     "a NUL in the text");
	root = json_loadb((const char *)text.data, text.size,
			  JSON_REJECT_DUPLICATES, &error);
	if (root == NULL && json_error_code(&error) == json_error_out_of_memory)
		return response_fail(failure, RESPONSE_E_NO_MEMORY, "", "");
	if (root == NULL)
		return response_fail(failure, RESPONSE_E_JSON, "", error.text);
	if (!json_is_object(root))
		return response_fail(failure, RESPONSE_E_JSON, "an object",
				     "another value");
	*ret_object = TAKE_PTR(root);
	return RESPONSE_OK;
}

enum response_error response_text(const json_t *object, const char *name,
				  struct span *ret_text,
				  struct response_failure *failure)
{
	const json_t *value = json_object_get(object, name);

	*ret_text = SPAN_ABSENT;
	if (value == NULL || json_is_null(value))
		return RESPONSE_OK;
	if (!json_is_string(value))
		return response_fail(failure, RESPONSE_E_FIELD, "a text", name);
	*ret_text =
		span_of(json_string_value(value), json_string_length(value));
	return RESPONSE_OK;
}

enum response_error response_needed_text(const json_t *object, const char *name,
					 struct span *ret_text,
					 struct response_failure *failure)
{
	enum response_error e = response_text(object, name, ret_text, failure);

	if (e == RESPONSE_OK && span_is_absent(*ret_text))
		return response_fail(failure, RESPONSE_E_FIELD, name,
				     "missing");
	return e;
}

enum response_error response_hex(const json_t *object, const char *name,
				 size_t max, struct buffer *ret_bytes,
				 struct response_failure *failure)
{
	_cleanup_(buffer_freep) struct buffer bytes = BUFFER_EMPTY;
	struct span text;
	enum response_error e =
		response_needed_text(object, name, &text, failure);
	int r;

	if (e != RESPONSE_OK)
		return e;
	bytes.data = malloc(max);
	if (bytes.data == NULL)
		return response_fail(failure, RESPONSE_E_NO_MEMORY, "", "");
	r = hex_decode(text, bytes.data, max, &bytes.size);
	if (r < 0)
		return response_fail(failure, RESPONSE_E_FIELD,
				     r == -ENOSPC ? "fewer bytes"
						  : "bytes in hexadecimal",
				     name);
	*ret_bytes = bytes;
	bytes = BUFFER_EMPTY;
	return RESPONSE_OK;
}

enum response_error response_base64(const json_t *object, const char *name,
				    struct buffer *ret_bytes,
				    struct response_failure *failure)
{
	_cleanup_(buffer_freep) struct buffer bytes = BUFFER_EMPTY;
	struct span text;
	enum response_error e = response_text(object, name, &text, failure);

	if (e != RESPONSE_OK || text.size == 0)
		return e;
	bytes.data = malloc(text.size);
	if (bytes.data == NULL)
		return response_fail(failure, RESPONSE_E_NO_MEMORY, "", "");
	if (base64_decode(BASE64_STANDARD, text, bytes.data, text.size,
			  &bytes.size) < 0)
		return response_fail(failure, RESPONSE_E_FIELD,
				     "bytes in base64", name);
	*ret_bytes = bytes;
	bytes = BUFFER_EMPTY;
	return RESPONSE_OK;
}
