/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nsm/protocol.h"

#include "attest/cursor.h"
#include "nsm/writer.h"

#include <errno.h>

static const struct {
	const char *name;
	const char *sentence;
} errors[] = {
#define NSM_ERROR_ROW(code, name, sentence) [NSM_##code] = { name, sentence },
	NSM_ERROR_TABLE(NSM_ERROR_ROW)
#undef NSM_ERROR_ROW
};

/* Each reads one value into the member that it is for; false when the value is
 * not one of this kind. The cursor's own error is asked for later. */

static bool read_number(struct cursor *cursor, void *member)
{
	uint64_t value = cursor_read_unsigned(cursor);

	if (value > UINT16_MAX)
		return false;
	*(uint16_t *)member = (uint16_t)value;
	return true;
}

static bool read_bytes(struct cursor *cursor, void *member)
{
	*(struct span *)member = cursor_read_bytes(cursor);
	return true;
}

static bool read_bytes_or_null(struct cursor *cursor, void *member)
{
	if (cursor_take_null(cursor))
		return true;
	return read_bytes(cursor, member);
}

static bool read_text(struct cursor *cursor, void *member)
{
	*(struct span *)member = cursor_read_text(cursor);
	return true;
}

static bool read_flag(struct cursor *cursor, void *member)
{
	*(bool *)member = cursor_read_boolean(cursor);
	return true;
}

static bool read_pcr_set(struct cursor *cursor, void *member)
{
	uint64_t count = cursor_enter_array(cursor, NSM_PCR_COUNT);
	uint32_t set = 0;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t index = cursor_read_unsigned(cursor);

		if (index >= NSM_PCR_COUNT)
			return false;
		set |= UINT32_C(1) << index;
	}
	*(uint32_t *)member = set;
	return true;
}

struct field {
	const char *name;
	bool (*read)(struct cursor *cursor, void *member);
	size_t offset;
	bool is_optional;
};

#define FIELD_MAX 8

/* API Request: fields that are Option<> may be missing. */
#define REQUEST(member) offsetof(struct nsm_request, member)
static const struct field describe_pcr_request[FIELD_MAX] = {
	{ "index", read_number, REQUEST(index) },
};
static const struct field attestation_request[FIELD_MAX] = {
	{ "user_data", read_bytes_or_null, REQUEST(user_data), true },
	{ "nonce", read_bytes_or_null, REQUEST(nonce), true },
	{ "public_key", read_bytes_or_null, REQUEST(public_key), true },
};

/* API Response */
#define RESPONSE(member) offsetof(struct nsm_response, member)
static const struct field describe_nsm_response[FIELD_MAX] = {
	{ "version_major", read_number, RESPONSE(version_major) },
	{ "version_minor", read_number, RESPONSE(version_minor) },
	{ "version_patch", read_number, RESPONSE(version_patch) },
	{ "module_id", read_text, RESPONSE(module_id) },
	{ "max_pcrs", read_number, RESPONSE(max_pcrs) },
	{ "locked_pcrs", read_pcr_set, RESPONSE(locked_pcrs) },
	{ "digest", read_text, RESPONSE(digest) },
};
static const struct field get_random_response[FIELD_MAX] = {
	{ "random", read_bytes, RESPONSE(bytes) },
};
static const struct field describe_pcr_response[FIELD_MAX] = {
	{ "lock", read_flag, RESPONSE(is_locked) },
	{ "data", read_bytes, RESPONSE(bytes) },
};
static const struct field attestation_response[FIELD_MAX] = {
	{ "document", read_bytes, RESPONSE(bytes) },
};

static const struct {
	const char *name;
	const struct field *request; /* NULL: a variant without fields */
	const struct field *response;
} operations[] = {
	[NSM_DESCRIBE_NSM] = { "DescribeNSM", NULL, describe_nsm_response },
	[NSM_GET_RANDOM] = { "GetRandom", NULL, get_random_response },
	[NSM_DESCRIBE_PCR] = { "DescribePCR", describe_pcr_request,
			       describe_pcr_response },
	[NSM_ATTESTATION] = { "Attestation", attestation_request,
			      attestation_response },
};

const char *nsm_error_name(enum nsm_error error)
{
	return errors[error].name;
}

const char *nsm_error_sentence(enum nsm_error error)
{
	return errors[error].sentence;
}

static bool find_operation(struct span name, enum nsm_operation *ret_operation)
{
	for (unsigned i = 0; i < NSM_OPERATION_COUNT; i++) {
		if (!span_equal(name, span_of_text(operations[i].name)))
			continue;
		*ret_operation = (enum nsm_operation)i;
		return true;
	}
	return false;
}

/* An error response that says "Success" would be no refusal: not accepted. */
static bool find_error(struct span name, enum nsm_error *ret_error)
{
	for (unsigned i = NSM_SUCCESS + 1; i < NSM_ERROR_COUNT; i++) {
		if (!span_equal(name, span_of_text(errors[i].name)))
			continue;
		*ret_error = (enum nsm_error)i;
		return true;
	}
	return false;
}

/* The index of a field in its table, FIELD_MAX when there is none. */
static unsigned find_field(const struct field *fields, struct span name)
{
	unsigned i = 0;

	while (i < FIELD_MAX && fields[i].name != NULL &&
	       !span_equal(name, span_of_text(fields[i].name)))
		i++;
	return i < FIELD_MAX && fields[i].name != NULL ? i : FIELD_MAX;
}

static unsigned required_fields(const struct field *fields)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < FIELD_MAX && fields[i].name != NULL; i++)
		if (!fields[i].is_optional)
			mask |= 1u << i;
	return mask;
}

/* Reads the map of fields that ends the message: each field known, none twice,
 * none missing. AWS's own serializer has begun to write some maps with an
 * indefinite length, so both forms are taken. */
static bool read_fields(struct cursor *cursor, const struct field *fields,
			void *record)
{
	struct cursor_map map = cursor_enter_any_map(cursor, FIELD_MAX);
	unsigned required = required_fields(fields);
	unsigned seen = 0;

	while (cursor_next_entry(cursor, &map)) {
		unsigned i = find_field(fields, cursor_read_text(cursor));

		if (i == FIELD_MAX || (seen & 1u << i) != 0)
			return false;
		seen |= 1u << i;
		if (!fields[i].read(cursor, (char *)record + fields[i].offset))
			return false;
	}
	return (seen & required) == required;
}

/* The end of the map around the fields, and of the message. */
static bool finish_message(struct cursor *cursor, struct cursor_map *map)
{
	return !cursor_next_entry(cursor, map) &&
	       cursor_finish(cursor) == CURSOR_OK;
}

static enum nsm_error read_plain_request(struct cursor *cursor,
					 struct nsm_request *request)
{
	struct span name = cursor_read_text(cursor);

	if (!find_operation(name, &request->operation) ||
	    operations[request->operation].request != NULL)
		return NSM_INVALID_OPERATION;
	return cursor_finish(cursor) == CURSOR_OK ? NSM_SUCCESS
						  : NSM_INVALID_ARGUMENT;
}

static enum nsm_error read_request_with_fields(struct cursor *cursor,
					       struct nsm_request *request)
{
	struct cursor_map map = cursor_enter_any_map(cursor, 1);
	const struct field *fields;

	if (!cursor_next_entry(cursor, &map) ||
	    !find_operation(cursor_read_text(cursor), &request->operation))
		return NSM_INVALID_OPERATION;
	fields = operations[request->operation].request;
	if (fields == NULL)
		return NSM_INVALID_OPERATION;
	if (!read_fields(cursor, fields, request) ||
	    !finish_message(cursor, &map))
		return NSM_INVALID_ARGUMENT;
	return NSM_SUCCESS;
}

enum nsm_error nsm_request_read(struct span message,
				struct nsm_request *ret_request)
{
	struct nsm_request request = { 0 };
	struct cursor cursor;
	enum nsm_error error;

	if (message.size > NSM_REQUEST_MAX)
		return NSM_INPUT_TOO_LARGE;
	cursor_init(&cursor, message);
	if (cursor_peek(&cursor) == CURSOR_TEXT)
		error = read_plain_request(&cursor, &request);
	else
		error = read_request_with_fields(&cursor, &request);
	if (error == NSM_SUCCESS)
		*ret_request = request;
	return error;
}

static bool read_response(struct cursor *cursor, struct nsm_response *response)
{
	struct cursor_map map = cursor_enter_any_map(cursor, 1);
	struct span name;

	if (!cursor_next_entry(cursor, &map))
		return false;
	name = cursor_read_text(cursor);
	if (span_equal(name, span_of_text("Error")))
		return find_error(cursor_read_text(cursor), &response->error) &&
		       finish_message(cursor, &map);
	if (!find_operation(name, &response->operation))
		return false;
	return read_fields(cursor, operations[response->operation].response,
			   response) &&
	       finish_message(cursor, &map);
}

int nsm_response_read(struct span message, struct nsm_response *ret_response)
{
	struct nsm_response response = { .error = NSM_SUCCESS };
	struct cursor cursor;

	if (message.size > NSM_RESPONSE_MAX)
		return -EBADMSG;
	cursor_init(&cursor, message);
	if (!read_response(&cursor, &response))
		return -EBADMSG;
	*ret_response = response;
	return 0;
}

size_t nsm_request_write(const struct nsm_request *request, uint8_t *ret_bytes,
			 size_t capacity)
{
	struct writer writer = writer_over(ret_bytes, capacity);
	const char *name = operations[request->operation].name;

	if (operations[request->operation].request == NULL) {
		writer_put_name(&writer, name);
		return writer_finish(&writer);
	}
	writer_put_map(&writer, 1);
	writer_put_name(&writer, name);
	if (request->operation == NSM_DESCRIBE_PCR) {
		writer_put_map(&writer, 1);
		writer_put_name(&writer, "index");
		writer_put_uint(&writer, request->index);
		return writer_finish(&writer);
	}
	writer_put_map(&writer, 3);
	writer_put_name(&writer, "user_data");
	writer_put_bytes_or_null(&writer, request->user_data);
	writer_put_name(&writer, "nonce");
	writer_put_bytes_or_null(&writer, request->nonce);
	writer_put_name(&writer, "public_key");
	writer_put_bytes_or_null(&writer, request->public_key);
	return writer_finish(&writer);
}

static void write_description(struct writer *writer,
			      const struct nsm_response *response)
{
	uint32_t set = response->locked_pcrs;

	writer_put_map(writer, 7);
	writer_put_name(writer, "version_major");
	writer_put_uint(writer, response->version_major);
	writer_put_name(writer, "version_minor");
	writer_put_uint(writer, response->version_minor);
	writer_put_name(writer, "version_patch");
	writer_put_uint(writer, response->version_patch);
	writer_put_name(writer, "module_id");
	writer_put_text(writer, response->module_id);
	writer_put_name(writer, "max_pcrs");
	writer_put_uint(writer, response->max_pcrs);
	writer_put_name(writer, "locked_pcrs");
	writer_put_array(writer, (size_t)__builtin_popcount(set));
	for (unsigned i = 0; i < NSM_PCR_COUNT; i++)
		if ((set & UINT32_C(1) << i) != 0)
			writer_put_uint(writer, i);
	writer_put_name(writer, "digest");
	writer_put_text(writer, response->digest);
}

static void write_pcr(struct writer *writer,
		      const struct nsm_response *response)
{
	writer_put_map(writer, 2);
	writer_put_name(writer, "lock");
	writer_put_bool(writer, response->is_locked);
	writer_put_name(writer, "data");
	writer_put_bytes(writer, response->bytes);
}

/* The fields of operations that answer with one sequence of bytes. */
static void write_bytes(struct writer *writer, const char *name,
			const struct nsm_response *response)
{
	writer_put_map(writer, 1);
	writer_put_name(writer, name);
	writer_put_bytes(writer, response->bytes);
}

size_t nsm_response_write(const struct nsm_response *response,
			  uint8_t *ret_bytes, size_t capacity)
{
	struct writer writer = writer_over(ret_bytes, capacity);

	writer_put_map(&writer, 1);
	if (response->error != NSM_SUCCESS) {
		writer_put_name(&writer, "Error");
		writer_put_name(&writer, nsm_error_name(response->error));
		return writer_finish(&writer);
	}
	writer_put_name(&writer, operations[response->operation].name);
	switch (response->operation) {
	case NSM_DESCRIBE_NSM:
		write_description(&writer, response);
		break;
	case NSM_GET_RANDOM:
		write_bytes(&writer, "random", response);
		break;
	case NSM_DESCRIBE_PCR:
		write_pcr(&writer, response);
		break;
	case NSM_ATTESTATION:
		write_bytes(&writer, "document", response);
		break;
	case NSM_OPERATION_COUNT:
		return 0;
	}
	return writer_finish(&writer);
}
