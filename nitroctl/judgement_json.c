/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/judgement_json.h"

#include "nitroctl/output_json.h"

static json_t *json_check(const struct verdict *verdict,
			  enum verdict_check check)
{
	const struct check_result *result = &verdict->checks[check];

	return json_pack("{s:s, s:s, s:i, s:o, s:o, s:s?}", "id",
			 verdict_check_name(check), "state",
			 check_state_name(result->state), "level",
			 (int)verdict_check_level(check), "expected",
			 json_string_or_null(result->expected), "actual",
			 json_string_or_null(result->actual), "why",
			 result->why);
}

/* json_array_append_new() refuses NULL, so that exhausted memory shows. */
json_t *json_checks(const struct verdict *verdict)
{
	json_t *checks = json_array();

	for (unsigned i = 0; i < CHECK_COUNT; i++)
		if (json_array_append_new(
			    checks,
			    json_check(verdict, (enum verdict_check)i)) < 0) {
			json_decref(checks);
			return NULL;
		}
	return checks;
}

static json_t *json_certificate(const struct evidence_certificate *certificate)
{
	struct span sha256 =
		span_of(certificate->sha256, sizeof(certificate->sha256));

	return json_pack("{s:o, s:o, s:o, s:o}", "subject",
			 json_text(span_of_text(certificate->subject)),
			 "not_before",
			 json_time_seconds(certificate->not_before),
			 "not_after", json_time_seconds(certificate->not_after),
			 "sha256", json_hex(sha256));
}

static json_t *json_chain(const struct evidence *evidence)
{
	json_t *chain = json_array();

	for (size_t i = 0; i < evidence_chain_length(evidence); i++)
		if (json_array_append_new(chain,
					  json_certificate(evidence_certificate(
						  evidence, i))) < 0) {
			json_decref(chain);
			return NULL;
		}
	return chain;
}

static json_t *json_document(const struct evidence *evidence)
{
	struct span pcrs[ATTEST_PCR_COUNT];
	const char *module_id;
	uint64_t timestamp_ms;

	if (evidence == NULL)
		return json_null();
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
		pcrs[i] = evidence_pcr(evidence, i);
	module_id = evidence_module_id(evidence);
	timestamp_ms = evidence_timestamp_ms(evidence);
	return json_pack(
		"{s:s, s:o, s:o, s:I, s:s, s:s, s:o, s:o, s:o, s:o, s:b, s:s,"
		" s:o, s:o}",
		"kind", evidence_kind_name(evidence_kind(evidence)),
		"module_id", json_text(span_of_text(module_id)), "timestamp",
		json_time_ms((int64_t)timestamp_ms), "timestamp_ms",
		(json_int_t)timestamp_ms, "digest", evidence_digest(evidence),
		"payload_map",
		evidence_map_is_indefinite(evidence) ? "indefinite"
						     : "definite",
		"pcrs", json_pcrs(pcrs), "public_key",
		json_hex(evidence_public_key(evidence)), "user_data",
		json_hex(evidence_user_data(evidence)), "nonce",
		json_hex(evidence_nonce(evidence)), "debug",
		(int)evidence_is_debug(evidence), "root",
		evidence_root_label(evidence), "payload_sha256",
		json_hex(evidence_payload_sha256(evidence)), "chain",
		json_chain(evidence));
}

json_t *json_judgement(const struct judgement *judgement)
{
	const struct verdict *verdict = judgement->verdict;
	bool is_judged = judgement->decision != JUDGEMENT_ERROR;
	const char *image = is_judged ? verdict->image : "";
	const char *release = is_judged ? verdict->release : "";

	return json_pack(
		"{s:o, s:s, s:i, s:i, s:s, s:s, s:s, s:o, s:o, s:o, s:b, s:n,"
		" s:o, s:s, s:o}",
		"file", json_text(span_of_text(judgement->file)), "decision",
		judgement_decision_name(judgement->decision), "level",
		is_judged ? (int)verdict->level : 0, "required_level",
		(int)judgement->required_level, "reason", judgement->reason,
		"message", judgement->message, "hint", judgement->hint,
		"checks", is_judged ? json_checks(verdict) : json_array(),
		"image", json_string_or_null(image), "release",
		json_string_or_null(release), "retiring",
		is_judged && verdict->release_retiring, "rule", "judged_at",
		judgement->has_time ? json_time_ms(judgement->time_ms)
				    : json_null(),
		"judged_at_source", judged_at_source_name(judgement->at),
		"document", json_document(judgement->evidence));
}
