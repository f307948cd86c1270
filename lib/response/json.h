/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of JSON responses, read strictly: a member that is there must have the
 * right type. Private to lib/response.
 */
#ifndef NITRO_RESPONSE_JSON_H
#define NITRO_RESPONSE_JSON_H

#include <jansson.h>

#include "base/read_file.h"
#include "response/error.h"

static inline void json_releasep(json_t **value)
{
	json_decref(*value);
}

#define _cleanup_json_ _cleanup_(json_releasep)

/* Fills in the failure and returns its error. */
enum response_error response_fail(struct response_failure *failure,
				  enum response_error error,
				  const char *expected, const char *actual);

/* Exactly one object, no member twice. RESPONSE_OK, SIZE or JSON. */
enum response_error response_parse(struct span text, json_t **ret_object,
				   struct response_failure *failure) _must_use_;

/* The text of a member; absent if the member is, or is null. */
enum response_error response_text(const json_t *object, const char *name,
				  struct span *ret_text,
				  struct response_failure *failure) _must_use_;

/* The same of a member that must be there. */
enum response_error
response_needed_text(const json_t *object, const char *name,
		     struct span *ret_text,
		     struct response_failure *failure) _must_use_;

/* The bytes of a needed member in hexadecimal, at most `max`. */
enum response_error response_hex(const json_t *object, const char *name,
				 size_t max, struct buffer *ret_bytes,
				 struct response_failure *failure) _must_use_;

/* The bytes of a member in base64; empty if the member is absent. */
enum response_error
response_base64(const json_t *object, const char *name,
		struct buffer *ret_bytes,
		struct response_failure *failure) _must_use_;

#endif
