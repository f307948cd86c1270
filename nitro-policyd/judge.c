/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/judge.h"

#include <errno.h>
#include <inttypes.h>

#include "base/clock.h"
#include "base/time_text.h"
#include "nitro-policyd/access.h"
#include "nitro-policyd/judge_key.h"
#include "nitro-policyd/judge_live.h"
#include "nitro-policyd/judge_response.h"
#include "nitro-policyd/judge_secret.h"
#include "nitro-policyd/judge_steps.h"
#include "nitro-policyd/limits.h"
#include "nitro-policyd/reread.h"
#include "nitro-policyd/sealing.h"
#include "policy/secret.h"

static bool fail_without_memory(struct job *job)
{
	job_fail(job, NITRO_ERROR_INTERNAL, "Memory is exhausted.");
	return false;
}

static struct seen_document seen_document_of(const struct evidence *evidence)
{
	size_t leaf = evidence_chain_length(evidence) - 1;
	struct seen_document document = {
		.record.expires_ms =
			evidence_certificate(evidence, leaf)->not_after *
			MSEC_PER_SEC,
		.made_ms = (int64_t)evidence_timestamp_ms(evidence),
	};

	memcpy(document.record.sha256, evidence_payload_sha256(evidence).data,
	       sizeof(document.record.sha256));
	return document;
}

static void mark_replay(struct verdict *verdict, enum seen_answer answer,
			const struct seen_document *document)
{
	char made[TIME_TEXT_SIZE];

	switch (answer) {
	case SEEN_NEW:
		verdict_pass(verdict, CHECK_REPLAY);
		return;
	case SEEN_USED:
		verdict_fail(verdict, REASON_DOCUMENT_REPLAYED,
			     "a document that was never used", "used before");
		return;
	case SEEN_NOT_SURE:
		time_format(document->made_ms, made);
		verdict_fail(verdict, REASON_DOCUMENT_UNREMEMBERED,
			     "a document made after the memory began", made);
		return;
	}
}

/* Why the memory of used documents is not asked; NULL: it is. */
static const char *why_not_remembered(const struct job *job,
				      const struct claim *claim)
{
	if (job->kind == JOB_EXPLAIN)
		return "Explain uses nothing up";
	if (job->challenge != CHALLENGE_ABSENT)
		return "the challenge counts once";
	/* Whoever has a copy of the document still lacks the key. */
	if (policy_holds_ssh_key(job->snapshot->config->policy, claim))
		return "the SSH key is proven each time";
	return NULL;
}

/* Level 1 holds. A document is used up by being allowed, and only by that: else
 * documents that open nothing could fill the memory. It is asked for twice, so
 * that a replay is named as the reason before the policy's own. */
static void appraise(const struct judge *judge, struct job *job,
		     const struct rule *rule, int64_t now_ms)
{
	const struct policy *policy = job->snapshot->config->policy;
	struct seen_document document = seen_document_of(job->evidence);
	struct claim claim = {
		.evidence = job->evidence,
		.now_ms = now_ms,
		.manifest = buffer_span(&job->manifest),
		.ssh_key = question_request(&job->question).ssh_key,
	};
	const char *why_not = why_not_remembered(job, &claim);
	struct requirements requirements = *rule_requirements(rule);
	enum seen_answer answer;
	int r;

	if (!judge_key_prove(judge->keys, job, &claim))
		return;
	/* Anybody can put anybody's document into a certificate: it counts for the
	 * key that it names, whatever the rule says. */
	if (job->is_certified)
		requirements.bindings |= BIND_SSH_KEY;
	if (why_not != NULL)
		verdict_skip(job->verdict, CHECK_REPLAY, why_not);
	else
		mark_replay(job->verdict, seen_ask(judge->seen, &document),
			    &document);
	if (job->kind == JOB_EXPLAIN)
		(void)policy_foresee(policy, &requirements, &claim,
				     job->verdict);
	else
		policy_appraise(policy, &requirements, &claim, job->verdict);
	if (why_not != NULL || !job->verdict->allowed)
		return;

	r = seen_use(judge->seen, &document, now_ms,
		     caller_is_privileged(&job->caller), &answer);
	if (r < 0)
		job_fail(job, NITRO_ERROR_INTERNAL,
			 "The use of the document could not be recorded: %s. "
			 "Make room in the daemon's state directory, or use "
			 "a challenge.",
			 strerror(-r));
	else
		mark_replay(job->verdict, answer, &document);
}

/* False: the ticket is no good. The document of a ticket may be older than the
 * challenge of the prompt at which it is used; so where the rule does not insist on
 * the nonce, the document is judged as if there had been no challenge: by its age,
 * and it is used up. */
static bool check_ticket(struct job *job, const struct rule *rule)
{
	struct verdict *verdict = job->verdict;

	switch (job->ticket) {
	case TICKET_ABSENT:
		verdict_skip(verdict, CHECK_TICKET,
			     "the request carries no ticket");
		return true;
	case TICKET_UNKNOWN:
		verdict_fail(verdict, REASON_TICKET_UNKNOWN, "", "");
		return false;
	case TICKET_TAKEN:
		break;
	}
	verdict_pass(verdict, CHECK_TICKET);
	if (!rule_needs_challenge(rule)) {
		free(TAKE_PTR(job->nonce));
		job->challenge = CHALLENGE_ABSENT;
	}
	return true;
}

/* The checks from the rule to the last, until one decides. */
static void check(const struct judge *judge, struct chain_cache *cache,
		  struct job *job, const struct rule *rule)
{
	int64_t now_ms = clock_realtime_ms();

	if (!judge_request(job, rule) || !check_ticket(job, rule))
		return;
	if (!judge_document_by_rule(job, cache, rule, now_ms))
		return;
	if (job->evidence != NULL)
		appraise(judge, job, rule, now_ms);
}

static void authorize(const struct judge *judge, struct chain_cache *cache,
		      struct job *job)
{
	const struct rule *rule;
	struct request request;

	if (!access_find_groups(job))
		return;

	request = question_request(&job->question);
	rule = policy_find_rule(job->snapshot->config->policy, &request);
	check(judge, cache, job, rule);
	/* What could not be judged has an error, and stays without a verdict. */
	if (rule != NULL && job->error == NULL)
		policy_conclude(rule, job->verdict);
}

static void judge_authorize(const struct judge *judge,
			    struct chain_cache *cache, struct job *job)
{
	if (!access_check(job))
		return;

	if (!atomic_load(&job->abandoned))
		authorize(judge, cache, job);
	/* Asked again, because the answer may have come too late. */
	if (atomic_load(&job->abandoned))
		job_fail(job, NITRO_ERROR_BUSY,
			 "The caller left, or the deadline has passed.");
	journal_decision(judge->journal, job);
	job->is_recorded = true;
}

/* The questions that only a login answers. */
static void skip_login_checks(struct verdict *verdict, const char *why)
{
	verdict_skip(verdict, CHECK_RULE, why);
	verdict_skip(verdict, CHECK_CHALLENGE, why);
	verdict_skip(verdict, CHECK_TICKET, why);
	verdict_skip(verdict, CHECK_REPLAY, why);
}

/* Of the document, or of the live verdict that was named in its place. */
static bool find_evidence(struct job *job, struct chain_cache *cache,
			  int64_t now_ms)
{
	const struct document_question question = { job_nonce(job),
						    job->options.max_age_ms,
						    now_ms };

	if (job->candidate_count == 0)
		return judge_document(job, cache, &question);
	job->chosen = &job->candidates[0];
	verdict_take_evidence(job->verdict, job_evidence(job));
	return true;
}

/* What came with the question, else what the live verdict was issued with. */
static struct span find_manifest(const struct job *job)
{
	if (job->manifest.data == NULL && job->chosen != NULL)
		return buffer_span(&job->chosen->proof->manifest);
	return buffer_span(&job->manifest);
}

static void judge_verify(struct chain_cache *cache, struct job *job)
{
	int64_t now_ms = clock_realtime_ms();
	struct requirements requirements = {
		.level = job->options.level,
		.roots = (const char *const *)job->options.roots,
	};

	while (requirements.roots[requirements.root_count] != NULL)
		requirements.root_count++;

	skip_login_checks(job->verdict, "Verify judges no login");
	if (!find_evidence(job, cache, now_ms))
		return;
	if (job_evidence(job) != NULL)
		policy_appraise(
			job->snapshot->config->policy, &requirements,
			&(struct claim){ .evidence = job_evidence(job),
					 .now_ms = now_ms,
					 .manifest = find_manifest(job) },
			job->verdict);
}

static void judge_verify_alone(const struct judge *judge,
			       struct chain_cache *cache, struct job *job)
{
	judge_verify(cache, job);
	if (job->error == NULL && job->verdict->allowed)
		judge_tls_certificate(judge->keys, job);
}

static void judge_verify_response(const struct judge *judge,
				  struct chain_cache *cache, struct job *job)
{
	judge_verify(cache, job);
	if (job->error == NULL && job->verdict->allowed)
		judge_response(judge->keys, job);
}

/* Level 1 by age, under any root of this host: which root counts, and all else, is
 * for the rule to say when the ticket is used. */
static void check_deposit(struct chain_cache *cache, struct job *job)
{
	const struct config *config = job->snapshot->config;
	uint64_t max_age_ms =
		policy_settings(config->policy)->max_document_age_ms;
	const char *labels[ATTEST_ANCHOR_MAX];
	struct requirements requirements = {
		.level = 1,
		.roots = labels,
		.root_count = anchors_count(config->anchors),
	};
	int64_t now_ms = clock_realtime_ms();

	for (size_t i = 0; i < requirements.root_count; i++)
		labels[i] = anchors_label(config->anchors, i);
	skip_login_checks(job->verdict, "Submit only deposits");
	if (!judge_document(job, cache,
			    &(struct document_question){ job_nonce(job),
							 max_age_ms, now_ms }))
		return;
	if (job->evidence != NULL)
		policy_appraise(config->policy, &requirements,
				&(struct claim){ .evidence = job->evidence,
						 .now_ms = now_ms },
				job->verdict);
}

static void judge_submit(const struct judge *judge, struct chain_cache *cache,
			 struct job *job)
{
	int r;

	check_deposit(cache, job);
	if (job->error != NULL || !job->verdict->allowed)
		return;

	r = ticket_make(job->ticket_text);
	if (r < 0)
		job_fail(job, NITRO_ERROR_INTERNAL,
			 "No ticket could be made: %s.", strerror(-r));
	else
		sealing_apply(judge->keys, job);
}

static void describe(struct job *job)
{
	if (policy_describe(job->snapshot->config->policy, &job->description) !=
	    POLICY_OK)
		fail_without_memory(job);
}

static bool prepare_verdict(struct job *job)
{
	job->verdict = verdict_new();
	if (job->verdict == NULL)
		return fail_without_memory(job);

	job->verdict->policy_generation = job->snapshot->generation;
	return true;
}

void judge_job(const struct judge *judge, struct chain_cache *cache,
	       struct job *job)
{
	switch (job->kind) {
	case JOB_CREATE_CHALLENGE:
		/* A secret is nobody's login. */
		if (strcmp(job->question.service, SECRET_SERVICE) != 0)
			(void)access_check(job);
		return;
	case JOB_AUTHORIZE:
		if (prepare_verdict(job))
			judge_authorize(judge, cache, job);
		return;
	case JOB_CHECK_VERDICT:
		if (prepare_verdict(job))
			judge_check_verdict(judge->journal, job);
		return;
	case JOB_EXPLAIN:
		if (prepare_verdict(job))
			authorize(judge, cache, job);
		return;
	case JOB_VERIFY:
		if (prepare_verdict(job))
			judge_verify_alone(judge, cache, job);
		return;
	case JOB_VERIFY_RESPONSE:
		if (prepare_verdict(job))
			judge_verify_response(judge, cache, job);
		return;
	case JOB_RELEASE_SECRET:
		if (prepare_verdict(job))
			judge_secret(judge, cache, job);
		return;
	case JOB_SUBMIT:
		if (prepare_verdict(job))
			judge_submit(judge, cache, job);
		return;
	case JOB_DESCRIBE_POLICY:
		describe(job);
		return;
	case JOB_REVOKE_VERDICT:
		job->is_own = caller_may_ask_about(&job->caller,
						   job->question.user) == 0;
		return;
	case JOB_TAKE_UP:
		if (prepare_verdict(job))
			judge_taken_up(cache, job);
		return;
	case JOB_FIND_GROUPS:
		live_groups_resolve(&job->live_groups);
		return;
	case JOB_GET_VERDICT:
	case JOB_ATTACH_SESSION:
	case JOB_DETACH_SESSION: /* the loop does these itself */
		return;
	case JOB_RELOAD:
		reread(&judge->layers, judge->journal, job);
		return;
	}
}
