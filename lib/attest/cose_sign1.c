/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/cose_sign1.h"

#include <inttypes.h>

#include "attest/certificate.h"
#include "attest/crypto.h"
#include "attest/cursor.h"
#include "attest/failure.h"

/* RFC 9052 section 4.2: the one CBOR tag that a COSE_Sign1 may carry. */
#define COSE_SIGN1_TAG 18u

/* {1: -35}: algorithm ES384 (RFC 9053 table 1) and no other parameter. */
static const uint8_t es384_header[] = { 0xa1, 0x01, 0x38, 0x22 };

static enum attest_error encoding_failure(const struct cursor *cursor,
					  struct attest_failure *failure)
{
	char text[CURSOR_TEXT_SIZE];

	return failure_set(failure, ATTEST_E_ENVELOPE_ENCODING,
			   "COSE_Sign1 in minimal encoding", "%s",
			   cursor_explain(cursor, text));
}

/* Reads a byte string; refuses another type with `error`. */
static enum attest_error read_bytes(struct cursor *cursor,
				    enum attest_error error,
				    struct span *ret_bytes,
				    struct attest_failure *failure)
{
	struct span bytes = cursor_read_bytes(cursor);

	if (cursor->error == CURSOR_TYPE)
		return failure_set(failure, error, "a byte string", "%s",
				   cursor_type_text(cursor->found));
	if (cursor->error != CURSOR_OK)
		return encoding_failure(cursor, failure);
	*ret_bytes = bytes;
	return ATTEST_OK;
}

/* The optional tag, and the head of the array of four. */
static enum attest_error read_head(struct cursor *cursor,
				   struct attest_failure *failure)
{
	enum cursor_type type = cursor_peek(cursor);
	uint64_t value;

	if (type == CURSOR_TAG) {
		value = cursor_read_tag(cursor);
		if (value != COSE_SIGN1_TAG)
			return failure_set(failure, ATTEST_E_ENVELOPE_TAG,
					   "no tag or tag 18", "tag %" PRIu64,
					   value);
		type = cursor_peek(cursor);
	}
	if (cursor->error == CURSOR_OK && type != CURSOR_ARRAY &&
	    type != CURSOR_INDEFINITE_ITEM)
		return failure_set(failure, ATTEST_E_ENVELOPE_ELEMENTS,
				   "an array of 4 elements", "%s",
				   cursor_type_text(type));
	value = cursor_enter_array(cursor, UINT64_MAX);
	if (cursor->error != CURSOR_OK)
		return encoding_failure(cursor, failure);
	if (value != 4)
		return failure_set(failure, ATTEST_E_ENVELOPE_ELEMENTS,
				   "4 elements", "%" PRIu64 " elements", value);
	return ATTEST_OK;
}

static enum attest_error read_protected(struct cursor *cursor,
					struct attest_failure *failure)
{
	char text[FAILURE_QUOTE_SIZE];
	struct span header;
	enum attest_error e;

	e = read_bytes(cursor, ATTEST_E_PROTECTED_HEADER, &header, failure);
	if (e != ATTEST_OK)
		return e;
	if (!span_equal(header, span_of(es384_header, sizeof(es384_header))))
		return failure_set(failure, ATTEST_E_PROTECTED_HEADER,
				   "a1013822", "%s",
				   failure_quote(header, text));
	return ATTEST_OK;
}

static enum attest_error read_unprotected(struct cursor *cursor,
					  struct attest_failure *failure)
{
	struct cursor_map map = cursor_enter_map(cursor, UINT64_MAX);

	if (cursor->error == CURSOR_TYPE)
		return failure_set(failure, ATTEST_E_UNPROTECTED_HEADER,
				   "an empty map", "%s",
				   cursor_type_text(cursor->found));
	if (cursor->error != CURSOR_OK)
		return encoding_failure(cursor, failure);
	if (map.left != 0)
		return failure_set(failure, ATTEST_E_UNPROTECTED_HEADER,
				   "an empty map",
				   "a map of %" PRIu64 " entries", map.left);
	return ATTEST_OK;
}

static enum attest_error read_payload(struct cursor *cursor,
				      struct cose_sign1 *envelope,
				      struct attest_failure *failure)
{
	size_t start = cursor->offset;
	struct span payload;
	enum attest_error e;

	e = read_bytes(cursor, ATTEST_E_PAYLOAD_SIZE, &payload, failure);
	if (e != ATTEST_OK)
		return e;
	if (payload.size == 0 || payload.size > ATTEST_PAYLOAD_MAX)
		return failure_set(failure, ATTEST_E_PAYLOAD_SIZE,
				   "1 to 16384 bytes", "%zu bytes",
				   payload.size);
	envelope->payload = payload;
	envelope->payload_item = cursor_since(cursor, start);
	return ATTEST_OK;
}

static enum attest_error read_signature(struct cursor *cursor,
					struct cose_sign1 *envelope,
					struct attest_failure *failure)
{
	struct span signature;
	enum attest_error e;

	e = read_bytes(cursor, ATTEST_E_SIGNATURE_SIZE, &signature, failure);
	if (e != ATTEST_OK)
		return e;
	if (signature.size != ATTEST_SIGNATURE_SIZE)
		return failure_set(failure, ATTEST_E_SIGNATURE_SIZE, "96 bytes",
				   "%zu bytes", signature.size);
	envelope->signature = signature;
	return ATTEST_OK;
}

enum attest_error cose_sign1_parse(struct span input,
				   struct cose_sign1 *ret_envelope,
				   struct attest_failure *reterr_failure)
{
	struct cose_sign1 envelope;
	struct cursor cursor;
	enum attest_error e;

	if (input.size == 0 || input.size > ATTEST_DOCUMENT_MAX)
		return failure_set(reterr_failure, ATTEST_E_DOCUMENT_SIZE,
				   "1 to 16640 bytes", "%zu bytes", input.size);
	cursor_init(&cursor, input);
	e = read_head(&cursor, reterr_failure);
	if (e == ATTEST_OK)
		e = read_protected(&cursor, reterr_failure);
	if (e == ATTEST_OK)
		e = read_unprotected(&cursor, reterr_failure);
	if (e == ATTEST_OK)
		e = read_payload(&cursor, &envelope, reterr_failure);
	if (e == ATTEST_OK)
		e = read_signature(&cursor, &envelope, reterr_failure);
	if (e != ATTEST_OK)
		return e;

	if (cursor_finish(&cursor) != CURSOR_OK)
		return failure_set(reterr_failure, ATTEST_E_ENVELOPE_TRAILING,
				   "the end of the input",
				   "%zu more bytes at byte %zu",
				   input.size - cursor.offset, cursor.offset);
	*ret_envelope = envelope;
	return ATTEST_OK;
}

/* Sig_structure = [ "Signature1", body_protected, external_aad, payload ]. The
 * parser admits one encoding of each element, so the payload stands in it with
 * the very bytes, head included, that it has in the envelope. */
enum attest_error cose_sign1_verify(const struct cose_sign1 *envelope,
				    const struct crypto *crypto,
				    const struct certificate *signer,
				    struct attest_failure *reterr_failure)
{
	static const uint8_t head[] = {
		0x84,					/* array of 4 */
		0x6a, 'S',  'i',  'g',	'n',  'a', 't', /* text of 10 */
		'u',  'r',  'e',  '1',			/* */
		0x44, 0xa1, 0x01, 0x38, 0x22,		/* protected header */
		0x40,					/* no external data */
	};
	const struct span message[] = { span_of(head, sizeof(head)),
					envelope->payload_item };
	enum attest_error e;

	e = crypto_verify_p384(crypto, signer->key, message,
			       ARRAY_SIZE(message), envelope->signature);
	if (e == ATTEST_E_SIGNATURE_RANGE) {
		char text[2 * ATTEST_SIGNATURE_SIZE + 1];

		hex_encode(envelope->signature, text);
		return failure_set(reterr_failure, e, "r and s in 1..n-1",
				   "r || s = %s", text);
	}
	if (e == ATTEST_E_SIGNATURE_INVALID)
		return failure_set(reterr_failure, e,
				   "a signature by the leaf's key", "by %s",
				   signer->subject);
	return e == ATTEST_OK ? e : failure_plain(reterr_failure, e);
}
