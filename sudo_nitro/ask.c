/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "sudo_nitro/ask.h"

#include "client/refusal.h"

_Static_assert(ASK_CHARACTERS_MAX <= SUDO_CONV_REPL_MAX,
	       "an answer fits into sudo's buffer");

static bool prompt_once(void *data, const char *prompt, char **ret_text,
			struct answer *reterr_answer)
{
	struct ask *ask = data;
	const struct sudo_conv_message message = {
		.msg_type = SUDO_CONV_PROMPT_ECHO_ON,
		.timeout = ask->timeout_seconds,
		.msg = prompt,
	};
	struct sudo_conv_reply reply = { .reply = NULL };

	if (ask->converse(1, &message, &reply, NULL) != 0) {
		ask->failed = true;
		return refusal_give(REFUSAL_CONVERSATION_FAILED, NULL,
				    reterr_answer);
	}
	*ret_text = reply.reply;
	return true;
}

struct conversation ask_by(struct ask *ask)
{
	return (struct conversation){ prompt_once, ask };
}
