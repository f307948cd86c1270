/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Responses of VisualSign parsers. Trusts nothing in them: not the message that
 * they name, not the digests of the request, not the key.
 */
#include "config.h"

#include "base/hex.h"
#include "key/public_key.h"
#include "response/claim.h"
#include "response/json.h"

#define SCHEME	       "SIGNATURE_SCHEME_TURNKEY_P256_EPHEMERAL_KEY"
#define KEY_MAX	       130u
#define SIGNATURE_MAX  64u
#define BORSH_HEAD     4u
#define PAYLOAD_FIELDS 5u

#define DIGEST_HEX_SIZE HEX_SIZE(ATTEST_SHA256_SIZE)

/* ParsedTransactionPayload: what stands in the payload; absent members are absent
 * spans. */
struct payload {
	struct span parsed;
	struct span input_digest;
	struct span metadata_digest;
	struct span signable;
	struct buffer intermediate; /* empty: none */
};

static void payload_deinit(struct payload *payload)
{
	buffer_free(payload->intermediate);
}

/* Borsh: u32 in little-endian order, then the bytes. */
static void put_field(struct span field, uint8_t head[static BORSH_HEAD],
		      struct span ret_parts[static 2])
{
	for (size_t i = 0; i < BORSH_HEAD; i++)
		head[i] = (uint8_t)(field.size >> 8 * i);
	ret_parts[0] = span_of(head, BORSH_HEAD);
	ret_parts[1] = field;
}

/* The payload of parsers before 2026 has one member only; today's has four, the
 * two texts of which are the same and sent once, and a fifth that counts when it
 * is there. */
static size_t list_fields(const struct payload *payload,
			  struct span ret_fields[static PAYLOAD_FIELDS])
{
	if (span_is_absent(payload->input_digest)) {
		ret_fields[0] = payload->signable;
		return 1;
	}
	ret_fields[0] = span_is_absent(payload->parsed) ? payload->signable
							: payload->parsed;
	ret_fields[1] = payload->input_digest;
	ret_fields[2] = payload->metadata_digest;
	ret_fields[3] = payload->signable;
	ret_fields[4] = buffer_span(&payload->intermediate);
	return payload->intermediate.size > 0 ? 5 : 4;
}

static enum response_error hash(const struct key_library *library,
				const struct span *parts, size_t count,
				uint8_t ret_sha256[static ATTEST_SHA256_SIZE],
				struct response_failure *failure)
{
	enum attest_error e =
		crypto_sha256(library->crypto, parts, count, ret_sha256);

	if (e == ATTEST_OK)
		return RESPONSE_OK;
	return response_fail(failure,
			     e == ATTEST_E_NO_MEMORY ? RESPONSE_E_NO_MEMORY
						     : RESPONSE_E_INTERNAL,
			     "", "");
}

static enum response_error
hash_payload(const struct key_library *library, const struct payload *payload,
	     uint8_t ret_sha256[static ATTEST_SHA256_SIZE],
	     struct response_failure *failure)
{
	uint8_t heads[PAYLOAD_FIELDS][BORSH_HEAD];
	struct span fields[PAYLOAD_FIELDS];
	struct span parts[2 * PAYLOAD_FIELDS];
	size_t count = list_fields(payload, fields);

	for (size_t i = 0; i < count; i++)
		put_field(fields[i], heads[i], &parts[2 * i]);
	return hash(library, parts, 2 * count, ret_sha256, failure);
}

/* Digests in the payload are lower-case hexadecimal. */
static enum response_error compare(const struct key_library *library,
				   struct span content, struct span digest,
				   enum response_error refusal,
				   struct response_failure *failure)
{
	uint8_t sha256[ATTEST_SHA256_SIZE];
	char expected[DIGEST_HEX_SIZE], actual[DIGEST_HEX_SIZE];
	enum response_error e = hash(library, &content, 1, sha256, failure);

	if (e != RESPONSE_OK)
		return e;
	hex_encode(span_of(sha256, sizeof(sha256)), expected);
	if (span_equal(digest, span_of_text(expected)))
		return RESPONSE_OK;
	snprintf(actual, sizeof(actual), "%.*s", (int)digest.size,
		 span_is_absent(digest) ? "" : (const char *)digest.data);
	return response_fail(failure, refusal, expected, actual);
}

static enum response_error check_request(const struct key_library *library,
					 const struct response_input *input,
					 const struct payload *payload,
					 struct response_failure *failure)
{
	struct span metadata = span_is_absent(input->sent_metadata)
				       ? span_of("", 0)
				       : input->sent_metadata;
	enum response_error e;

	if (span_is_absent(input->sent_payload) &&
	    span_is_absent(input->sent_metadata))
		return RESPONSE_OK;
	/* Parsers before 2026 do not say which request they answer. */
	if (span_is_absent(payload->input_digest))
		return response_fail(failure, RESPONSE_E_FIELD,
				     "inputPayloadDigest", "missing");
	e = compare(library, metadata, payload->metadata_digest,
		    RESPONSE_E_METADATA_DIFFERENT, failure);
	if (e != RESPONSE_OK || span_is_absent(input->sent_payload))
		return e;
	return compare(library, input->sent_payload, payload->input_digest,
		       RESPONSE_E_INPUT_DIFFERENT, failure);
}

static enum response_error read_payload(const json_t *object,
					struct payload *payload,
					struct response_failure *failure)
{
	const struct {
		const char *name;
		struct span *text;
	} texts[] = {
		{ "parsedPayload", &payload->parsed },
		{ "inputPayloadDigest", &payload->input_digest },
		{ "metadataDigest", &payload->metadata_digest },
	};
	enum response_error e = response_needed_text(
		object, "signablePayload", &payload->signable, failure);

	for (size_t i = 0; e == RESPONSE_OK && i < ARRAY_SIZE(texts); i++)
		e = response_text(object, texts[i].name, texts[i].text,
				  failure);
	if (e == RESPONSE_OK)
		e = response_base64(object, "intermediateOutput",
				    &payload->intermediate, failure);
	if (e != RESPONSE_OK)
		return e;
	/* Either all of the newer members or none of them. */
	if (span_is_absent(payload->input_digest) !=
		    span_is_absent(payload->metadata_digest) ||
	    (span_is_absent(payload->input_digest) &&
	     (!span_is_absent(payload->parsed) ||
	      payload->intermediate.size > 0)))
		return response_fail(failure, RESPONSE_E_FIELD,
				     "inputPayloadDigest and metadataDigest",
				     "missing");
	return RESPONSE_OK;
}

static enum response_error read_signature(const json_t *object,
					  struct response_claim *claim,
					  struct span *ret_message,
					  struct response_failure *failure)
{
	struct span scheme;
	enum response_error e =
		response_needed_text(object, "scheme", &scheme, failure);

	if (e == RESPONSE_OK && !span_equal(scheme, span_of_text(SCHEME)))
		return response_fail(failure, RESPONSE_E_SCHEME, SCHEME,
				     (const char *)scheme.data);
	if (e == RESPONSE_OK)
		e = response_hex(object, "publicKey", KEY_MAX, &claim->key,
				 failure);
	if (e == RESPONSE_OK)
		e = response_hex(object, "signature", SIGNATURE_MAX,
				 &claim->signature, failure);
	if (e == RESPONSE_OK)
		e = response_needed_text(object, "message", ret_message,
					 failure);
	return e;
}

/* The gateway's answer, or what stands inside of it; NULL: there are several, and a
 * reader could take another one for what was verified. */
static const json_t *find_transaction(const json_t *root)
{
	static const char *const depths[] = { "response", "parsedTransaction",
					      "payload" };
	const json_t *at = root;

	for (size_t i = 0; i < ARRAY_SIZE(depths); i++) {
		const json_t *inner = json_object_get(at, depths[i]);

		if (inner == NULL)
			continue;
		for (size_t j = i + 1; j < ARRAY_SIZE(depths); j++)
			if (json_object_get(at, depths[j]) != NULL)
				return NULL;
		if (i + 1 < ARRAY_SIZE(depths))
			at = inner;
	}
	return at;
}

/* The key that the boot proof beside the response is said to be for. */
static enum response_error read_boot_key(const json_t *root,
					 struct response_claim *claim,
					 struct response_failure *failure)
{
	static const char name[] = "ephemeralPublicKeyHex";
	const json_t *proof = json_object_get(root, "bootProof");
	struct span text;
	enum response_error e = response_text(proof, name, &text, failure);

	if (e != RESPONSE_OK || text.size == 0)
		return e;
	return response_hex(proof, name, KEY_MAX, &claim->boot_key, failure);
}

static enum response_error read_all(const struct key_library *library,
				    const struct response_input *input,
				    const json_t *root, struct payload *payload,
				    struct response_claim *claim,
				    struct response_failure *failure)
{
	const json_t *transaction = find_transaction(root);
	char computed[DIGEST_HEX_SIZE];
	struct span message;
	enum response_error e;

	if (transaction == NULL)
		return response_fail(failure, RESPONSE_E_FIELD,
				     "one transaction", "several");
	e = read_payload(json_object_get(transaction, "payload"), payload,
			 failure);
	if (e == RESPONSE_OK)
		e = read_signature(json_object_get(transaction, "signature"),
				   claim, &message, failure);
	if (e == RESPONSE_OK)
		e = read_boot_key(root, claim, failure);
	if (e == RESPONSE_OK)
		e = hash_payload(library, payload, claim->message.data,
				 failure);
	if (e != RESPONSE_OK)
		return e;
	claim->message.size = ATTEST_SHA256_SIZE;
	hex_encode(buffer_span(&claim->message), computed);
	if (!span_equal(message, span_of_text(computed)))
		return response_fail(failure, RESPONSE_E_MESSAGE_DIFFERENT,
				     computed, (const char *)message.data);
	return check_request(library, input, payload, failure);
}

enum response_error claim_read_visualsign(const struct key_library *library,
					  const struct response_input *input,
					  struct response_claim *claim,
					  struct response_failure *failure)
{
	_cleanup_(payload_deinit) struct payload payload = {
		.intermediate = BUFFER_EMPTY
	};
	_cleanup_json_ json_t *root = NULL;
	enum response_error e = response_parse(input->message, &root, failure);

	if (e != RESPONSE_OK)
		return e;
	claim->message.data = malloc(ATTEST_SHA256_SIZE);
	if (claim->message.data == NULL)
		return response_fail(failure, RESPONSE_E_NO_MEMORY, "", "");
	return read_all(library, input, root, &payload, claim, failure);
}

void response_boot_proof_free(struct response_boot_proof proof)
{
	buffer_free(proof.document);
	buffer_free(proof.envelope);
}

enum response_error
response_read_boot_proof(struct span message,
			 struct response_boot_proof *ret_proof,
			 struct response_failure *reterr_failure)
{
	_cleanup_(response_boot_proof_freep) struct response_boot_proof proof =
		RESPONSE_BOOT_PROOF_EMPTY;
	_cleanup_json_ json_t *root = NULL;
	const json_t *object;
	enum response_error e = response_parse(message, &root, reterr_failure);

	if (e != RESPONSE_OK)
		return e;
	object = json_object_get(root, "bootProof");
	e = response_base64(object, "awsAttestationDocB64", &proof.document,
			    reterr_failure);
	if (e == RESPONSE_OK)
		e = response_base64(object, "qosManifestEnvelopeB64",
				    &proof.envelope, reterr_failure);
	if (e != RESPONSE_OK)
		return e;
	*ret_proof = proof;
	proof = RESPONSE_BOOT_PROOF_EMPTY;
	return RESPONSE_OK;
}
