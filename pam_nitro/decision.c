/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/decision.h"

#include <security/pam_modules.h>

static const struct {
	const char *name;
	int codes[PHASE_SESSION + 1];
} decisions[] = {
	[ANSWER_UNAVAILABLE] = { "unavailable",
				 { [PHASE_AUTH] = PAM_AUTHINFO_UNAVAIL,
				   [PHASE_ACCOUNT] = PAM_AUTHINFO_UNAVAIL,
				   [PHASE_SESSION] = PAM_SESSION_ERR } },
	[ANSWER_DENIED] = { "denied",
			    { [PHASE_AUTH] = PAM_AUTH_ERR,
			      [PHASE_ACCOUNT] = PAM_PERM_DENIED,
			      [PHASE_SESSION] = PAM_SESSION_ERR } },
	[ANSWER_ALLOWED] = { "allowed",
			     { [PHASE_AUTH] = PAM_SUCCESS,
			       [PHASE_ACCOUNT] = PAM_SUCCESS,
			       [PHASE_SESSION] = PAM_SUCCESS } },
};

int decision_code(enum phase phase, enum answer_kind kind)
{
	return decisions[kind].codes[phase];
}

const char *decision_name(enum answer_kind kind)
{
	return decisions[kind].name;
}
