/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "response/response.h"

#include "base/hex.h"
#include "response/claim.h"
#include "response/json.h"

static const char *const kind_names[] = {
	[RESPONSE_MESSAGE] = "message",
	[RESPONSE_VISUALSIGN] = "visualsign",
	[RESPONSE_TURNKEY_PROOF] = "turnkey-proof",
};

/* What VisualSign and Turnkey sign with. */
static const struct signature_scheme p256_raw = { SIGNATURE_RAW,
						  SIGNATURE_SHA256 };

bool response_kind_parse(const char *text, enum response_kind *ret_kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(kind_names); i++)
		if (strcmp(text, kind_names[i]) == 0) {
			*ret_kind = (enum response_kind)i;
			return true;
		}
	return false;
}

void response_claim_free(struct response_claim claim)
{
	buffer_free(claim.message);
	buffer_free(claim.signature);
	buffer_free(claim.key);
	buffer_free(claim.boot_key);
}

/* The longest keys are cut in a failure's details. */
static char *describe_key(struct span bytes)
{
	const size_t most = ATTEST_DETAIL_SIZE / 2 - 1;

	return hex_dup(
		span_of(bytes.data, bytes.size < most ? bytes.size : most));
}

static enum response_error compare_key(const struct attested_key *key,
				       struct span claimed,
				       struct response_failure *failure)
{
	_cleanup_free_ char *expected = NULL;
	_cleanup_free_ char *actual = NULL;

	if (span_is_absent(claimed) ||
	    span_equal(claimed, attested_key_bytes(key)) ||
	    span_equal(claimed, attested_key_spki(key)))
		return RESPONSE_OK;
	expected = describe_key(attested_key_bytes(key));
	actual = describe_key(claimed);
	if (expected == NULL || actual == NULL)
		return response_fail(failure, RESPONSE_E_NO_MEMORY, "", "");
	return response_fail(failure, RESPONSE_E_KEY_DIFFERENT, expected,
			     actual);
}

static enum response_error check_signature(const struct key_library *library,
					   const struct attested_key *key,
					   struct signature_scheme scheme,
					   struct span message,
					   struct span signature,
					   struct response_failure *failure)
{
	enum response_error e;

	if (message.size == 0 || message.size > RESPONSE_MESSAGE_MAX)
		return response_fail(failure, RESPONSE_E_SIZE, "", "");
	e = response_signature_verify(library, key, scheme, message, signature);
	return e == RESPONSE_OK ? e : response_fail(failure, e, "", "");
}

static enum response_error verify_claim(const struct key_library *library,
					const struct attested_key *key,
					const struct response_claim *claim,
					struct response_failure *failure)
{
	enum response_error e;

	if (attested_key_algorithm(key) != KEY_ALGORITHM_P256)
		return response_fail(failure, RESPONSE_E_SCHEME, "P-256",
				     attested_key_name(key));
	e = compare_key(key, buffer_span(&claim->key), failure);
	if (e == RESPONSE_OK)
		e = compare_key(key, buffer_span(&claim->boot_key), failure);
	if (e != RESPONSE_OK)
		return e;
	return check_signature(library, key, p256_raw,
			       buffer_span(&claim->message),
			       buffer_span(&claim->signature), failure);
}

static enum response_error verify_message(const struct key_library *library,
					  const struct attested_key *key,
					  const struct response_input *input,
					  struct response_failure *failure)
{
	enum response_error e = compare_key(key, input->claimed_key, failure);

	if (e != RESPONSE_OK)
		return e;
	return check_signature(library, key, input->scheme, input->message,
			       input->signature, failure);
}

enum response_error response_verify(const struct key_library *library,
				    const struct attested_key *key,
				    const struct response_input *input,
				    struct response_failure *reterr_failure)
{
	_cleanup_(response_claim_freep) struct response_claim claim = {
		.message = BUFFER_EMPTY
	};
	enum response_error e;

	if (input->kind == RESPONSE_MESSAGE)
		return verify_message(library, key, input, reterr_failure);
	e = input->kind == RESPONSE_VISUALSIGN
		    ? claim_read_visualsign(library, input, &claim,
					    reterr_failure)
		    : claim_read_turnkey(input, &claim, reterr_failure);
	if (e != RESPONSE_OK)
		return e;
	return verify_claim(library, key, &claim, reterr_failure);
}
