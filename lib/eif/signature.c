/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of the section: CBOR in which byte strings are arrays of integers, and
 * inside them a COSE_Sign1 (RFC 9052 section 4.2) whose payload names PCR0.
 */
#include "config.h"

#include "eif/signature.h"

#include "attest/cursor.h"
#include "eif/failure.h"
#include "eif/signer.h"

/* Bytes that stand in CBOR as an array of integers; each takes one byte there at
 * least, so that what the section holds fits. */
struct octets {
	size_t size;
	uint8_t data[EIF_SIGNATURE_MAX];
};

/* What the section holds. */
struct parts {
	struct octets certificate; /* PEM */
	struct octets cose;
};

static enum eif_error malformed(struct eif_failure *failure, uint64_t offset,
				const char *what, const struct cursor *cursor)
{
	char text[CURSOR_TEXT_SIZE];

	return eif_fail(failure, EIF_E_SIGNATURE_ENCODING, offset, "%s: %s",
			what, cursor_explain(cursor, text));
}

static void read_octets(struct cursor *cursor, struct octets *ret_octets)
{
	uint64_t count = cursor_enter_array(cursor, EIF_SIGNATURE_MAX);

	for (uint64_t i = 0; i < count; i++) {
		uint64_t value = cursor_read_unsigned(cursor);

		if (value > UINT8_MAX && cursor->error == CURSOR_OK)
			cursor->error = CURSOR_LIMIT;
		ret_octets->data[i] = (uint8_t)value;
	}
	ret_octets->size = count;
}

/* Each of the two keys stands once: two entries, and both were found. */
static enum eif_error read_section(struct span section, uint64_t offset,
				   struct parts *parts,
				   struct eif_failure *failure)
{
	const struct span certificate_key = span_of_text("signing_certificate");
	const struct span cose_key = span_of_text("signature");
	bool has_certificate = false, has_cose = false;
	struct cursor_map map;
	struct cursor cursor;

	cursor_init(&cursor, section);
	if (cursor_enter_array(&cursor, 1) != 1)
		return malformed(failure, offset,
				 "expected an array of one signature", &cursor);
	map = cursor_enter_map(&cursor, 2);
	while (cursor_next_entry(&cursor, &map)) {
		struct span key = cursor_read_text(&cursor);

		if (span_equal(key, certificate_key)) {
			read_octets(&cursor, &parts->certificate);
			has_certificate = true;
		} else if (span_equal(key, cose_key)) {
			read_octets(&cursor, &parts->cose);
			has_cose = true;
		} else {
			return malformed(failure, offset,
					 "an unknown member, or none", &cursor);
		}
	}
	if (cursor_finish(&cursor) != CURSOR_OK)
		return malformed(failure, offset, "the section", &cursor);
	if (!has_certificate || !has_cose)
		return eif_fail(failure, EIF_E_SIGNATURE_ENCODING, offset,
				"signing_certificate and signature must stand "
				"once each");
	return EIF_OK;
}

static enum eif_error read_cose(struct span input, uint64_t offset,
				struct signed_message *message,
				struct eif_failure *failure)
{
	struct cursor cursor;
	size_t start;

	cursor_init(&cursor, input);
	if (cursor_enter_array(&cursor, 4) != 4)
		return malformed(failure, offset,
				 "expected COSE_Sign1, an array of 4", &cursor);
	message->protected_header = cursor_read_bytes(&cursor);
	cursor_enter_map(&cursor, 0);
	start = cursor.offset;
	message->payload = cursor_read_bytes(&cursor);
	message->payload_item = cursor_since(&cursor, start);
	message->signature = cursor_read_bytes(&cursor);
	if (cursor_finish(&cursor) != CURSOR_OK)
		return malformed(failure, offset, "COSE_Sign1", &cursor);
	return EIF_OK;
}

/* {"register_index": 0, "register_value": [PCR0 as integers]}. A key that stands
 * twice leaves the other out; the comparison then fails. */
static enum eif_error check_payload(struct span payload, uint64_t offset,
				    const struct eif *eif,
				    struct eif_failure *failure)
{
	uint64_t index = UINT64_MAX, count = 0;
	bool is_equal = true;
	struct cursor_map map;
	struct cursor cursor;

	cursor_init(&cursor, payload);
	map = cursor_enter_map(&cursor, 2);
	while (cursor_next_entry(&cursor, &map)) {
		struct span key = cursor_read_text(&cursor);

		if (span_equal(key, span_of_text("register_index"))) {
			index = cursor_read_unsigned(&cursor);
			continue;
		}
		if (!span_equal(key, span_of_text("register_value")))
			return malformed(failure, offset,
					 "payload: an unknown member, or none",
					 &cursor);
		count = cursor_enter_array(&cursor, EIF_PCR_SIZE);
		for (uint64_t i = 0; i < count; i++)
			if (cursor_read_unsigned(&cursor) != eif->pcr0[i])
				is_equal = false;
	}
	if (cursor_finish(&cursor) != CURSOR_OK)
		return malformed(failure, offset, "payload", &cursor);
	if (index != 0)
		return eif_fail(failure, EIF_E_SIGNATURE_PAYLOAD, offset,
				"register_index is not 0");
	if (count != EIF_PCR_SIZE || !is_equal)
		return eif_fail(failure, EIF_E_SIGNATURE_PAYLOAD, offset,
				"register_value is not the PCR0 that was "
				"measured");
	return EIF_OK;
}

enum eif_error signature_verify(const struct hash_library *library,
				struct span section, uint64_t offset,
				struct eif *eif,
				struct eif_failure *reterr_failure)
{
	_cleanup_free_ struct parts *parts = calloc(1, sizeof(*parts));
	struct signed_message message = { .payload = SPAN_ABSENT };
	enum eif_error e;

	if (parts == NULL)
		return eif_fail_plain(reterr_failure, EIF_E_NO_MEMORY, offset);
	e = read_section(section, offset, parts, reterr_failure);
	if (e == EIF_OK)
		e = read_cose(span_of(parts->cose.data, parts->cose.size),
			      offset, &message, reterr_failure);
	if (e == EIF_OK)
		e = check_payload(message.payload, offset, eif, reterr_failure);
	if (e != EIF_OK)
		return e;
	message.certificate_pem =
		span_of(parts->certificate.data, parts->certificate.size);
	return signer_verify(library, &message, offset, eif, reterr_failure);
}
