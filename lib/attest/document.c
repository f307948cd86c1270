/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/document.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "attest/cursor.h"
#include "attest/failure.h"
#include "base/time_text.h"

/* One parse: what is read, what was read, and where a refusal goes. */
struct reader {
	struct cursor cursor;
	struct document document;
	size_t max_field_size;
	bool has_pcrs;
	struct attest_failure *failure;
};

/* A key of the document (AWS 3.2.2). */
struct field {
	const char *key;
	enum attest_error (*read)(struct reader *reader,
				  const struct field *field);
	size_t offset; /* of the struct span of an optional field */
	bool is_required;
};

/* Turns the cursor's error into a refusal that names the field. */
static enum attest_error check_cursor(const struct reader *reader,
				      const struct field *field)
{
	const struct cursor *cursor = &reader->cursor;
	char text[CURSOR_TEXT_SIZE];

	if (cursor->error == CURSOR_OK)
		return ATTEST_OK;
	if (cursor->error == CURSOR_TYPE)
		return failure_set(reader->failure, ATTEST_E_FIELD_TYPE,
				   cursor_type_text(cursor->wanted),
				   "%s: %s at byte %zu", field->key,
				   cursor_type_text(cursor->found),
				   cursor->offset);
	return failure_set(reader->failure, ATTEST_E_DOCUMENT_ENCODING,
			   "one map in minimal encoding", "%s: %s", field->key,
			   cursor_explain(cursor, text));
}

static bool is_printable(struct span text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] < ' ' || text.data[i] > '~')
			return false;
	return true;
}

static enum attest_error read_module_id(struct reader *reader,
					const struct field *field)
{
	struct span text = cursor_read_text(&reader->cursor);
	char quote[FAILURE_QUOTE_SIZE];
	enum attest_error e;

	e = check_cursor(reader, field);
	if (e != ATTEST_OK)
		return e;
	if (text.size == 0 || text.size > ATTEST_MODULE_ID_MAX ||
	    !is_printable(text))
		return failure_set(reader->failure, ATTEST_E_MODULE_ID,
				   "1 to 128 printable characters",
				   "%zu bytes: %s", text.size,
				   failure_quote(text, quote));
	reader->document.module_id = text;
	return ATTEST_OK;
}

static enum attest_error read_timestamp(struct reader *reader,
					const struct field *field)
{
	uint64_t timestamp = cursor_read_unsigned(&reader->cursor);
	enum attest_error e;

	e = check_cursor(reader, field);
	if (e != ATTEST_OK)
		return e;
	if (timestamp == 0 || timestamp > (uint64_t)TIME_MAX_MS)
		return failure_set(reader->failure, ATTEST_E_TIMESTAMP_ZERO,
				   "milliseconds since 1970, before year 10000",
				   "%" PRIu64, timestamp);
	reader->document.timestamp_ms = timestamp;
	return ATTEST_OK;
}

static enum attest_error read_digest(struct reader *reader,
				     const struct field *field)
{
	struct span text = cursor_read_text(&reader->cursor);
	enum attest_error e;

	e = check_cursor(reader, field);
	if (e != ATTEST_OK)
		return e;
	if (!span_equal(text, span_of_text("SHA384")))
		return failure_set(reader->failure, ATTEST_E_DIGEST, "SHA384",
				   "\"%.*s\"",
				   text.size > 64 ? 64 : (int)text.size,
				   (const char *)text.data);
	reader->document.digest = text;
	return ATTEST_OK;
}

/* One PCR: 32, 48 or 64 bytes, and as long as those before it. */
static enum attest_error read_pcr(struct reader *reader,
				  const struct field *field, size_t *pcr_size)
{
	struct span *pcrs = reader->document.pcrs;
	uint64_t index = cursor_read_unsigned(&reader->cursor);
	struct span pcr = cursor_read_bytes(&reader->cursor);
	enum attest_error e;

	e = check_cursor(reader, field);
	if (e != ATTEST_OK)
		return e;
	if (index >= ATTEST_PCR_COUNT)
		return failure_set(reader->failure, ATTEST_E_PCR_INDEX,
				   "0 to 31", "%" PRIu64, index);
	if (!span_is_absent(pcrs[index]))
		return failure_set(reader->failure, ATTEST_E_PCR_DUPLICATE,
				   "each PCR once", "PCR%" PRIu64 " twice",
				   index);
	if (*pcr_size == 0 &&
	    (pcr.size == 32 || pcr.size == 48 || pcr.size == 64))
		*pcr_size = pcr.size;
	if (*pcr_size != pcr.size || pcr.size == 0)
		return failure_set(reader->failure, ATTEST_E_PCR_SIZE,
				   "32, 48 or 64 bytes, the same for all",
				   "PCR%" PRIu64 ": %zu bytes", index,
				   pcr.size);
	pcrs[index] = pcr;
	return ATTEST_OK;
}

static enum attest_error read_pcrs(struct reader *reader,
				   const struct field *field)
{
	struct cursor_map map = cursor_enter_map(&reader->cursor, UINT64_MAX);
	uint64_t count = map.left;
	size_t pcr_size = 0;
	enum attest_error e;

	e = check_cursor(reader, field);
	if (e != ATTEST_OK)
		return e;
	if (reader->has_pcrs)
		return failure_set(reader->failure, ATTEST_E_PCR_KIND,
				   "either pcrs or nitrotpm_pcrs", "both");
	reader->has_pcrs = true;
	if (count == 0 || count > ATTEST_PCR_COUNT)
		return failure_set(reader->failure, ATTEST_E_PCR_COUNT,
				   "1 to 32 PCRs", "%" PRIu64 " PCRs", count);
	while (e == ATTEST_OK && cursor_next_entry(&reader->cursor, &map))
		e = read_pcr(reader, field, &pcr_size);
	return e;
}

static enum attest_error read_enclave_pcrs(struct reader *reader,
					   const struct field *field)
{
	reader->document.kind = EVIDENCE_ENCLAVE;
	return read_pcrs(reader, field);
}

static enum attest_error read_nitrotpm_pcrs(struct reader *reader,
					    const struct field *field)
{
	reader->document.kind = EVIDENCE_NITROTPM;
	return read_pcrs(reader, field);
}

static enum attest_error read_certificate(struct reader *reader,
					  const struct field *field,
					  struct span *ret_certificate)
{
	struct span certificate = cursor_read_bytes(&reader->cursor);
	enum attest_error e;

	e = check_cursor(reader, field);
	if (e != ATTEST_OK)
		return e;
	if (certificate.size == 0 || certificate.size > ATTEST_CERTIFICATE_MAX)
		return failure_set(reader->failure, ATTEST_E_CERTIFICATE_SIZE,
				   "1 to 1024 bytes", "%s: %zu bytes",
				   field->key, certificate.size);
	*ret_certificate = certificate;
	return ATTEST_OK;
}

static enum attest_error read_signer(struct reader *reader,
				     const struct field *field)
{
	return read_certificate(reader, field, &reader->document.certificate);
}

static enum attest_error read_bundle(struct reader *reader,
				     const struct field *field)
{
	struct document *document = &reader->document;
	uint64_t count = cursor_enter_array(&reader->cursor, UINT64_MAX);
	enum attest_error e;

	e = check_cursor(reader, field);
	if (e != ATTEST_OK)
		return e;
	if (count == 0 || count > ATTEST_BUNDLE_MAX)
		return failure_set(reader->failure, ATTEST_E_BUNDLE_COUNT,
				   "1 to 8 certificates",
				   "%" PRIu64 " certificates", count);
	for (size_t i = 0; i < count && e == ATTEST_OK; i++)
		e = read_certificate(reader, field, &document->bundle[i]);
	document->bundle_count = count;
	return e;
}

/* public_key, user_data, nonce. AWS writes null where nothing was given. */
static enum attest_error read_optional(struct reader *reader,
				       const struct field *field)
{
	struct span *ret = (void *)((char *)&reader->document + field->offset);
	struct span bytes;
	char limit[32];
	enum attest_error e;

	if (cursor_take_null(&reader->cursor))
		return ATTEST_OK;
	bytes = cursor_read_bytes(&reader->cursor);
	e = check_cursor(reader, field);
	if (e != ATTEST_OK)
		return e;
	snprintf(limit, sizeof(limit), "at most %zu bytes",
		 reader->max_field_size);
	if (bytes.size > reader->max_field_size)
		return failure_set(reader->failure, ATTEST_E_FIELD_SIZE, limit,
				   "%s: %zu bytes", field->key, bytes.size);
	*ret = bytes;
	return ATTEST_OK;
}

static const struct field fields[] = {
	{ "module_id", read_module_id, .is_required = true },
	{ "timestamp", read_timestamp, .is_required = true },
	{ "digest", read_digest, .is_required = true },
	{ "pcrs", read_enclave_pcrs },
	{ "nitrotpm_pcrs", read_nitrotpm_pcrs },
	{ "certificate", read_signer, .is_required = true },
	{ "cabundle", read_bundle, .is_required = true },
	{ "public_key", read_optional, offsetof(struct document, public_key) },
	{ "user_data", read_optional, offsetof(struct document, user_data) },
	{ "nonce", read_optional, offsetof(struct document, nonce) },
};

/* A bit for each row of the table: which keys were seen. */
typedef uint32_t field_set;

static field_set field_bit(const struct field *field)
{
	return (field_set)1 << (field - fields);
}

static const struct field *find_field(struct span key)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (span_equal(key, span_of_text(fields[i].key)))
			return &fields[i];
	return NULL;
}

/* Reads one key, which must be known and new. */
static enum attest_error read_key(struct reader *reader, field_set *seen,
				  const struct field **ret_field)
{
	static const struct field key_field = { "key", NULL };
	enum cursor_type type = cursor_peek(&reader->cursor);
	struct span key = cursor_read_text(&reader->cursor);
	const struct field *field;
	enum attest_error e;

	if (reader->cursor.error == CURSOR_TYPE)
		return failure_set(reader->failure, ATTEST_E_KEY_UNKNOWN,
				   "a text", "%s", cursor_type_text(type));
	e = check_cursor(reader, &key_field);
	if (e != ATTEST_OK)
		return e;
	field = find_field(key);
	if (field == NULL)
		return failure_set(reader->failure, ATTEST_E_KEY_UNKNOWN,
				   "a key of AWS's specification", "\"%.*s\"",
				   key.size > 64 ? 64 : (int)key.size,
				   (const char *)key.data);
	if (*seen & field_bit(field))
		return failure_set(reader->failure, ATTEST_E_KEY_DUPLICATE,
				   "each key once", "%s twice", field->key);
	*seen |= field_bit(field);
	*ret_field = field;
	return ATTEST_OK;
}

/* Every required key, and one kind of PCRs. */
static enum attest_error check_fields(const struct reader *reader,
				      field_set seen)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (fields[i].is_required && !(seen & field_bit(&fields[i])))
			return failure_set(reader->failure,
					   ATTEST_E_KEY_MISSING, fields[i].key,
					   "no such key");
	if (!reader->has_pcrs)
		return failure_set(reader->failure, ATTEST_E_PCR_KIND,
				   "either pcrs or nitrotpm_pcrs", "neither");
	return ATTEST_OK;
}

static enum attest_error read_map(struct reader *reader)
{
	static const struct field map_field = { "payload", NULL };
	const struct field *field = NULL;
	field_set seen = 0;
	struct cursor_map map;
	enum attest_error e;

	map = cursor_enter_any_map(&reader->cursor, UINT64_MAX);
	if (reader->cursor.error == CURSOR_TYPE)
		return failure_set(reader->failure, ATTEST_E_DOCUMENT_ENCODING,
				   "a map", "%s",
				   cursor_type_text(reader->cursor.found));
	reader->document.map_is_indefinite = map.is_indefinite;
	while (cursor_next_entry(&reader->cursor, &map)) {
		e = read_key(reader, &seen, &field);
		if (e == ATTEST_OK)
			e = field->read(reader, field);
		if (e != ATTEST_OK)
			return e;
	}
	e = check_cursor(reader, &map_field);
	return e == ATTEST_OK ? check_fields(reader, seen) : e;
}

enum attest_error document_parse(struct span payload, size_t max_field_size,
				 struct document *ret_document,
				 struct attest_failure *reterr_failure)
{
	struct reader reader = { .max_field_size = max_field_size,
				 .failure = reterr_failure };
	enum attest_error e;

	cursor_init(&reader.cursor, payload);
	e = read_map(&reader);
	if (e != ATTEST_OK)
		return e;
	if (cursor_finish(&reader.cursor) != CURSOR_OK)
		return failure_set(reterr_failure, ATTEST_E_DOCUMENT_TRAILING,
				   "the end of the payload",
				   "%zu more bytes at byte %zu",
				   payload.size - reader.cursor.offset,
				   reader.cursor.offset);
	*ret_document = reader.document;
	return ATTEST_OK;
}
