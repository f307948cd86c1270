/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/job.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"

struct job *job_new(enum job_kind kind, const struct caller *caller)
{
	struct job *job = calloc(1, sizeof(*job));

	if (job == NULL)
		return NULL;

	job->kind = kind;
	job->caller = *caller;
	job->work.rank = account_rank(caller->account);
	job->started_usec = clock_boottime_usec();
	atomic_init(&job->abandoned, false);
	return job;
}

static void free_texts(char **texts)
{
	for (size_t i = 0; texts != NULL && texts[i] != NULL; i++)
		free(texts[i]);
	free(texts);
}

void job_free(struct job *job)
{
	if (job == NULL)
		return;

	question_clear(&job->question);
	for (size_t i = 0; i < job->candidate_count; i++)
		live_proof_unref(job->candidates[i].proof);
	free(job->candidates);
	live_proof_unref(job->proof);
	free(job->document);
	buffer_free(job->manifest);
	free(job->nonce);
	buffer_free(job->signature);
	buffer_free(job->tls_certificate);
	response_question_free(job->response);
	free_texts(job->options.roots);
	snapshot_unref(job->snapshot);
	verdict_free(job->verdict);
	evidence_free(job->evidence);
	explicit_bzero(job->ticket_text, sizeof(job->ticket_text));
	buffer_free(job->sealed);
	policy_description_free(job->description);
	snapshot_unref(job->loaded);
	live_groups_clear(&job->live_groups);
	diagnostics_free(job->diagnostics);
	sd_bus_message_unref(job->message);
	sd_event_source_disable_unref(job->deadline);
	free(job);
}

int job_copy(struct span bytes, uint8_t **ret_bytes, size_t *ret_size)
{
	if (span_is_absent(bytes))
		return 0;

	*ret_bytes = malloc(bytes.size);
	if (*ret_bytes == NULL)
		return -ENOMEM;

	memcpy(*ret_bytes, bytes.data, bytes.size);
	*ret_size = bytes.size;
	return 0;
}

void job_judge_by(struct job *job, struct snapshot *snapshot)
{
	snapshot_unref(job->snapshot);
	job->snapshot = snapshot_ref(snapshot);
}

struct live_selector job_selector(const struct job *job)
{
	return (struct live_selector){
		.by = job->selection,
		.id = job->live_id,
		.session = job->session,
		.audit_session = job->audit_session,
	};
}

const struct evidence *job_evidence(const struct job *job)
{
	if (job->proof != NULL && job->proof->evidence != NULL)
		return job->proof->evidence;
	if (job->chosen != NULL)
		return job->chosen->proof->evidence;
	return job->evidence;
}

void job_fail(struct job *job, const char *error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(job->error_text, sizeof(job->error_text), format, arguments);
	va_end(arguments);
	job->error = error;
}
