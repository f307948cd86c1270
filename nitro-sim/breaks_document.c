/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breaks of the payload's map and of its keys. All are signed correctly: only the
 * check of the document itself can see them.
 */
#include "config.h"

#include "nitro-sim/breaks.h"
#include "nitro-sim/encode.h"

static struct bytes *renew_key(struct payload_draft *payload,
			       enum payload_field field)
{
	struct bytes *key = &payload->fields[field].key;

	bytes_clear(key);
	return key;
}

/* One more field behind the last. */
static void add_field(struct payload_draft *payload, const char *key)
{
	encode_text(&payload->fields[payload->field_count].key, key);
	encode_null(&payload->fields[payload->field_count].value);
	payload->field_count++;
}

/* The last field takes the place of the dropped one. */
static void drop(struct payload_draft *payload, enum payload_field field)
{
	size_t last = --payload->field_count;

	if (field != last) {
		bytes_take(&payload->fields[field].key,
			   &payload->fields[last].key);
		bytes_take(&payload->fields[field].value,
			   &payload->fields[last].value);
	}
}

/* The map itself. */

static void map_array(struct envelope_draft *envelope)
{
	bytes_set(&envelope->contents[ENVELOPE_PAYLOAD], span_of("\x80", 1));
}

static void map_garbage(struct envelope_draft *envelope)
{
	/* Additional information 28 is reserved (RFC 8949 3). */
	bytes_set(&envelope->contents[ENVELOPE_PAYLOAD], span_of("\xbc", 1));
}

static void map_unended(struct envelope_draft *envelope)
{
	envelope->contents[ENVELOPE_PAYLOAD].size--;
}

static void map_trailing(struct envelope_draft *envelope)
{
	bytes_append_byte(&envelope->contents[ENVELOPE_PAYLOAD], 0);
}

static void map_short_count(struct payload_draft *payload)
{
	payload->is_definite = true;
	encode_map(&payload->head, payload->field_count - 1);
}

static void map_long_count(struct payload_draft *payload)
{
	payload->is_definite = true;
	encode_map(&payload->head, payload->field_count + 1);
}

static void map_huge_count(struct payload_draft *payload)
{
	payload->is_definite = true;
	encode_map(&payload->head, UINT64_C(1) << 32);
}

static void map_long_head(struct payload_draft *payload)
{
	payload->is_definite = true;
	bytes_set(&payload->head, span_of("\xb8\x09", 2));
}

static void map_odd(struct payload_draft *payload)
{
	bytes_clear(&payload->fields[PAYLOAD_NONCE].value);
}

/* Keys. */

static void key_unknown(struct payload_draft *payload)
{
	add_field(payload, "extra");
}

static void key_capital(struct payload_draft *payload)
{
	encode_text(renew_key(payload, PAYLOAD_NONCE), "Nonce");
}

static void key_control(struct payload_draft *payload)
{
	encode_text(renew_key(payload, PAYLOAD_NONCE), "\033[2J\n");
}

static void key_bytes(struct payload_draft *payload)
{
	encode_byte_string(renew_key(payload, PAYLOAD_NONCE),
			   span_of_text("nonce"));
}

static void key_integer(struct payload_draft *payload)
{
	encode_unsigned(renew_key(payload, PAYLOAD_NONCE), 0);
}

static void key_long(struct payload_draft *payload)
{
	bytes_set(&payload->fields[PAYLOAD_NONCE].key,
		  span_of_text("\x78\x05nonce"));
}

static void key_chunked(struct payload_draft *payload)
{
	bytes_set(&payload->fields[PAYLOAD_NONCE].key,
		  span_of_text("\x7f\x65nonce\xff"));
}

static void key_twice(struct payload_draft *payload)
{
	add_field(payload, "nonce");
}

static void certificate_twice(struct payload_draft *payload)
{
	add_field(payload, "certificate");
}

static void no_module_id(struct payload_draft *payload)
{
	drop(payload, PAYLOAD_MODULE_ID);
}

static void no_digest(struct payload_draft *payload)
{
	drop(payload, PAYLOAD_DIGEST);
}

static void no_timestamp(struct payload_draft *payload)
{
	drop(payload, PAYLOAD_TIMESTAMP);
}

static void no_certificate(struct payload_draft *payload)
{
	drop(payload, PAYLOAD_CERTIFICATE);
}

static void no_cabundle(struct payload_draft *payload)
{
	drop(payload, PAYLOAD_CABUNDLE);
}

const struct sim_break breaks_of_document[] = {
	{ "map-array", "The payload is an array.", "document-encoding",
	  .contents = map_array },
	{ "map-garbage", "The payload is no CBOR.", "document-encoding",
	  .contents = map_garbage },
	{ "map-unended", "The payload's last byte is missing.",
	  "document-encoding", .contents = map_unended },
	{ "map-trailing", "A byte follows the payload's map.",
	  "document-trailing", .contents = map_trailing },
	{ "map-count-short", "The map announces one field too few.",
	  "document-trailing", .payload = map_short_count },
	{ "map-count-long", "The map announces one field too many.",
	  "document-encoding", .payload = map_long_count },
	{ "map-count-huge", "The map announces 4294967296 fields.",
	  "document-encoding", .payload = map_huge_count },
	{ "map-head-long", "The map has a longer head than it needs.",
	  "document-encoding", .payload = map_long_head },
	{ "map-odd", "The last key has no value.", "document-encoding",
	  .payload = map_odd },
	{ "key-unknown", "There is a key \"extra\".", "key-unknown",
	  .payload = key_unknown },
	{ "key-capital", "The key nonce is written Nonce.", "key-unknown",
	  .payload = key_capital },
	{ "key-control", "A key holds terminal control characters.",
	  "key-unknown", .payload = key_control },
	{ "key-bytes", "A key is a byte string.", "key-unknown",
	  .payload = key_bytes },
	{ "key-integer", "A key is an integer.", "key-unknown",
	  .payload = key_integer },
	{ "key-head-long", "A key has a longer head than it needs.",
	  "document-encoding", .payload = key_long },
	{ "key-chunked", "A key has an indefinite length.", "document-encoding",
	  .payload = key_chunked },
	{ "nonce-twice", "The key nonce stands twice.", "key-duplicate",
	  .payload = key_twice },
	{ "certificate-twice", "The key certificate stands twice.",
	  "key-duplicate", .payload = certificate_twice },
	{ "module-id-missing", "There is no module_id.", "key-missing",
	  .payload = no_module_id },
	{ "digest-missing", "There is no digest.", "key-missing",
	  .payload = no_digest },
	{ "timestamp-missing", "There is no timestamp.", "key-missing",
	  .payload = no_timestamp },
	{ "certificate-missing", "There is no certificate.", "key-missing",
	  .payload = no_certificate },
	{ "bundle-missing", "There is no cabundle.", "key-missing",
	  .payload = no_cabundle },
	{ 0 },
};
