/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/ask.h"

#include <security/pam_appl.h>
#include <stdlib.h>

#include "client/refusal.h"

/* NULL when the program has none. */
static const struct pam_conv *find_conv(const pam_handle_t *pamh)
{
	const void *item = NULL;
	const struct pam_conv *conv;

	if (pam_get_item(pamh, PAM_CONV, &item) != PAM_SUCCESS || item == NULL)
		return NULL;
	conv = item;
	return conv->conv == NULL ? NULL : conv;
}

static bool prompt_once(void *data, const char *prompt, char **ret_text,
			struct answer *reterr_answer)
{
	const struct pam_message message = { PAM_PROMPT_ECHO_ON, prompt };
	const struct pam_message *messages = &message;
	struct pam_response *response = NULL;
	const struct pam_conv *conv = find_conv(data);
	int r;

	if (conv == NULL)
		return refusal_give(REFUSAL_CONVERSATION_FAILED, NULL,
				    reterr_answer);
	r = conv->conv(1, &messages, &response, conv->appdata_ptr);
	/* An answer that comes later (PAM_CONV_AGAIN) cannot be waited for: the
	 * challenge lives for this one conversation. */
	if (r == PAM_CONV_AGAIN)
		return refusal_give(REFUSAL_CONVERSATION_FAILED,
				    "it asks to come back later",
				    reterr_answer);
	if (r != PAM_SUCCESS)
		return refusal_give(REFUSAL_CONVERSATION_FAILED, NULL,
				    reterr_answer);
	if (response == NULL)
		return refusal_give(REFUSAL_ANSWER_MISSING, NULL,
				    reterr_answer);

	*ret_text = response->resp;
	free(response);
	return true;
}

struct conversation ask_by(pam_handle_t *pamh)
{
	return (struct conversation){ prompt_once, pamh };
}
