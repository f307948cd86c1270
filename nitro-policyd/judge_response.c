/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/judge_response.h"

#include "dbus/nitro_bus.h"
#include "response/certificate.h"

static void refuse_key(struct job *job, enum key_error error)
{
	if (error == KEY_E_INTERNAL || error == KEY_E_NO_MEMORY)
		job_fail(job, NITRO_ERROR_INTERNAL, "%s %s",
			 key_error_sentence(error), key_error_hint(error));
	else
		verdict_refuse(job->verdict, key_error_name(error),
			       key_error_sentence(error),
			       key_error_hint(error));
}

static void refuse_response(struct job *job, enum response_error error)
{
	if (error == RESPONSE_E_INTERNAL || error == RESPONSE_E_NO_MEMORY)
		job_fail(job, NITRO_ERROR_INTERNAL, "%s %s",
			 response_error_sentence(error),
			 response_error_hint(error));
	else
		verdict_refuse(job->verdict, response_error_name(error),
			       response_error_sentence(error),
			       response_error_hint(error));
}

void judge_response(const struct key_library *library, struct job *job)
{
	_cleanup_(attested_key_freep) struct attested_key *key = NULL;
	struct response_question *question = job->response;
	enum key_error key_error =
		attested_key_new(library, job_evidence(job), &key);
	enum response_error error;

	if (key_error != KEY_OK) {
		refuse_key(job, key_error);
		return;
	}
	question->key_name = attested_key_name(key);
	error = response_verify(library, key, &question->input,
				&question->failure);
	if (error != RESPONSE_OK)
		refuse_response(job, error);
}

void judge_tls_certificate(const struct key_library *library, struct job *job)
{
	_cleanup_(tls_certificate_freep) struct tls_certificate certificate =
		TLS_CERTIFICATE_EMPTY;
	enum response_error error;

	if (job->tls_certificate.data == NULL)
		return;
	error = tls_certificate_read(
		library, buffer_span(&job->tls_certificate), &certificate);
	if (error == RESPONSE_OK &&
	    tls_certificate_find(&certificate, job_evidence(job),
				 job->tls_in_nonce) == NULL)
		error = RESPONSE_E_CERTIFICATE_DIFFERENT;
	if (error != RESPONSE_OK)
		refuse_response(job, error);
}
