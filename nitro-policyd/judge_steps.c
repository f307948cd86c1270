/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/judge_steps.h"

#include "base/clock.h"
#include "dbus/nitro_bus.h"
#include "nitro-policyd/judge_key.h"

/* Nothing else can hold then; least of all would a nonce, which the signature stands
 * for, say to an admin what is missing. */
static bool judge_signature(struct job *job, const struct rule *rule)
{
	if (!rule_takes_signature(rule) || job->signature.size > 0)
		return true;

	verdict_fail(job->verdict, REASON_KEY_PROOF_MISSING, "", "");
	return false;
}

bool judge_request(struct job *job, const struct rule *rule)
{
	struct verdict *verdict = job->verdict;

	if (rule == NULL) {
		verdict_fail(verdict, REASON_NO_RULE, "", "");
		return false;
	}
	snprintf(verdict->rule, sizeof(verdict->rule), "%s", rule_name(rule));
	verdict_pass(verdict, CHECK_RULE);
	if (job->kind == JOB_EXPLAIN) {
		verdict_skip(verdict, CHECK_CHALLENGE, "Explain issues none");
		return true;
	}

	switch (job->challenge) {
	case CHALLENGE_ANSWERED:
		verdict_pass(verdict, CHECK_CHALLENGE);
		return judge_signature(job, rule);
	case CHALLENGE_UNKNOWN:
		verdict_fail(verdict, REASON_CHALLENGE_UNKNOWN, "", "");
		return false;
	case CHALLENGE_MISMATCH:
		verdict_fail(verdict, REASON_CHALLENGE_MISMATCH, "", "");
		return false;
	case CHALLENGE_ABSENT:
		break;
	}
	if (rule_needs_challenge(rule)) {
		verdict_fail(verdict, REASON_CHALLENGE_REQUIRED, "", "");
		return false;
	}
	verdict_skip(verdict, CHECK_CHALLENGE, "the request has no challenge");
	return judge_signature(job, rule);
}

bool judge_document(struct job *job, struct chain_cache *cache,
		    const struct document_question *question)
{
	const struct policy_settings *settings =
		policy_settings(job->snapshot->config->policy);
	struct attest_input input = {
		.document = span_of(job->document, job->document_size),
		.anchors = job->snapshot->config->anchors,
		.now_ms = question->now_ms,
		.clock_skew_ms = settings->clock_skew_ms,
		.nonce = question->nonce,
		.max_age_ms = question->max_age_ms,
		.max_field_size = settings->max_field_size,
		.cache = cache,
	};
	struct attest_failure failure;
	uint64_t begin_usec = clock_boottime_usec();
	enum attest_error error =
		attest_verify(&input, &job->evidence, &failure);

	job->is_verified = true;
	job->verify_usec = clock_boottime_usec() - begin_usec;
	if (error == ATTEST_OK) {
		verdict_take_evidence(job->verdict, job->evidence);
		return true;
	}
	/* Such an error says nothing about the document. */
	if (attest_error_check(error) == ATTEST_CHECK_NONE) {
		job_fail(job, NITRO_ERROR_INTERNAL, "%s %s",
			 attest_error_sentence(error),
			 attest_error_hint(error));
		return false;
	}
	verdict_take_failure(job->verdict, &failure);
	return true;
}

bool judge_document_by_rule(struct job *job, struct chain_cache *cache,
			    const struct rule *rule, int64_t now_ms)
{
	const struct document_question question = {
		.nonce = judge_key_replaces_nonce(rule, job) ? SPAN_ABSENT
							     : job_nonce(job),
		.max_age_ms = judge_key_max_age_ms(rule, job),
		.now_ms = now_ms,
	};

	return judge_document(job, cache, &question);
}
