/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breaks of the payload's fields beside the PCRs. All are signed correctly.
 */
#include "config.h"

#include "nitro-sim/breaks.h"
#include "nitro-sim/encode.h"

#define HOUR_MS INT64_C(3600000)

/* The value of a field, empty, to be encoded anew. */
static struct bytes *renew(struct payload_draft *payload,
			   enum payload_field field)
{
	struct bytes *value = &payload->fields[field].value;

	bytes_clear(value);
	return value;
}

static void fill(struct bytes *out, size_t size)
{
	_cleanup_bytes_ struct bytes content = BYTES_EMPTY;

	bytes_append_fill(&content, 'x', size);
	encode_byte_string(out, bytes_span(&content));
}

static void module_id_empty(struct payload_draft *payload)
{
	encode_text(renew(payload, PAYLOAD_MODULE_ID), "");
}

static void module_id_long(struct payload_draft *payload)
{
	char text[ATTEST_MODULE_ID_MAX + 2] = { 0 };

	memset(text, 'x', sizeof(text) - 1);
	encode_text(renew(payload, PAYLOAD_MODULE_ID), text);
}

static void module_id_control(struct payload_draft *payload)
{
	struct bytes *value = &payload->fields[PAYLOAD_MODULE_ID].value;

	value->data[value->size - 1] = '\n';
}

static void module_id_bytes(struct payload_draft *payload)
{
	encode_byte_string(renew(payload, PAYLOAD_MODULE_ID),
			   span_of_text("i-0"));
}

static void module_id_null(struct payload_draft *payload)
{
	encode_null(renew(payload, PAYLOAD_MODULE_ID));
}

static void digest_is_sha256(struct payload_draft *payload)
{
	encode_text(renew(payload, PAYLOAD_DIGEST), "SHA256");
}

static void digest_lower(struct payload_draft *payload)
{
	encode_text(renew(payload, PAYLOAD_DIGEST), "sha384");
}

static void digest_control(struct payload_draft *payload)
{
	encode_text(renew(payload, PAYLOAD_DIGEST), "\033]0;SHA384\007");
}

static void timestamp_zero(struct payload_draft *payload)
{
	encode_unsigned(renew(payload, PAYLOAD_TIMESTAMP), 0);
}

static void timestamp_huge(struct payload_draft *payload)
{
	encode_unsigned(renew(payload, PAYLOAD_TIMESTAMP), UINT64_MAX);
}

static void timestamp_negative(struct payload_draft *payload)
{
	encode_negative(renew(payload, PAYLOAD_TIMESTAMP), 0);
}

static void timestamp_text(struct payload_draft *payload)
{
	encode_text(renew(payload, PAYLOAD_TIMESTAMP), "2026");
}

static void timestamp_long(struct payload_draft *payload)
{
	bytes_set(&payload->fields[PAYLOAD_TIMESTAMP].value,
		  span_of("\x1b\0\0\0\0\0\0\0\x01", 9));
}

/* Tag 1: seconds since the epoch (RFC 8949 3.4.2). */
static void timestamp_tagged(struct payload_draft *payload)
{
	bytes_insert(&payload->fields[PAYLOAD_TIMESTAMP].value, 0,
		     span_of("\xc1", 1));
}

/* The milliseconds of the present value are the last eight bytes. */
static void shift_timestamp(struct payload_draft *payload, int64_t ms)
{
	const struct bytes *old = &payload->fields[PAYLOAD_TIMESTAMP].value;
	uint64_t value = 0;

	for (size_t i = 1; i < old->size; i++)
		value = value << 8 | old->data[i];
	encode_unsigned(renew(payload, PAYLOAD_TIMESTAMP),
			value + (uint64_t)ms);
}

static void timestamp_before_leaf(struct payload_draft *payload)
{
	shift_timestamp(payload, -HOUR_MS);
}

static void timestamp_after_leaf(struct payload_draft *payload)
{
	shift_timestamp(payload, 4 * HOUR_MS);
}

static void timestamp_future(struct payload_draft *payload)
{
	shift_timestamp(payload, HOUR_MS);
}

static void leaf_from_earlier(struct certificate_spec *spec)
{
	spec->not_before -= 2 * HOUR_MS / 1000;
}

static void certificate_empty(struct payload_draft *payload)
{
	encode_byte_string(renew(payload, PAYLOAD_CERTIFICATE), span_of("", 0));
}

static void certificate_long(struct payload_draft *payload)
{
	fill(renew(payload, PAYLOAD_CERTIFICATE), ATTEST_CERTIFICATE_MAX + 1);
}

static void certificate_null(struct payload_draft *payload)
{
	encode_null(renew(payload, PAYLOAD_CERTIFICATE));
}

static void bundle_empty(struct payload_draft *payload)
{
	encode_array(renew(payload, PAYLOAD_CABUNDLE), 0);
}

static void bundle_null(struct payload_draft *payload)
{
	encode_null(renew(payload, PAYLOAD_CABUNDLE));
}

static void bundle_texts(struct payload_draft *payload)
{
	struct bytes *value = renew(payload, PAYLOAD_CABUNDLE);

	encode_array(value, 1);
	encode_text(value, "certificate");
}

static void bundle_chunked(struct payload_draft *payload)
{
	struct bytes *value = &payload->fields[PAYLOAD_CABUNDLE].value;

	value->data[0] = 0x9f;
	encode_break(value);
}

static void public_key_long(struct payload_draft *payload)
{
	fill(renew(payload, PAYLOAD_PUBLIC_KEY), ATTEST_FIELD_DEFAULT + 1);
}

static void user_data_long(struct payload_draft *payload)
{
	fill(renew(payload, PAYLOAD_USER_DATA), ATTEST_FIELD_DEFAULT + 1);
}

static void nonce_long(struct payload_draft *payload)
{
	fill(renew(payload, PAYLOAD_NONCE), ATTEST_FIELD_DEFAULT + 1);
}

static void user_data_text(struct payload_draft *payload)
{
	encode_text(renew(payload, PAYLOAD_USER_DATA), "text");
}

static void nonce_undefined(struct payload_draft *payload)
{
	bytes_set(&payload->fields[PAYLOAD_NONCE].value, span_of("\xf7", 1));
}

static void nonce_null(struct payload_draft *payload)
{
	encode_null(renew(payload, PAYLOAD_NONCE));
}

/* The nonce is the last field. */
static void nonce_absent(struct payload_draft *payload)
{
	payload->field_count--;
}

static void nonce_other(struct payload_draft *payload)
{
	fill(renew(payload, PAYLOAD_NONCE), 32);
}

static void nonce_empty(struct payload_draft *payload)
{
	encode_byte_string(renew(payload, PAYLOAD_NONCE), span_of("", 0));
}

static void module_id_other(struct payload_draft *payload)
{
	struct bytes *value = &payload->fields[PAYLOAD_MODULE_ID].value;

	value->data[value->size - 1] ^= 1; /* a digit of the enclave's id */
}

const struct sim_break breaks_of_fields[] = {
	{ "module-id-empty", "module_id is empty.", "module-id-malformed",
	  .payload = module_id_empty },
	{ "module-id-long", "module_id has 129 characters.",
	  "module-id-malformed", .payload = module_id_long },
	{ "module-id-control", "module_id holds a newline.",
	  "module-id-malformed", .payload = module_id_control },
	{ "module-id-bytes", "module_id is a byte string.", "field-type",
	  .payload = module_id_bytes },
	{ "module-id-null", "module_id is null.", "field-type",
	  .payload = module_id_null },
	{ "digest-sha256", "digest is SHA256.", "digest",
	  .payload = digest_is_sha256 },
	{ "digest-lower", "digest is sha384 in small letters.", "digest",
	  .payload = digest_lower },
	{ "digest-control", "digest holds terminal control characters.",
	  "digest", .payload = digest_control },
	{ "timestamp-zero", "timestamp is 0.", "timestamp-zero",
	  .payload = timestamp_zero },
	{ "timestamp-huge", "timestamp is 18446744073709551615.",
	  "timestamp-zero", .payload = timestamp_huge },
	{ "timestamp-negative", "timestamp is -1.", "field-type",
	  .payload = timestamp_negative },
	{ "timestamp-text", "timestamp is a text.", "field-type",
	  .payload = timestamp_text },
	{ "timestamp-tagged", "timestamp has CBOR tag 1.", "field-type",
	  .payload = timestamp_tagged },
	{ "timestamp-head-long", "timestamp has a longer head than it needs.",
	  "document-encoding", .payload = timestamp_long },
	{ "timestamp-before-leaf",
	  "timestamp is an hour before the leaf's period.",
	  "timestamp-outside-leaf", .payload = timestamp_before_leaf },
	{ "timestamp-after-leaf",
	  "timestamp is an hour after the leaf's period.",
	  "timestamp-outside-leaf", .payload = timestamp_after_leaf },
	{ "certificate-empty", "certificate is empty.", "certificate-size",
	  .payload = certificate_empty },
	{ "certificate-long", "certificate has 1025 bytes.", "certificate-size",
	  .payload = certificate_long },
	{ "certificate-null", "certificate is null.", "field-type",
	  .payload = certificate_null },
	{ "bundle-empty", "cabundle is empty.", "bundle-count",
	  .payload = bundle_empty },
	{ "bundle-null", "cabundle is null.", "field-type",
	  .payload = bundle_null },
	{ "bundle-texts", "cabundle holds a text.", "field-type",
	  .payload = bundle_texts },
	{ "bundle-chunked", "cabundle has an indefinite length.",
	  "document-encoding", .payload = bundle_chunked },
	{ "public-key-long", "public_key has 1025 bytes.", "field-size",
	  .payload = public_key_long },
	{ "user-data-long", "user_data has 1025 bytes.", "field-size",
	  .payload = user_data_long },
	{ "nonce-long", "nonce has 1025 bytes.", "field-size",
	  .payload = nonce_long },
	{ "user-data-text", "user_data is a text.", "field-type",
	  .payload = user_data_text },
	{ "nonce-undefined", "nonce is undefined.", "field-type",
	  .payload = nonce_undefined },
	{ "nonce-null", "nonce is null.", "nonce-missing",
	  .payload = nonce_null },
	{ "nonce-absent", "There is no nonce.", "nonce-missing",
	  .payload = nonce_absent },
	{ "nonce-empty", "nonce is empty.", "nonce-different",
	  .payload = nonce_empty },
	{ "nonce-other", "nonce is another one.", "nonce-different",
	  .payload = nonce_other },
	{ "document-old", "The document is an hour old.", "document-too-old",
	  .position = POSITION_LEAF, .spec = leaf_from_earlier,
	  .payload = timestamp_before_leaf },
	{ "document-future", "The document is made in an hour.",
	  "document-from-future", .payload = timestamp_future },
	{ "module-id-other", "module_id names another enclave than the leaf.",
	  "leaf-name-mismatch", .payload = module_id_other },
	{ 0 },
};
