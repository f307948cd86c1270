/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/explain.h"

#include <errno.h>
#include <time.h>

#include "attest/attest.h"
#include "base/clock.h"
#include "base/time_text.h"
#include "nitroctl/input.h"

/* What one explanation is made from. */
struct task {
	const struct offline_policy *offline;
	const struct explain_settings *settings;
	struct span document;
	struct requirements requirements;
	const char *labels[ATTEST_ANCHOR_MAX + 1];
};

void explanation_deinit(struct explanation *explanation)
{
	verdict_free(explanation->verdict);
	verdict_free(explanation->beyond);
	evidence_free(explanation->evidence);
}

const struct verdict *explanation_boot(const struct explanation *explanation)
{
	return explanation->beyond != NULL ? explanation->beyond
					   : explanation->verdict;
}

bool explanation_fails(const struct explanation *explanation,
		       enum verdict_check check)
{
	const struct verdict *boot = explanation_boot(explanation);

	return explanation->verdict->checks[check].state == CHECK_FAILED ||
	       boot->checks[check].state == CHECK_FAILED;
}

/* Could not be judged. */
static void fail(struct explanation *explanation, const char *reason,
		 const char *message, const char *hint)
{
	explanation->decision = JUDGEMENT_ERROR;
	explanation->reason = reason;
	explanation->message = message;
	explanation->hint = hint;
}

static void fail_by(struct explanation *explanation, enum attest_error error)
{
	fail(explanation, attest_error_name(error),
	     attest_error_sentence(error), attest_error_hint(error));
}

static struct attest_input attest_input_of(const struct task *task)
{
	const struct policy_settings *policy =
		policy_settings(task->offline->policy);

	return (struct attest_input){
		.document = task->document,
		.anchors = task->offline->anchors,
		.clock_skew_ms = policy->clock_skew_ms,
		.max_field_size = policy->max_field_size,
	};
}

/* Only the rules' own keys decide; the one with the fewest that do not match is
 * the nearest. */
static const struct rule *find_nearest(const struct policy *policy,
				       const struct request *request)
{
	const struct rule *nearest = NULL;
	unsigned fewest = RULE_KEY_COUNT + 1;

	for (size_t i = 0; i < policy_rule_count(policy); i++) {
		const struct rule *rule = policy_rule(policy, i);
		unsigned count = closest_count(rule_mismatches(rule, request));

		if (count >= fewest)
			continue;
		fewest = count;
		nearest = rule;
	}
	return nearest;
}

/* Without a login every image and every root counts, at level 2. */
static void choose_requirements(struct task *task,
				struct explanation *explanation)
{
	const struct anchors *anchors = task->offline->anchors;

	for (size_t i = 0; i < anchors_count(anchors); i++)
		task->labels[i] = anchors_label(anchors, i);
	if (explanation->rule != NULL) {
		task->requirements = *rule_requirements(explanation->rule);
		explanation->max_age_ms =
			rule_takes_signature(explanation->rule)
				? rule_signed_max_age_ms(explanation->rule)
				: rule_max_age_ms(explanation->rule);
		return;
	}
	task->requirements = (struct requirements){
		.level = 2,
		.roots = task->labels,
		.root_count = anchors_count(anchors),
	};
}

static void find_rule(struct task *task, struct explanation *explanation)
{
	const struct policy *policy = task->offline->policy;
	const struct request *request = explanation->request;
	struct verdict *verdict = explanation->verdict;

	verdict_skip(verdict, CHECK_CHALLENGE,
		     "explained offline, no challenge was issued");
	verdict_skip(verdict, CHECK_TICKET,
		     "explained offline, no ticket was used");
	verdict_skip(verdict, CHECK_REPLAY,
		     "explained offline, used documents are not known");
	if (request == NULL) {
		verdict_skip(verdict, CHECK_RULE, "no login was asked for");
		return;
	}
	explanation->rule = policy_find_rule(policy, request);
	if (explanation->rule != NULL) {
		snprintf(verdict->rule, sizeof(verdict->rule), "%s",
			 rule_name(explanation->rule));
		verdict_pass(verdict, CHECK_RULE);
		return;
	}
	explanation->nearest = find_nearest(policy, request);
	verdict_fail(verdict, REASON_NO_RULE, "", "");
}

/* A challenge answered by a document shows as its nonce: without one it cannot
 * have been. */
static void check_challenge(struct explanation *explanation)
{
	const struct evidence *evidence = explanation->evidence;

	if (explanation->rule == NULL ||
	    !rule_needs_challenge(explanation->rule))
		return;
	if (span_is_absent(evidence_nonce(evidence)))
		verdict_fail(explanation->verdict, REASON_CHALLENGE_REQUIRED,
			     "a document with the nonce of a challenge",
			     "a document without a nonce");
	else
		verdict_skip(explanation->verdict, CHECK_CHALLENGE,
			     "whether the daemon issued this nonce, it alone "
			     "knows");
}

static void appraise(const struct task *task,
		     const struct requirements *requirements,
		     struct explanation *explanation, struct verdict *verdict)
{
	const struct claim claim = {
		.evidence = explanation->evidence,
		.now_ms = explanation->now_ms,
		.ssh_key = task->settings->ssh_key,
		.manifest = task->settings->manifest,
	};

	explanation->unknown_bindings = policy_foresee(
		task->offline->policy, requirements, &claim, verdict);
}

static bool appraise_beyond(const struct task *task,
			    struct explanation *explanation)
{
	struct requirements requirements = task->requirements;

	explanation->beyond = verdict_new();
	if (explanation->beyond == NULL)
		return false;
	requirements.roots = task->labels;
	requirements.root_count = anchors_count(task->offline->anchors);
	appraise(task, &requirements, explanation, explanation->beyond);
	return true;
}

/* The verdict stops at the first check that fails. If that is one of time, root or
 * request, the document is looked at as if it had passed. */
static bool look_beyond(const struct task *task,
			struct explanation *explanation)
{
	struct attest_input input = attest_input_of(task);
	struct attest_failure failure;

	input.at_document_time = true;
	if (explanation->evidence == NULL) {
		if (attest_verify(&input, &explanation->evidence, &failure) !=
		    ATTEST_OK)
			return true;
		check_challenge(explanation);
	}
	return appraise_beyond(task, explanation);
}

static void measure(const struct task *task, struct explanation *explanation)
{
	struct measurements measurements;

	if (explanation->evidence == NULL ||
	    evidence_is_debug(explanation->evidence))
		return;
	measurements_of(explanation->evidence, &measurements);
	closest_find(task->offline->policy, &task->requirements, CLOSEST_AMONG,
		     &measurements, explanation->now_ms, &explanation->closest);
	closest_find(task->offline->policy, &task->requirements,
		     CLOSEST_OUTSIDE, &measurements, explanation->now_ms,
		     &explanation->outside);
}

static void settle(struct explanation *explanation)
{
	const struct verdict *verdict = explanation->verdict;

	explanation->decision =
		verdict->allowed ? JUDGEMENT_ALLOW : JUDGEMENT_DENY;
	explanation->reason = verdict->reason;
	explanation->message = verdict->sentence;
	explanation->hint = verdict->hint;
}

/* Level 1 of the document; an error that says nothing about it, or ATTEST_OK. */
static enum attest_error verify(const struct task *task,
				struct explanation *explanation)
{
	struct attest_input input = attest_input_of(task);
	struct attest_failure failure;
	enum attest_error error;

	input.now_ms = explanation->now_ms;
	input.at_document_time = task->settings->at == JUDGED_AT_DOCUMENT;
	if (!input.at_document_time)
		input.max_age_ms = explanation->max_age_ms;
	error = attest_verify(&input, &explanation->evidence, &failure);
	if (error == ATTEST_OK) {
		explanation->now_ms =
			evidence_judged_at_ms(explanation->evidence);
		return ATTEST_OK;
	}
	if (attest_error_check(error) == ATTEST_CHECK_NONE)
		return error;
	verdict_take_failure(explanation->verdict, &failure);
	return ATTEST_OK;
}

static void explain(struct task *task, struct explanation *explanation)
{
	struct verdict *verdict = explanation->verdict;
	enum attest_error error;

	find_rule(task, explanation);
	choose_requirements(task, explanation);
	error = verify(task, explanation);
	if (error != ATTEST_OK) {
		fail_by(explanation, error);
		return;
	}
	if (explanation->evidence != NULL) {
		check_challenge(explanation);
		appraise(task, &task->requirements, explanation, verdict);
	}
	if (!verdict->allowed && !look_beyond(task, explanation)) {
		fail_by(explanation, ATTEST_E_NO_MEMORY);
		return;
	}
	measure(task, explanation);
	if (explanation->rule != NULL)
		policy_conclude(explanation->rule, verdict);
	settle(explanation);
}

static void explain_oversize(struct task *task, struct explanation *explanation)
{
	struct attest_failure failure;

	find_rule(task, explanation);
	input_too_large(&failure);
	verdict_take_failure(explanation->verdict, &failure);
	if (explanation->rule != NULL)
		policy_conclude(explanation->rule, explanation->verdict);
	settle(explanation);
}

void explain_file(const struct offline_policy *offline,
		  const struct explain_settings *settings, const char *file,
		  struct explanation *ret_explanation)
{
	_cleanup_(input_freep) struct input input = INPUT_EMPTY;
	struct task task = { .offline = offline, .settings = settings };
	struct explanation *explanation = ret_explanation;
	int r;

	*explanation = (struct explanation){
		.file = file,
		.request = settings->request,
		.policy = offline->policy,
		.verdict = verdict_new(),
	};
	if (explanation->verdict == NULL) {
		fail_by(explanation, ATTEST_E_NO_MEMORY);
		return;
	}
	r = input_read(file, &input);
	explanation->now_ms = settings->at == JUDGED_AT_GIVEN
				      ? settings->at_ms
				      : clock_realtime_ms();
	if (r == -EFBIG) {
		explain_oversize(&task, explanation);
		return;
	}
	if (r < 0) {
		fail(explanation, "input-unreadable",
		     "The file cannot be read.", input_explain(r));
		return;
	}
	task.document = buffer_span(&input.bytes);
	explain(&task, explanation);
}
