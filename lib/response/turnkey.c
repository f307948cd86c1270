/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turnkey's application proofs: a text that an enclave signed with its ephemeral
 * key. Whether the text is the one that was expected is for the reader to say.
 */
#include "config.h"

#include "response/claim.h"
#include "response/json.h"

#define SCHEME	      "SIGNATURE_SCHEME_EPHEMERAL_KEY_P256"
#define KEY_MAX	      130u
#define SIGNATURE_MAX 64u

static enum response_error copy_text(struct span text, struct buffer *ret_copy,
				     struct response_failure *failure)
{
	uint8_t *copy;

	if (text.size == 0)
		return response_fail(failure, RESPONSE_E_FIELD, "proofPayload",
				     "empty");
	copy = malloc(text.size);
	if (copy == NULL)
		return response_fail(failure, RESPONSE_E_NO_MEMORY, "", "");
	memcpy(copy, text.data, text.size);
	*ret_copy = (struct buffer){ copy, text.size };
	return RESPONSE_OK;
}

enum response_error claim_read_turnkey(const struct response_input *input,
				       struct response_claim *claim,
				       struct response_failure *failure)
{
	_cleanup_json_ json_t *root = NULL;
	struct span scheme, payload;
	enum response_error e = response_parse(input->message, &root, failure);

	if (e == RESPONSE_OK)
		e = response_needed_text(root, "scheme", &scheme, failure);
	if (e == RESPONSE_OK && !span_equal(scheme, span_of_text(SCHEME)))
		return response_fail(failure, RESPONSE_E_SCHEME, SCHEME,
				     (const char *)scheme.data);
	if (e == RESPONSE_OK)
		e = response_hex(root, "publicKey", KEY_MAX, &claim->key,
				 failure);
	if (e == RESPONSE_OK)
		e = response_hex(root, "signature", SIGNATURE_MAX,
				 &claim->signature, failure);
	if (e == RESPONSE_OK)
		e = response_needed_text(root, "proofPayload", &payload,
					 failure);
	return e == RESPONSE_OK ? copy_text(payload, &claim->message, failure)
				: e;
}
