/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/attest.h"

#include "attest/chain.h"
#include "attest/cose_sign1.h"
#include "attest/crypto.h"
#include "attest/document.h"
#include "attest/evidence_private.h"
#include "attest/failure.h"
#include "attest/freshness.h"
#include "attest/anchors_private.h"

/* The stages in the order of enum attest_check. */
static enum attest_error verify(const struct attest_input *input,
				struct evidence **ret_evidence,
				struct attest_failure *failure)
{
	_cleanup_(chain_unrefp) struct chain *chain = NULL;
	size_t max_field_size = input->max_field_size != 0
					? input->max_field_size
					: ATTEST_FIELD_DEFAULT;
	int64_t now_ms = input->now_ms;
	struct cose_sign1 envelope;
	struct document document;
	enum attest_error e;

	e = cose_sign1_parse(input->document, &envelope, failure);
	if (e != ATTEST_OK)
		return e;
	e = document_parse(envelope.payload, max_field_size, &document,
			   failure);
	if (e != ATTEST_OK)
		return e;
	if (input->at_document_time)
		now_ms = (int64_t)document.timestamp_ms;

	e = chain_load(input->anchors, input->cache, &document, &chain,
		       failure);
	if (e == ATTEST_OK)
		e = chain_check_links(chain, failure);
	if (e == ATTEST_OK)
		e = chain_check_validity(chain, now_ms, failure);
	if (e == ATTEST_OK)
		e = chain_check_path(chain, input->cache, now_ms, failure);
	if (e == ATTEST_OK)
		e = cose_sign1_verify(&envelope, anchors_crypto(input->anchors),
				      chain_leaf(chain), failure);
	if (e == ATTEST_OK)
		e = freshness_check_timestamp(&document, chain_leaf(chain),
					      input, failure);
	if (e == ATTEST_OK)
		e = freshness_check_nonce(&document, input, failure);
	if (e == ATTEST_OK)
		e = freshness_check_age(&document, input, failure);
	if (e != ATTEST_OK)
		return e;

	e = evidence_new(
		&(struct evidence_source){
			.envelope = &envelope,
			.document = &document,
			.chain = chain,
			.judged_at_ms = now_ms,
			.nonce_was_checked = freshness_asks_nonce(input),
			.age_was_checked = freshness_asks_age(input),
		},
		ret_evidence);
	return e == ATTEST_OK ? e : failure_plain(failure, e);
}

enum attest_error attest_verify(const struct attest_input *input,
				struct evidence **ret_evidence,
				struct attest_failure *reterr_failure)
{
	struct attest_failure failure = { .error = ATTEST_OK };
	struct evidence *evidence = NULL;
	enum attest_error e;

	if (input->anchors == NULL || input->max_field_size > ATTEST_FIELD_MAX)
		return failure_set(reterr_failure, ATTEST_E_INTERNAL,
				   "anchors, and at most 4096 bytes per field",
				   "wrong parameters");
	crypto_forget_errors();
	e = verify(input, &evidence, &failure);
	crypto_leave(anchors_crypto(input->anchors));
	if (e == ATTEST_OK)
		*ret_evidence = evidence;
	else
		*reterr_failure = failure;
	return e;
}
