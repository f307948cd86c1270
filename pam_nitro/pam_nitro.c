/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hooks of the PAM module: a question to the daemon, its answer as a PAM code.
 * Nothing is judged here. What one phase leaves to the next belongs to the PAM
 * handle; nothing is left behind in the program that loaded the module.
 */
#include "config.h"

#include <security/pam_modules.h>

#include "base/compiler.h"
#include "pam_nitro/call.h"
#include "pam_nitro/phases.h"

_export_ int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc,
				 const char **argv)
{
	const struct hook hook = { PHASE_AUTH, flags, argc, argv };
	struct call call;

	if (!call_begin(&call, pamh, &hook))
		return PAM_SERVICE_ERR;
	if (call_find_question(&call))
		authenticate(&call);
	return call_end(&call);
}

/* There are no credentials to set. Not PAM_IGNORE: where this module stands alone
 * in a stack, libpam would turn that into a failure of pam_setcred(). */
_export_ int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc,
			    const char **argv)
{
	const struct hook hook = { PHASE_AUTH, flags, argc, argv };
	struct call call;

	return call_begin(&call, pamh, &hook) ? PAM_SUCCESS : PAM_SERVICE_ERR;
}

_export_ int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc,
			      const char **argv)
{
	const struct hook hook = { PHASE_ACCOUNT, flags, argc, argv };
	struct call call;

	if (!call_begin(&call, pamh, &hook))
		return PAM_SERVICE_ERR;
	if (call_find_question(&call))
		judge_account(&call);
	return call_end(&call);
}

_export_ int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc,
				 const char **argv)
{
	const struct hook hook = { PHASE_SESSION, flags, argc, argv };
	struct call call;

	if (!call_begin(&call, pamh, &hook))
		return PAM_SERVICE_ERR;
	if (call_find_question(&call) && !open_session(&call))
		return PAM_SUCCESS;
	return call_end(&call);
}

_export_ int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc,
				  const char **argv)
{
	const struct hook hook = { PHASE_SESSION, flags, argc, argv };
	struct call call;

	if (!call_begin(&call, pamh, &hook))
		return PAM_SERVICE_ERR;
	close_session(&call);
	return PAM_SUCCESS;
}

/* There is no password to change, and nothing that hinders other modules. */
_export_ int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc,
			      const char **argv)
{
	const struct hook hook = { PHASE_AUTH, flags, argc, argv };
	struct call call;

	return call_begin(&call, pamh, &hook) ? PAM_IGNORE : PAM_SERVICE_ERR;
}
