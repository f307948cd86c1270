/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-sim/document.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>

#include "nitro-sim/breaks.h"
#include "nitro-sim/encode.h"

#define ENCLAVE_PCR_COUNT  16u
#define NITROTPM_PCR_COUNT 24u

#define COSE_TAG	   18
#define COSE_HEADER_ALG	   1
#define COSE_ALG_ES384_NEG 34 /* -1 - 34 is -35 */

static void payload_clear(struct payload_draft *payload)
{
	for (size_t i = 0; i < PAYLOAD_FIELD_MAX; i++) {
		bytes_clear(&payload->fields[i].key);
		bytes_clear(&payload->fields[i].value);
	}
	for (size_t i = 0; i < PAYLOAD_PCR_MAX; i++)
		bytes_clear(&payload->pcrs[i].value);
	bytes_clear(&payload->head);
	bytes_clear(&payload->end);
}

static void envelope_clear(struct envelope_draft *envelope)
{
	for (size_t i = 0; i < ENVELOPE_ITEMS; i++)
		bytes_clear(&envelope->contents[i]);
	for (size_t i = 0; i < ENVELOPE_ITEM_MAX; i++)
		bytes_clear(&envelope->items[i]);
	bytes_clear(&envelope->head);
	bytes_clear(&envelope->trailer);
}

/* A PCR that was extended once, from zero: SHA-384(0^48 || text). */
static int extended_once(const char *text,
			 uint8_t ret_value[static ATTEST_SHA384_SIZE])
{
	_cleanup_bytes_ struct bytes input = BYTES_EMPTY;

	bytes_append_fill(&input, 0, ATTEST_SHA384_SIZE);
	bytes_append_span(&input, span_of_text(text));
	if (input.failed)
		return -ENOMEM;
	return EVP_Digest(input.data, input.size, ret_value, NULL, EVP_sha384(),
			  NULL) == 1
		       ? 0
		       : -EIO;
}

/* The value that a machine of this kind shows when nobody chose another: an
 * enclave measures its image in 0..2 and its instance in 4; a NitroTPM its boot
 * in 0..7, and 17..22 are all ones. */
static int usual_pcr(const struct document_options *options, unsigned index,
		     uint8_t ret_value[static ATTEST_SHA384_SIZE])
{
	bool is_enclave = options->kind == EVIDENCE_ENCLAVE;
	char name[32];

	memset(ret_value, !is_enclave && index >= 17 && index <= 22 ? 0xff : 0,
	       ATTEST_SHA384_SIZE);
	if (is_enclave && index == 4)
		return extended_once(options->instance_id, ret_value);
	if (index >= (is_enclave ? 3u : 8u) || options->debug)
		return 0;
	snprintf(name, sizeof(name), "nitro-sim pcr%u", index);
	return extended_once(name, ret_value);
}

int document_pcr(const struct document_options *options, unsigned index,
		 uint8_t ret_value[static ATTEST_SHA384_SIZE])
{
	if (!options->pcrs[index].is_set)
		return usual_pcr(options, index, ret_value);
	memcpy(ret_value, options->pcrs[index].value, ATTEST_SHA384_SIZE);
	return 0;
}

/* PCRs stand without gaps; an enclave shows those above 15 once one is used. */
static size_t pcr_count(const struct document_options *options)
{
	size_t count = options->kind == EVIDENCE_ENCLAVE ? ENCLAVE_PCR_COUNT
							 : NITROTPM_PCR_COUNT;

	for (size_t i = count; i < ATTEST_PCR_COUNT; i++)
		if (options->pcrs[i].is_set)
			count = i + 1;
	return count;
}

static int fill_pcrs(struct payload_draft *payload,
		     const struct document_options *options)
{
	uint8_t value[ATTEST_SHA384_SIZE];
	int r;

	payload->pcr_count = pcr_count(options);
	for (unsigned i = 0; i < payload->pcr_count; i++) {
		r = document_pcr(options, i, value);
		if (r < 0)
			return r;
		payload->pcrs[i].index = i;
		bytes_set(&payload->pcrs[i].value,
			  span_of(value, sizeof(value)));
	}
	return 0;
}

void payload_encode_pcrs(struct payload_draft *payload)
{
	struct bytes *out = &payload->fields[PAYLOAD_PCRS].value;

	bytes_clear(out);
	encode_map(out, payload->pcr_count);
	for (size_t i = 0; i < payload->pcr_count; i++) {
		encode_unsigned(out, payload->pcrs[i].index);
		encode_byte_string(out, bytes_span(&payload->pcrs[i].value));
	}
}

static void encode_bundle(struct bytes *out, const struct chain *chain)
{
	encode_array(out, chain->bundle_count);
	for (size_t i = 0; i < chain->bundle_count; i++)
		encode_byte_string(out, bytes_span(&chain->bundle[i]));
}

static void encode_keys(struct payload_draft *payload, enum evidence_kind kind)
{
	static const char *const keys[] = {
		[PAYLOAD_MODULE_ID] = "module_id",
		[PAYLOAD_DIGEST] = "digest",
		[PAYLOAD_TIMESTAMP] = "timestamp",
		[PAYLOAD_PCRS] = "pcrs",
		[PAYLOAD_CERTIFICATE] = "certificate",
		[PAYLOAD_CABUNDLE] = "cabundle",
		[PAYLOAD_PUBLIC_KEY] = "public_key",
		[PAYLOAD_USER_DATA] = "user_data",
		[PAYLOAD_NONCE] = "nonce",
	};

	for (size_t i = 0; i < PAYLOAD_FIELDS; i++)
		encode_text(&payload->fields[i].key,
			    i == PAYLOAD_PCRS && kind == EVIDENCE_NITROTPM
				    ? "nitrotpm_pcrs"
				    : keys[i]);
	payload->field_count = PAYLOAD_FIELDS;
}

/* 0 when all of it was allocated, so that hooks find what they look for. */
static int payload_ok(const struct payload_draft *payload)
{
	bool failed = false;

	for (size_t i = 0; i < payload->field_count; i++)
		failed |= payload->fields[i].key.failed |
			  payload->fields[i].value.failed;
	for (size_t i = 0; i < payload->pcr_count; i++)
		failed |= payload->pcrs[i].value.failed;
	return failed ? -ENOMEM : 0;
}

static int envelope_ok(const struct envelope_draft *envelope)
{
	bool failed = envelope->head.failed | envelope->trailer.failed;

	for (size_t i = 0; i < ENVELOPE_ITEMS; i++)
		failed |= envelope->contents[i].failed;
	for (size_t i = 0; i < ENVELOPE_ITEM_MAX; i++)
		failed |= envelope->items[i].failed;
	return failed ? -ENOMEM : 0;
}

static int fill_payload(struct payload_draft *payload,
			const struct chain *chain,
			const struct document_options *options)
{
	char module_id[OPTIONS_MODULE_ID_SIZE];
	int r;

	options_module_id(options, module_id);
	encode_keys(payload, options->kind);
	r = fill_pcrs(payload, options);
	if (r < 0)
		return r;
	payload_encode_pcrs(payload);
	encode_text(&payload->fields[PAYLOAD_MODULE_ID].value, module_id);
	encode_text(&payload->fields[PAYLOAD_DIGEST].value, "SHA384");
	encode_unsigned(&payload->fields[PAYLOAD_TIMESTAMP].value,
			(uint64_t)options->time_ms);
	encode_byte_string(&payload->fields[PAYLOAD_CERTIFICATE].value,
			   bytes_span(&chain->leaf.der));
	encode_bundle(&payload->fields[PAYLOAD_CABUNDLE].value, chain);
	encode_optional(&payload->fields[PAYLOAD_PUBLIC_KEY].value,
			options->public_key);
	encode_optional(&payload->fields[PAYLOAD_USER_DATA].value,
			options->user_data);
	encode_optional(&payload->fields[PAYLOAD_NONCE].value, options->nonce);
	payload->is_definite = options->definite_map;
	return payload_ok(payload);
}

static void join_payload(struct payload_draft *payload, struct bytes *out)
{
	if (payload->head.size == 0 && payload->is_definite)
		encode_map(&payload->head, payload->field_count);
	if (payload->head.size == 0)
		encode_indefinite_map(&payload->head);
	if (payload->end.size == 0 && !payload->is_definite)
		encode_break(&payload->end);

	bytes_append_bytes(out, &payload->head);
	for (size_t i = 0; i < payload->field_count; i++) {
		bytes_append_bytes(out, &payload->fields[i].key);
		bytes_append_bytes(out, &payload->fields[i].value);
	}
	bytes_append_bytes(out, &payload->end);
}

static int make_payload(const struct chain *chain,
			const struct document_options *options,
			struct bytes *out)
{
	_cleanup_(payload_clear) struct payload_draft payload = { 0 };
	const struct sim_break *broken = options->broken;
	int r;

	r = fill_payload(&payload, chain, options);
	if (r < 0)
		return r;
	if (broken != NULL && broken->payload != NULL)
		broken->payload(&payload);
	join_payload(&payload, out);
	return bytes_ok(out);
}

/* Sig_structure of RFC 9052 4.4, with an empty external_aad. */
static int sign(struct envelope_draft *envelope, EVP_PKEY *key)
{
	_cleanup_bytes_ struct bytes signed_bytes = BYTES_EMPTY;
	int r;

	encode_array(&signed_bytes, 4);
	encode_text(&signed_bytes, "Signature1");
	encode_byte_string(&signed_bytes,
			   bytes_span(&envelope->contents[ENVELOPE_PROTECTED]));
	encode_byte_string(&signed_bytes, span_of("", 0));
	encode_byte_string(&signed_bytes,
			   bytes_span(&envelope->contents[ENVELOPE_PAYLOAD]));
	r = bytes_ok(&signed_bytes);
	if (r < 0)
		return r;
	return key_sign_raw(key, bytes_span(&signed_bytes),
			    &envelope->contents[ENVELOPE_SIGNATURE]);
}

static void encode_items(struct envelope_draft *envelope, bool is_tagged)
{
	if (is_tagged)
		encode_tag(&envelope->head, COSE_TAG);
	encode_array(&envelope->head, ENVELOPE_ITEMS);
	for (size_t i = 0; i < ENVELOPE_ITEMS; i++) {
		if (i == ENVELOPE_UNPROTECTED)
			encode_map(&envelope->items[i], 0);
		else
			encode_byte_string(&envelope->items[i],
					   bytes_span(&envelope->contents[i]));
	}
}

static void join_envelope(const struct envelope_draft *envelope,
			  struct bytes *out)
{
	bytes_append_bytes(out, &envelope->head);
	for (size_t i = 0; i < ENVELOPE_ITEM_MAX; i++)
		bytes_append_bytes(out, &envelope->items[i]);
	bytes_append_bytes(out, &envelope->trailer);
}

int document_append(const struct chain *chain,
		    const struct document_options *options,
		    struct bytes *document)
{
	_cleanup_(envelope_clear) struct envelope_draft envelope = { 0 };
	struct bytes *protected_header = &envelope.contents[ENVELOPE_PROTECTED];
	const struct sim_break *broken = options->broken;
	int r;

	encode_map(protected_header, 1);
	encode_unsigned(protected_header, COSE_HEADER_ALG);
	encode_negative(protected_header, COSE_ALG_ES384_NEG);
	r = make_payload(chain, options, &envelope.contents[ENVELOPE_PAYLOAD]);
	if (r < 0)
		return r;
	if (broken != NULL && broken->contents != NULL)
		broken->contents(&envelope);
	r = sign(&envelope, chain->leaf.key);
	if (r < 0)
		return r;
	r = envelope_ok(&envelope);
	if (r < 0)
		return r;
	if (broken != NULL && broken->signature != NULL)
		broken->signature(&envelope.contents[ENVELOPE_SIGNATURE]);
	encode_items(&envelope, options->tagged);
	r = envelope_ok(&envelope);
	if (r < 0)
		return r;
	if (broken != NULL && broken->envelope != NULL)
		broken->envelope(&envelope);
	join_envelope(&envelope, document);
	return bytes_ok(document);
}

int document_make(const struct authority *authority,
		  const struct document_options *options,
		  struct bytes *document, int64_t *ret_time_ms)
{
	_cleanup_chain_ struct chain *chain = NULL;
	struct document_options changed = *options;
	int r;

	if (changed.broken != NULL && changed.broken->options != NULL)
		changed.broken->options(&changed);
	r = chain_new(authority, &changed, &chain);
	if (r < 0)
		return r;
	r = document_append(chain, &changed, document);
	if (r < 0)
		return r;
	*ret_time_ms = changed.time_ms;
	return 0;
}
