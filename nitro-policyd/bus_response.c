/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_response.h"

#include <errno.h>

#include "dbus/nitro_bus.h"
#include "nitro-policyd/bus_arguments.h"
#include "nitro-policyd/bus_reply.h"
#include "nitro-policyd/lifecycle.h"
#include "nitro-policyd/limits.h"
#include "nitro-policyd/live_wait.h"

#define _cleanup_arguments_ _cleanup_(arguments_clear)
#define _cleanup_drop_	    _cleanup_(manager_dropp)

/* Of the evidence of a live verdict only those learn who could have asked for it;
 * one that is on trial may have none. */
static struct live *find_live(const struct job *job)
{
	struct live *live = lives_find(&job->manager->lives, job->live_id);

	if (live == NULL || !lifecycle_review(live) ||
	    live->proof->evidence == NULL ||
	    (live->asker != job->caller.account &&
	     !caller_is_root(&job->caller)))
		return NULL;
	return live;
}

static void take_live(struct job *job)
{
	struct live *live = find_live(job);

	if (live == NULL) {
		job_fail(job, NITRO_ERROR_NO_SUCH_VERDICT,
			 "There is no such live verdict for this caller, or it "
			 "rests on no document.");
		return;
	}
	job->candidates = calloc(1, sizeof(*job->candidates));
	if (job->candidates == NULL) {
		job_fail(job, NITRO_ERROR_INTERNAL, "Memory is exhausted.");
		return;
	}
	memcpy(job->candidates[0].id, live->id, sizeof(live->id));
	job->candidates[0].proof = live_proof_ref(live->proof);
	job->candidate_count = 1;
	/* None comes of it. */
	job->live_id[0] = '\0';
}

static int verify_consume(struct job *job)
{
	if (job->live_id[0] != '\0')
		take_live(job);
	if (job->error == NULL)
		return manager_submit_consume(job);

	bus_reply_send(job->manager, job);
	manager_drop(job);
	return 1;
}

static int fill(struct job *job, struct arguments *arguments)
{
	snprintf(job->live_id, sizeof(job->live_id), "%s",
		 arguments->selector.id);
	job->options.level = arguments->level;
	job->options.max_age_ms = arguments->max_age_ms;
	job->options.roots = TAKE_PTR(arguments->roots);
	job->response = response_question_new(&arguments->response);
	if (job->response == NULL ||
	    job_copy(arguments->document, &job->document, &job->document_size) <
		    0 ||
	    job_copy(arguments->manifest, &job->manifest.data,
		     &job->manifest.size) < 0 ||
	    job_copy(arguments->nonce, &job->nonce, &job->nonce_size) < 0)
		return -ENOMEM;
	return 0;
}

int method_verify_response(sd_bus_message *message, void *userdata,
			   sd_bus_error *reterr_error)
{
	_cleanup_arguments_ struct arguments arguments = { 0 };
	_cleanup_drop_ struct job *job = NULL;
	int r = arguments_read_response(message, &arguments, reterr_error);

	if (r < 0)
		return r;
	r = manager_admit(userdata, JOB_VERIFY_RESPONSE, message,
			  arguments.document.size + arguments.nonce.size +
				  arguments.manifest.size +
				  response_question_size(&arguments.response),
			  &job, reterr_error);
	if (r < 0)
		return r;
	if (fill(job, &arguments) < 0)
		return sd_bus_error_set(reterr_error, NITRO_ERROR_INTERNAL,
					"Memory is exhausted.");
	return live_wait_consume(TAKE_PTR(job), verify_consume);
}

int bus_response_append(sd_bus_message *reply, const struct job *job)
{
	const struct response_question *response = job->response;

	return sd_bus_message_append(
		reply, "a{sv}", 3, NITRO_RESPONSE_KEY, "s", response->key_name,
		NITRO_RESPONSE_EXPECTED, "s", response->failure.expected,
		NITRO_RESPONSE_ACTUAL, "s", response->failure.actual);
}
