/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/live_judge.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/hex.h"
#include "base/time_text.h"

/* The age of a document that lived on in a verdict counts only where the rule itself
 * says how old it may be. A clock that was set back makes no document younger. */
static void check_age(const struct live_case *live_case,
		      const struct rule *rule, struct verdict *verdict)
{
	const struct policy *policy = live_case->snapshot->config->policy;
	int64_t skew_ms = (int64_t)policy_settings(policy)->clock_skew_ms;
	int64_t made_ms =
		(int64_t)evidence_timestamp_ms(live_case->proof->evidence);
	uint64_t max_ms = rule_max_age_ms(rule);
	char expected[64], made[TIME_TEXT_SIZE];

	if (!rule_gives_max_age(rule))
		return;
	if (made_ms <= live_case->now_ms + skew_ms &&
	    (made_ms >= live_case->now_ms ||
	     (uint64_t)(live_case->now_ms - made_ms) <= max_ms))
		return;

	snprintf(expected, sizeof(expected),
		 "made in the last %" PRIu64 " seconds",
		 max_ms / (uint64_t)MSEC_PER_SEC);
	time_format(made_ms, made);
	verdict_fail(verdict, REASON_VERDICT_TOO_OLD, expected, made);
}

/* A rule names roots by their labels, and another root may have the label by now. */
static bool root_is_held(const struct live_case *live_case,
			 struct verdict *verdict)
{
	const struct evidence *evidence = live_case->proof->evidence;
	const struct evidence_certificate *root =
		evidence_certificate(evidence, 0);
	const struct span sha256 = span_of(root->sha256, sizeof(root->sha256));
	struct attest_failure failure = { .error = ATTEST_E_ROOT_UNTRUSTED };

	if (anchors_hold(live_case->snapshot->config->anchors,
			 evidence_root_label(evidence), sha256))
		return true;

	snprintf(failure.expected, sizeof(failure.expected),
		 "the SHA-256 of a trusted root");
	hex_encode(sha256, failure.actual);
	verdict_take_failure(verdict, &failure);
	return false;
}

static void appraise(const struct live_case *live_case, const struct rule *rule,
		     struct verdict *verdict)
{
	const struct live_proof *proof = live_case->proof;
	const struct claim claim = {
		.evidence = proof->evidence,
		.now_ms = live_case->now_ms,
		.manifest = buffer_span(&proof->manifest),
		.held = proof->bindings,
	};

	verdict_skip(verdict, CHECK_REPLAY, "the verdict was given before");
	if (proof->evidence == NULL) {
		verdict_fail(verdict, REASON_VERDICT_UNPROVEN,
			     "a document that was verified", "none");
		return;
	}
	if (!root_is_held(live_case, verdict))
		return;
	if (live_case->is_question)
		check_age(live_case, rule, verdict);
	policy_reappraise(live_case->snapshot->config->policy, rule, &claim,
			  verdict);
}

void live_judge(const struct live_case *live_case, struct verdict *verdict)
{
	const struct policy *policy = live_case->snapshot->config->policy;
	const struct rule *rule = policy_find_rule(policy, live_case->request);

	if (rule == NULL) {
		verdict_fail(verdict, REASON_NO_RULE, "", "");
		return;
	}
	snprintf(verdict->rule, sizeof(verdict->rule), "%s", rule_name(rule));
	verdict_pass(verdict, CHECK_RULE);
	if (live_case->proof != NULL)
		appraise(live_case, rule, verdict);
	else
		verdict_fail(verdict, REASON_VERDICT_UNKNOWN, "", "");
	policy_conclude(rule, verdict);
}

static enum on_revoke find_on_revoke(const struct live *live,
				     const struct policy *policy)
{
	struct request request = question_request(&live->question);
	const struct rule *rule = policy_find_rule(policy, &request);

	return rule != NULL ? rule_on_revoke(rule) : ON_REVOKE_LOG;
}

void live_adopt(struct live *live, const struct snapshot *snapshot,
		const struct verdict *verdict)
{
	memcpy(live->rule, verdict->rule, sizeof(live->rule));
	memcpy(live->image, verdict->image, sizeof(live->image));
	memcpy(live->release, verdict->release, sizeof(live->release));
	memcpy(live->digest, snapshot->digest, sizeof(live->digest));
	live->level = verdict->level;
	live->audited = verdict->audited;
	live->session_max_ms = verdict->session_max_ms;
	live->not_after_ms = verdict->release_not_after_ms;
	live->on_revoke = find_on_revoke(live, snapshot->config->policy);
	live->generation = snapshot->generation;
}
