/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manifests and envelopes that cannot be read.
 */
#include "config.h"

#include "nitro-sim/manifest.h"

#include <stdlib.h>

static void use_borsh(struct manifest_options *options)
{
	options->version = 1;
	options->is_json = false;
}

static void use_json(struct manifest_options *options)
{
	options->is_json = true;
}

static void oversized(struct bytes *envelope)
{
	bytes_append_fill(envelope, ' ', 262145);
}

static void long_name(struct bytes *envelope)
{
	envelope->data[2] = 0xff;
}

static void truncated(struct bytes *envelope)
{
	envelope->size--;
}

static void byte_behind(struct bytes *envelope)
{
	bytes_append_byte(envelope, 0);
}

static void text_behind(struct bytes *envelope)
{
	bytes_append_span(envelope, span_of_text("{}"));
}

static void restart_unknown(struct manifest_draft *draft)
{
	draft->restart = 2;
}

static void name_not_utf8(struct manifest_draft *draft)
{
	BYTES_SET(&draft->name, 0xed, 0xa0, 0x80);
}

static void arguments_many(struct manifest_draft *draft)
{
	draft->arguments = 1025;
}

/* Zeros are a manifest of version 1. What is the last byte of the share set's
 * threshold there is the length of PCR0 in version 0, and after these five bytes
 * the two go on in the same way. */
static void ambiguous(struct bytes *envelope)
{
	static const uint8_t zeros[102];

	bytes_set(envelope, span_of(zeros, sizeof(zeros)));
	envelope->data[65] = 5;
}

static void insert_behind(struct bytes *envelope, const char *head,
			  const char *text)
{
	const size_t length = strlen(head);
	const uint8_t *found =
		memmem(envelope->data, envelope->size, head, length);

	/* The encoder wrote it. */
	if (found == NULL)
		abort();
	bytes_insert(envelope, (size_t)(found - envelope->data) + length,
		     span_of_text(text));
}

static void deep(struct bytes *envelope)
{
	insert_behind(envelope, "{", "\"a\":[[[[[[[[]]]]]]]],");
}

static void very_deep(struct bytes *envelope)
{
	bytes_clear(envelope);
	bytes_append_span(envelope, span_of_text("{\"a\":"));
	bytes_append_fill(envelope, '[', 100000);
}

static void twice(struct bytes *envelope)
{
	insert_behind(envelope, "{", "\"shareSetApprovals\":[],");
}

static void version_1(struct bytes *envelope)
{
	insert_behind(envelope, "{\"manifest\":{", "\"version\":\"v1\",");
}

static void version_2(struct bytes *envelope)
{
	insert_behind(envelope, "{\"manifest\":{", "\"version\":\"v2\",");
}

static void unknown(struct bytes *envelope)
{
	insert_behind(envelope, "\"namespace\":{", "\"label\":\"x\",");
}

static void unknown_outside(struct bytes *envelope)
{
	insert_behind(envelope, "{", "\"version\":\"v1\",");
}

static void missing(struct bytes *envelope)
{
	insert_behind(envelope, "\"nonce", "s");
}

static void half_a_version(struct bytes *envelope)
{
	insert_behind(envelope, "\"debugMode", "s");
}

static void upper_case(struct bytes *envelope)
{
	insert_behind(envelope, "\"hash\":\"", "AB");
}

static void leading_zero(struct bytes *envelope)
{
	insert_behind(envelope, "\"nonce\":", "\"0");
	insert_behind(envelope, "\"nonce\":\"07", "\"");
}

static void negative(struct bytes *envelope)
{
	insert_behind(envelope, "\"nonce\":", "-");
}

static void fraction(struct bytes *envelope)
{
	insert_behind(envelope, "\"nonce\":7", ".0");
}

static void key_short(struct manifest_draft *draft)
{
	draft->quorum_key.size--;
}

const struct manifest_break manifest_breaks_of_bytes[] = {
	{ "manifest-oversized", "an envelope of more than 256 KiB",
	  "manifest-size", .envelope = oversized },
	{ "manifest-length-lies", "the namespace claims 16 MiB",
	  "manifest-length", .options = use_borsh, .envelope = long_name },
	{ "manifest-truncated", "the last byte is missing", "manifest-length",
	  .options = use_borsh, .envelope = truncated },
	{ "manifest-trailing", "a byte follows the envelope",
	  "manifest-trailing", .options = use_borsh, .envelope = byte_behind },
	{ "manifest-trailing-json", "an object follows the envelope",
	  "manifest-trailing", .options = use_json, .envelope = text_behind },
	{ "manifest-restart-unknown", "the restart policy is variant 2",
	  "manifest-variant", .draft = restart_unknown },
	{ "manifest-name-not-utf8", "the namespace holds a surrogate",
	  "manifest-text", .options = use_borsh, .draft = name_not_utf8 },
	{ "manifest-arguments-many", "the pivot has 1025 arguments",
	  "manifest-count", .draft = arguments_many },
	{ "manifest-ambiguous", "bytes that are version 0 and version 1",
	  "manifest-ambiguous", .envelope = ambiguous },
	{ "manifest-json-truncated", "the last brace is missing",
	  "manifest-json", .options = use_json, .envelope = truncated },
	{ "manifest-deep", "lists in lists, 9 levels", "manifest-depth",
	  .options = use_json, .envelope = deep },
	{ "manifest-very-deep", "lists in lists, 100000 levels",
	  "manifest-depth", .options = use_json, .envelope = very_deep },
	{ "manifest-member-twice", "a member stands twice", "manifest-twice",
	  .options = use_json, .envelope = twice },
	{ "manifest-version-1", "version 1 says that it is", "manifest-version",
	  .options = use_json, .envelope = version_1 },
	{ "manifest-version-2", "version 1 says that it is 2",
	  "manifest-version", .options = use_json, .envelope = version_2 },
	{ "manifest-member-unknown", "the namespace has a label",
	  "manifest-member-unknown", .options = use_json, .envelope = unknown },
	{ "manifest-envelope-version", "the envelope has a version",
	  "manifest-member-unknown", .options = use_json,
	  .envelope = unknown_outside },
	{ "manifest-member-missing", "the namespace has no nonce",
	  "manifest-member-missing", .options = use_json, .envelope = missing },
	{ "manifest-half-a-version", "bridges without debug mode",
	  "manifest-member-missing", .options = use_json,
	  .envelope = half_a_version },
	{ "manifest-hex-upper-case", "the pivot's hash begins with AB",
	  "manifest-value", .options = use_json, .envelope = upper_case },
	{ "manifest-leading-zero", "the nonce is \"07\"", "manifest-value",
	  .options = use_json, .envelope = leading_zero },
	{ "manifest-negative", "the nonce is -7", "manifest-value",
	  .options = use_json, .envelope = negative },
	{ "manifest-fraction", "the nonce is 7.0", "manifest-value",
	  .options = use_json, .envelope = fraction },
	{ "manifest-key-short", "the quorum key has 129 bytes",
	  "manifest-key-size", .draft = key_short },
	{ NULL },
};

const struct manifest_break *manifest_breaks_at(size_t index)
{
	static const struct manifest_break *const tables[] = {
		manifest_breaks_of_bytes,
		manifest_breaks_of_contents,
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct manifest_break *row = tables[i];
		     row->name != NULL; row++)
			if (index-- == 0)
				return row;
	return NULL;
}

const struct manifest_break *manifest_breaks_find(const char *name)
{
	const struct manifest_break *found;

	for (size_t i = 0; (found = manifest_breaks_at(i)) != NULL; i++)
		if (strcmp(found->name, name) == 0)
			return found;
	return NULL;
}
