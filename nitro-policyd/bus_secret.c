/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_secret.h"

#include "base/clock.h"
#include "dbus/nitro_bus.h"
#include "nitro-policyd/bus_arguments.h"
#include "nitro-policyd/manager.h"
#include "policy/secret.h"

#define _cleanup_arguments_ _cleanup_(arguments_clear)
#define _cleanup_drop_	    _cleanup_(manager_dropp)

static int no_memory(sd_bus_error *reterr_error)
{
	return sd_bus_error_set(reterr_error, NITRO_ERROR_INTERNAL,
				"Memory is exhausted.");
}

static int fill(struct job *job, const struct arguments *arguments)
{
	if (question_copy(&arguments->request, &job->question) < 0 ||
	    job_copy(arguments->document, &job->document, &job->document_size) <
		    0 ||
	    job_copy(arguments->nonce, &job->nonce, &job->nonce_size) < 0 ||
	    job_copy(arguments->manifest, &job->manifest.data,
		     &job->manifest.size) < 0)
		return -1;
	return job_copy(arguments->signature, &job->signature.data,
			&job->signature.size);
}

int method_release_secret(sd_bus_message *message, void *userdata,
			  sd_bus_error *reterr_error)
{
	_cleanup_arguments_ struct arguments arguments = { 0 };
	_cleanup_drop_ struct job *job = NULL;
	struct manager *manager = userdata;
	int r = arguments_read_secret(message, &arguments, reterr_error);

	if (r < 0)
		return r;
	r = manager_admit(manager, JOB_RELEASE_SECRET, message,
			  arguments.document.size + arguments.nonce.size +
				  arguments.manifest.size +
				  arguments.signature.size,
			  &job, reterr_error);
	if (r < 0)
		return r;
	/* From here on the nonce is worth nothing, whatever is answered. */
	if (!span_is_absent(arguments.nonce))
		job->challenge = challenges_consume(
			manager->challenges, job->caller.account,
			&arguments.request, arguments.nonce,
			clock_boottime_usec());
	if (fill(job, &arguments) < 0)
		return no_memory(reterr_error);
	return manager_submit_consume(TAKE_PTR(job));
}
