/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/judge_key.h"

#include <errno.h>
#include <sys/utsname.h>

#include "dbus/nitro_bus.h"
#include "response/login.h"
#include "response/signature.h"

_Static_assert(LOGIN_NONCE_SIZE == NITRO_NONCE_SIZE,
	       "the nonce of a challenge is what is signed");

bool judge_key_replaces_nonce(const struct rule *rule, const struct job *job)
{
	return rule_takes_signature(rule) &&
	       job->challenge == CHALLENGE_ANSWERED && job->signature.size > 0;
}

uint64_t judge_key_max_age_ms(const struct rule *rule, const struct job *job)
{
	/* Explain takes what only a login shows to be right. */
	const bool is_signed = job->kind == JOB_EXPLAIN
				       ? rule_takes_signature(rule)
				       : judge_key_replaces_nonce(rule, job);

	return is_signed ? rule_signed_max_age_ms(rule) : rule_max_age_ms(rule);
}

static size_t make_message(const struct job *job,
			   uint8_t ret_message[static LOGIN_MESSAGE_MAX])
{
	struct utsname name;
	const struct login login = {
		.host = name.nodename,
		.service = job->question.service,
		.user = job->question.user,
	};

	return uname(&name) < 0
		       ? 0
		       : login_message(&login, job->nonce, ret_message);
}

static bool fail(struct job *job, const char *sentence)
{
	job_fail(job, NITRO_ERROR_INTERNAL,
		 "The signature over the challenge could not be verified: %s",
		 sentence);
	return false;
}

static enum response_error verify(const struct key_library *library,
				  const struct attested_key *key,
				  const struct job *job)
{
	struct signature_scheme scheme = { SIGNATURE_AUTO,
					   SIGNATURE_DIGEST_USUAL };
	uint8_t message[LOGIN_MESSAGE_MAX];
	const size_t size = make_message(job, message);

	if (size == 0)
		return RESPONSE_E_SIGNATURE_INVALID;
	if (attested_key_algorithm(key) == KEY_ALGORITHM_RSA)
		scheme.format = SIGNATURE_PSS;
	return response_signature_verify(library, key, scheme,
					 span_of(message, size),
					 buffer_span(&job->signature));
}

bool judge_key_prove(const struct key_library *library, struct job *job,
		     struct claim *claim)
{
	_cleanup_(attested_key_freep) struct attested_key *key = NULL;
	enum response_error error;
	enum key_error key_error;

	claim->key_proof = KEY_PROOF_NOT_GIVEN;
	if (job->signature.size == 0 || job->challenge != CHALLENGE_ANSWERED)
		return true;
	claim->key_proof = KEY_PROOF_FAILS;
	key_error = attested_key_new(library, job->evidence, &key);
	if (key_error == KEY_E_NO_MEMORY || key_error == KEY_E_INTERNAL)
		return fail(job, key_error_sentence(key_error));
	if (key_error != KEY_OK) {
		claim->key_fault = key_error_sentence(key_error);
		return true;
	}
	error = verify(library, key, job);
	if (error == RESPONSE_E_NO_MEMORY || error == RESPONSE_E_INTERNAL)
		return fail(job, response_error_sentence(error));
	if (error == RESPONSE_OK)
		claim->key_proof = KEY_PROOF_HOLDS;
	else if (error != RESPONSE_E_SIGNATURE_INVALID)
		claim->key_fault = response_error_sentence(error);
	return true;
}
