/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breaks of the COSE_Sign1 around the payload (RFC 9052 4.2) and of its
 * signature.
 */
#include "config.h"

#include "nitro-sim/breaks.h"
#include "nitro-sim/encode.h"

#define SCALAR_SIZE (KEY_SIGNATURE_SIZE / 2)

/* The order n of P-384 (SEC 2 2.5.1): one more than the largest scalar. */
static const uint8_t order[SCALAR_SIZE] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2,
	0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
};

static void document_empty(struct envelope_draft *envelope)
{
	bytes_clear(&envelope->head);
	for (size_t i = 0; i < ENVELOPE_ITEMS; i++)
		bytes_clear(&envelope->items[i]);
}

static void document_oversized(struct envelope_draft *envelope)
{
	bytes_append_fill(&envelope->trailer, 0, ATTEST_DOCUMENT_MAX);
}

static void document_truncated(struct envelope_draft *envelope)
{
	envelope->items[ENVELOPE_SIGNATURE].size--;
}

static void document_trailing(struct envelope_draft *envelope)
{
	bytes_append_byte(&envelope->trailer, 0);
}

static void document_newline(struct envelope_draft *envelope)
{
	bytes_append_byte(&envelope->trailer, '\n');
}

static void tag_sign(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->head, 0xd8, 0x62, 0x84); /* 98: COSE_Sign */
}

static void tag_twice(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->head, 0xd2, 0xd2, 0x84);
}

static void tag_long(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->head, 0xd8, 0x12, 0x84); /* 18 in two bytes */
}

static void elements_three(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->head, 0x83);
	bytes_clear(&envelope->items[ENVELOPE_SIGNATURE]);
}

static void elements_five(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->head, 0x85);
	encode_null(&envelope->items[ENVELOPE_ITEMS]);
}

static void elements_map(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->head, 0xa2); /* two pairs: as many items */
}

static void array_indefinite(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->head, 0x9f);
	encode_break(&envelope->trailer);
}

static void array_long(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->head, 0x98, 0x04);
}

static void protected_es512(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->contents[ENVELOPE_PROTECTED], 0xa1, 0x01, 0x38,
		  0x23);
}

static void protected_text(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->contents[ENVELOPE_PROTECTED], 0xa1, 0x01, 0x65,
		  'E', 'S', '3', '8', '4');
}

static void protected_extra(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->contents[ENVELOPE_PROTECTED], 0xa2, 0x01, 0x38,
		  0x22, 0x04, 0x41, 0x00); /* kid */
}

static void protected_duplicate(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->contents[ENVELOPE_PROTECTED], 0xa2, 0x01, 0x38,
		  0x22, 0x01, 0x38, 0x22);
}

static void protected_long(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->contents[ENVELOPE_PROTECTED], 0xa1, 0x01, 0x39,
		  0x00, 0x22);
}

static void protected_trailing(struct envelope_draft *envelope)
{
	bytes_append_byte(&envelope->contents[ENVELOPE_PROTECTED], 0);
}

static void protected_empty(struct envelope_draft *envelope)
{
	bytes_clear(&envelope->contents[ENVELOPE_PROTECTED]);
}

static void protected_map(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->items[ENVELOPE_PROTECTED], 0xa1, 0x01, 0x38, 0x22);
}

static void unprotected_kid(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->items[ENVELOPE_UNPROTECTED], 0xa1, 0x04, 0x41,
		  0x00);
}

static void unprotected_algorithm(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->items[ENVELOPE_UNPROTECTED], 0xa1, 0x01, 0x38,
		  0x22);
}

static void unprotected_null(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->items[ENVELOPE_UNPROTECTED], 0xf6);
}

static void unprotected_indefinite(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->items[ENVELOPE_UNPROTECTED], 0xbf, 0xff);
}

static void payload_empty(struct envelope_draft *envelope)
{
	bytes_clear(&envelope->contents[ENVELOPE_PAYLOAD]);
}

static void payload_oversized(struct envelope_draft *envelope)
{
	struct bytes *payload = &envelope->contents[ENVELOPE_PAYLOAD];

	bytes_append_fill(payload, 0, ATTEST_PAYLOAD_MAX + 1 - payload->size);
}

static void payload_detached(struct envelope_draft *envelope)
{
	BYTES_SET(&envelope->items[ENVELOPE_PAYLOAD], 0xf6);
}

/* 59 hh ll becomes 5a 00 00 hh ll. */
static void payload_long(struct envelope_draft *envelope)
{
	struct bytes *item = &envelope->items[ENVELOPE_PAYLOAD];

	item->data[0] = 0x5a;
	bytes_insert(item, 1, span_of("\0\0", 2));
}

static void payload_chunked(struct envelope_draft *envelope)
{
	struct bytes *item = &envelope->items[ENVELOPE_PAYLOAD];

	bytes_insert(item, 0, span_of("\x5f", 1));
	encode_break(item);
}

/* A byte of the module_id, behind the heads of payload, map and key. */
static void payload_changed(struct envelope_draft *envelope)
{
	envelope->items[ENVELOPE_PAYLOAD].data[32] ^= 1;
}

static void append_scalar(struct bytes *der, const uint8_t *scalar)
{
	der_append_unsigned(der, span_of(scalar, SCALAR_SIZE));
}

static void signature_der(struct bytes *signature)
{
	_cleanup_bytes_ struct bytes pair = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes der = BYTES_EMPTY;

	append_scalar(&pair, signature->data);
	append_scalar(&pair, signature->data + SCALAR_SIZE);
	der_append(&der, DER_SEQUENCE, bytes_span(&pair));
	bytes_take(signature, &der);
}

static void signature_short(struct bytes *signature)
{
	signature->size--;
}

static void signature_long(struct bytes *signature)
{
	bytes_append_byte(signature, 0);
}

static void signature_empty(struct bytes *signature)
{
	bytes_clear(signature);
}

static void signature_r_zero(struct bytes *signature)
{
	memset(signature->data, 0, SCALAR_SIZE);
}

static void signature_s_zero(struct bytes *signature)
{
	memset(signature->data + SCALAR_SIZE, 0, SCALAR_SIZE);
}

static void signature_r_order(struct bytes *signature)
{
	memcpy(signature->data, order, SCALAR_SIZE);
}

static void signature_s_order(struct bytes *signature)
{
	memcpy(signature->data + SCALAR_SIZE, order, SCALAR_SIZE);
}

static void signature_s_ones(struct bytes *signature)
{
	memset(signature->data + SCALAR_SIZE, 0xff, SCALAR_SIZE);
}

static void signature_r_changed(struct bytes *signature)
{
	signature->data[SCALAR_SIZE - 1] ^= 1;
}

static void signature_s_changed(struct bytes *signature)
{
	signature->data[KEY_SIGNATURE_SIZE - 1] ^= 1;
}

static void signature_swapped(struct bytes *signature)
{
	for (size_t i = 0; i < SCALAR_SIZE; i++) {
		uint8_t r = signature->data[i];

		signature->data[i] = signature->data[SCALAR_SIZE + i];
		signature->data[SCALAR_SIZE + i] = r;
	}
}

static void signature_item_long(struct envelope_draft *envelope)
{
	struct bytes *item = &envelope->items[ENVELOPE_SIGNATURE];

	item->data[0] = 0x59; /* 58 60 becomes 59 00 60 */
	bytes_insert(item, 1, span_of("\0", 1));
}

static void signature_text(struct envelope_draft *envelope)
{
	envelope->items[ENVELOPE_SIGNATURE].data[0] = 0x78;
}

const struct sim_break breaks_of_envelope[] = {
	{ "document-empty", "The input is empty.", "document-size",
	  .envelope = document_empty },
	{ "document-oversized", "The input is larger than any document.",
	  "document-size", .envelope = document_oversized },
	{ "document-truncated", "The last byte is missing.",
	  "envelope-encoding", .envelope = document_truncated },
	{ "envelope-trailing", "A zero byte follows the envelope.",
	  "envelope-trailing", .envelope = document_trailing },
	{ "envelope-newline", "A newline follows the envelope.",
	  "envelope-trailing", .envelope = document_newline },
	{ "tag-sign", "The envelope has tag 98 (COSE_Sign) instead of 18.",
	  "envelope-tag", .envelope = tag_sign },
	{ "tag-twice", "The envelope has tag 18 twice.", "envelope-elements",
	  .envelope = tag_twice },
	{ "tag-long", "Tag 18 has a longer head than it needs.",
	  "envelope-encoding", .envelope = tag_long },
	{ "elements-three", "The envelope has no signature.",
	  "envelope-elements", .envelope = elements_three },
	{ "elements-five", "The envelope has a fifth element.",
	  "envelope-elements", .envelope = elements_five },
	{ "elements-map", "The envelope is a map.", "envelope-elements",
	  .envelope = elements_map },
	{ "array-indefinite", "The envelope has an indefinite length.",
	  "envelope-encoding", .envelope = array_indefinite },
	{ "array-long", "The envelope has a longer head than it needs.",
	  "envelope-encoding", .envelope = array_long },
	{ "protected-es512", "The algorithm is ES512.", "protected-header",
	  .contents = protected_es512 },
	{ "protected-text", "The algorithm is a text.", "protected-header",
	  .contents = protected_text },
	{ "protected-extra", "The protected header has a key id.",
	  "protected-header", .contents = protected_extra },
	{ "protected-duplicate", "The protected header has ES384 twice.",
	  "protected-header", .contents = protected_duplicate },
	{ "protected-long", "The algorithm is -35 in too many bytes.",
	  "protected-header", .contents = protected_long },
	{ "protected-trailing", "A byte follows the protected header's map.",
	  "protected-header", .contents = protected_trailing },
	{ "protected-empty", "The protected header is empty.",
	  "protected-header", .contents = protected_empty },
	{ "protected-map", "The protected header is a map, not bytes.",
	  "protected-header", .envelope = protected_map },
	{ "unprotected-kid", "The unprotected header has a key id.",
	  "unprotected-header", .envelope = unprotected_kid },
	{ "unprotected-algorithm", "The unprotected header has ES384 too.",
	  "unprotected-header", .envelope = unprotected_algorithm },
	{ "unprotected-null", "The unprotected header is null.",
	  "unprotected-header", .envelope = unprotected_null },
	{ "unprotected-indefinite",
	  "The unprotected header has an indefinite length.",
	  "envelope-encoding", .envelope = unprotected_indefinite },
	{ "payload-empty", "The payload is empty.", "payload-size",
	  .contents = payload_empty },
	{ "payload-oversized", "The payload has 16385 bytes.", "payload-size",
	  .contents = payload_oversized },
	{ "payload-detached", "The payload is null (detached).", "payload-size",
	  .envelope = payload_detached },
	{ "payload-head-long", "The payload has a longer head than it needs.",
	  "envelope-encoding", .envelope = payload_long },
	{ "payload-chunked", "The payload has an indefinite length.",
	  "envelope-encoding", .envelope = payload_chunked },
	{ "payload-changed", "A byte of the payload changed after signing.",
	  "signature-invalid", .envelope = payload_changed },
	{ "signature-der", "The signature is in DER.", "signature-size",
	  .signature = signature_der },
	{ "signature-short", "The signature has 95 bytes.", "signature-size",
	  .signature = signature_short },
	{ "signature-long", "The signature has 97 bytes.", "signature-size",
	  .signature = signature_long },
	{ "signature-empty", "The signature is empty.", "signature-size",
	  .signature = signature_empty },
	{ "signature-text", "The signature is a text.", "signature-size",
	  .envelope = signature_text },
	{ "signature-head-long",
	  "The signature has a longer head than it needs.", "envelope-encoding",
	  .envelope = signature_item_long },
	{ "signature-r-zero", "r is zero.", "signature-range",
	  .signature = signature_r_zero },
	{ "signature-s-zero", "s is zero.", "signature-range",
	  .signature = signature_s_zero },
	{ "signature-r-order", "r is the order of the curve.",
	  "signature-range", .signature = signature_r_order },
	{ "signature-s-order", "s is the order of the curve.",
	  "signature-range", .signature = signature_s_order },
	{ "signature-s-ones", "All bits of s are one.", "signature-range",
	  .signature = signature_s_ones },
	{ "signature-r-changed", "A bit of r changed.", "signature-invalid",
	  .signature = signature_r_changed },
	{ "signature-s-changed", "A bit of s changed.", "signature-invalid",
	  .signature = signature_s_changed },
	{ "signature-swapped", "r and s changed places.", "signature-invalid",
	  .signature = signature_swapped },
	{ 0 },
};
