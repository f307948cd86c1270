/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/evidence.h"

#include "attest/anchors_private.h"
#include "attest/crypto.h"
#include "attest/evidence_private.h"

/* One allocation: all strings and spans point into `payload` or stand here. */
struct evidence {
	struct document document; /* its spans moved into `payload` */
	char module_id[ATTEST_MODULE_ID_MAX + 1];
	struct evidence_certificate certificates[ATTEST_CHAIN_MAX];
	char subjects[ATTEST_CHAIN_MAX][ATTEST_SUBJECT_MAX];
	size_t chain_length;
	char leaf_common_name[ATTEST_SUBJECT_MAX];
	char root_label[ATTEST_LABEL_MAX + 1];
	uint8_t payload_sha256[ATTEST_SHA256_SIZE];
	uint8_t user_data_sha256[ATTEST_SHA256_SIZE];
	uint8_t expected_pcr4[ATTEST_SHA384_SIZE];
	bool has_expected_pcr4;
	int64_t judged_at_ms;
	bool nonce_was_checked;
	bool age_was_checked;
	uint8_t payload[]; /* the signed bytes */
};

/* Lets a view into the caller's payload point into the copy. */
static void move_span(struct span *span, struct span from, const uint8_t *to)
{
	if (!span_is_absent(*span))
		span->data = to + (span->data - from.data);
}

static void copy_document(struct evidence *evidence,
			  const struct evidence_source *source)
{
	struct span payload = source->envelope->payload;
	struct document *document = &evidence->document;

	memcpy(evidence->payload, payload.data, payload.size);
	*document = *source->document;
	memcpy(evidence->module_id, document->module_id.data,
	       document->module_id.size);
	for (size_t i = 0; i < ARRAY_SIZE(document->pcrs); i++)
		move_span(&document->pcrs[i], payload, evidence->payload);
	move_span(&document->public_key, payload, evidence->payload);
	move_span(&document->user_data, payload, evidence->payload);
	move_span(&document->nonce, payload, evidence->payload);
}

static void copy_chain(struct evidence *evidence, const struct chain *chain)
{
	const char *label = anchors_label(chain->anchors, chain->root);

	for (size_t i = 0; i < chain->count; i++) {
		const struct certificate *from = &chain->certificates[i];
		struct evidence_certificate *to = &evidence->certificates[i];

		memcpy(evidence->subjects[i], from->subject,
		       sizeof(from->subject));
		to->subject = evidence->subjects[i];
		to->not_before = from->not_before;
		to->not_after = from->not_after;
		memcpy(to->sha256, from->sha256, sizeof(to->sha256));
	}
	evidence->chain_length = chain->count;
	memcpy(evidence->leaf_common_name, chain_leaf(chain)->common_name,
	       sizeof(evidence->leaf_common_name));
	memcpy(evidence->root_label, label, strlen(label) + 1);
}

/* The hypervisor extends PCR4, which begins as zeros, with the instance id. */
static enum attest_error compute_pcr4(struct evidence *evidence,
				      const struct crypto *crypto)
{
	static const uint8_t zeros[ATTEST_SHA384_SIZE];
	const char *instance = evidence->module_id;
	const char *end = strstr(instance, "-enc");

	if (evidence_kind(evidence) != EVIDENCE_ENCLAVE || end == NULL)
		return ATTEST_OK;
	evidence->has_expected_pcr4 = true;
	return crypto_sha384(
		crypto,
		(const struct span[]){
			span_of(zeros, sizeof(zeros)),
			span_of(instance, (size_t)(end - instance)) },
		2, evidence->expected_pcr4);
}

enum attest_error evidence_new(const struct evidence_source *source,
			       struct evidence **ret_evidence)
{
	const struct crypto *crypto = anchors_crypto(source->chain->anchors);
	struct span payload = source->envelope->payload;
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	enum attest_error e;

	evidence = calloc(1, sizeof(*evidence) + payload.size);
	if (evidence == NULL)
		return ATTEST_E_NO_MEMORY;
	copy_document(evidence, source);
	e = crypto_sha256(crypto, &payload, 1, evidence->payload_sha256);
	if (e == ATTEST_OK)
		e = crypto_sha256(crypto, &evidence->document.user_data, 1,
				  evidence->user_data_sha256);
	if (e == ATTEST_OK)
		e = compute_pcr4(evidence, crypto);
	if (e != ATTEST_OK)
		return e;
	copy_chain(evidence, source->chain);
	evidence->judged_at_ms = source->judged_at_ms;
	evidence->nonce_was_checked = source->nonce_was_checked;
	evidence->age_was_checked = source->age_was_checked;
	*ret_evidence = TAKE_PTR(evidence);
	return ATTEST_OK;
}

void evidence_free(struct evidence *evidence)
{
	free(evidence);
}

enum evidence_kind evidence_kind(const struct evidence *evidence)
{
	return evidence->document.kind;
}

const char *evidence_kind_name(enum evidence_kind kind)
{
	return kind == EVIDENCE_ENCLAVE ? "enclave" : "nitrotpm";
}

const char *evidence_module_id(const struct evidence *evidence)
{
	return evidence->module_id;
}

uint64_t evidence_timestamp_ms(const struct evidence *evidence)
{
	return evidence->document.timestamp_ms;
}

const char *evidence_digest(const struct evidence _unused_ *evidence)
{
	return "SHA384";
}

bool evidence_map_is_indefinite(const struct evidence *evidence)
{
	return evidence->document.map_is_indefinite;
}

struct span evidence_pcr(const struct evidence *evidence, unsigned index)
{
	if (index >= ATTEST_PCR_COUNT)
		return SPAN_ABSENT;
	return evidence->document.pcrs[index];
}

bool evidence_is_debug(const struct evidence *evidence)
{
	return evidence_kind(evidence) == EVIDENCE_ENCLAVE &&
	       span_is_zero(evidence_pcr(evidence, 0)) &&
	       span_is_zero(evidence_pcr(evidence, 1)) &&
	       span_is_zero(evidence_pcr(evidence, 2));
}

struct span evidence_expected_pcr4(const struct evidence *evidence)
{
	if (!evidence->has_expected_pcr4)
		return SPAN_ABSENT;
	return span_of(evidence->expected_pcr4, ATTEST_SHA384_SIZE);
}

struct span evidence_public_key(const struct evidence *evidence)
{
	return evidence->document.public_key;
}

struct span evidence_user_data(const struct evidence *evidence)
{
	return evidence->document.user_data;
}

struct span evidence_user_data_sha256(const struct evidence *evidence)
{
	if (span_is_absent(evidence->document.user_data))
		return SPAN_ABSENT;
	return span_of(evidence->user_data_sha256, ATTEST_SHA256_SIZE);
}

struct span evidence_nonce(const struct evidence *evidence)
{
	return evidence->document.nonce;
}

size_t evidence_chain_length(const struct evidence *evidence)
{
	return evidence->chain_length;
}

const struct evidence_certificate *
evidence_certificate(const struct evidence *evidence, size_t index)
{
	return &evidence->certificates[index];
}

const char *evidence_leaf_common_name(const struct evidence *evidence)
{
	return evidence->leaf_common_name;
}

const char *evidence_root_label(const struct evidence *evidence)
{
	return evidence->root_label;
}

struct span evidence_payload_sha256(const struct evidence *evidence)
{
	return span_of(evidence->payload_sha256, ATTEST_SHA256_SIZE);
}

int64_t evidence_judged_at_ms(const struct evidence *evidence)
{
	return evidence->judged_at_ms;
}

bool evidence_nonce_was_checked(const struct evidence *evidence)
{
	return evidence->nonce_was_checked;
}

bool evidence_age_was_checked(const struct evidence *evidence)
{
	return evidence->age_was_checked;
}
