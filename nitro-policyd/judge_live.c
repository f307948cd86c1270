/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/judge_live.h"

#include "base/clock.h"
#include "nitro-policyd/access.h"
#include "nitro-policyd/judge_steps.h"
#include "nitro-policyd/live_judge.h"

/* The better one is first what is allowed, and then what no trial is needed for. */
static bool is_better(const struct verdict *a, const struct verdict *b)
{
	if (a->allowed != b->allowed)
		return a->allowed;
	return a->allowed && b->audited && !a->audited;
}

/* Judges by one candidate, NULL for none, and keeps the better verdict. */
static void try(struct job *job, const struct live_candidate *candidate,
		const struct request *request)
{
	_cleanup_(verdict_freep) struct verdict *verdict = verdict_new();
	struct live_case live_case = {
		.snapshot = job->snapshot,
		.proof = candidate != NULL ? candidate->proof : NULL,
		.request = request,
		.now_ms = clock_realtime_ms(),
		.is_question = true,
	};

	if (verdict == NULL) {
		job_fail(job, NITRO_ERROR_INTERNAL, "Memory is exhausted.");
		return;
	}
	verdict->policy_generation = job->snapshot->generation;
	live_judge(&live_case, verdict);
	if (job->chosen != NULL && !is_better(verdict, job->verdict))
		return;

	verdict_free(job->verdict);
	job->verdict = TAKE_PTR(verdict);
	job->chosen = candidate;
	snprintf(job->live_id, sizeof(job->live_id), "%s",
		 candidate != NULL ? candidate->id : "");
}

static void check(struct job *job)
{
	struct request request;

	if (!access_find_groups(job))
		return;

	request = question_request(&job->question);
	if (job->candidate_count == 0)
		try(job, NULL, &request);
	for (size_t i = 0; i < job->candidate_count; i++)
		try(job, &job->candidates[i], &request);
}

/* sshd has each key asked about that somebody offers. That nothing is known about one
 * decides no login yet, and would fill the journal with denials of nobody. */
static bool is_worth_a_record(const struct job *job)
{
	return job->error != NULL || job->verdict->allowed ||
	       job->candidate_count > 0 || job->question.ssh_key == NULL;
}

void judge_check_verdict(const struct journal *journal, struct job *job)
{
	if (!access_check(job))
		return;

	if (!atomic_load(&job->abandoned))
		check(job);
	if (atomic_load(&job->abandoned))
		job_fail(job, NITRO_ERROR_BUSY,
			 "The caller left, or the deadline has passed.");
	if (!is_worth_a_record(job))
		return;
	journal_decision(journal, job);
	job->is_recorded = true;
}

static bool lacks_groups(const struct job *job)
{
	return !job->question.has_groups &&
	       access_names_groups(job->snapshot->config->policy);
}

void judge_taken_up(struct chain_cache *cache, struct job *job)
{
	const struct document_question question = {
		.nonce = SPAN_ABSENT,
		.now_ms = job->proof->judged_ms,
	};
	struct question *asked = &job->question;

	if (job->document != NULL)
		(void)judge_document(job, cache, &question);
	if (lacks_groups(job))
		asked->has_groups =
			groups_resolve(asked->user, &asked->groups) == 0;
}
