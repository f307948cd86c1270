/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/sealing.h"

#include <string.h>

#include "dbus/nitro_bus.h"
#include "seal/seal.h"

#define ED25519_SIZE 32u

/* Keys of SSH, keys that only sign, and whatever else applications put into their
 * documents. */
static bool cannot_be_sealed_to(enum key_error error, struct span public_key)
{
	/* A bare key of Ed25519 would only sign; zeros stand where there is none. */
	if (error == KEY_E_POINT && public_key.size == ED25519_SIZE)
		return true;
	return error == KEY_E_MISSING || error == KEY_E_FORM ||
	       error == KEY_E_ALGORITHM || error == KEY_E_SIGNS_ONLY;
}

static void fail(struct job *job, enum key_error error)
{
	bool is_ours = error == KEY_E_NO_MEMORY || error == KEY_E_INTERNAL;

	job_fail(job,
		 is_ours ? NITRO_ERROR_INTERNAL : NITRO_ERROR_INVALID_ARGUMENT,
		 "The ticket cannot be sealed: %s %s",
		 key_error_sentence(error), key_error_hint(error));
}

void sealing_apply(const struct key_library *keys, struct job *job)
{
	_cleanup_(attested_key_freep) struct attested_key *key = NULL;
	enum key_error error = attested_key_new(keys, job->evidence, &key);

	if (error == KEY_OK)
		error = seal(keys, key, span_of_text(job->ticket_text),
			     &job->sealed);
	if (error != KEY_OK &&
	    !cannot_be_sealed_to(error, evidence_public_key(job->evidence)))
		fail(job, error);
}
