/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/decision.h"

#include <security/pam_modules.h>

static const struct {
	const char *name;
	int authenticate;
} decisions[] = {
	[ANSWER_UNAVAILABLE] = { "unavailable", PAM_AUTHINFO_UNAVAIL },
	[ANSWER_DENIED] = { "denied", PAM_AUTH_ERR },
	[ANSWER_ALLOWED] = { "allowed", PAM_SUCCESS },
};

int decision_authenticate(enum answer_kind kind)
{
	return decisions[kind].authenticate;
}

const char *decision_name(enum answer_kind kind)
{
	return decisions[kind].name;
}
