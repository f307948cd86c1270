/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: conversation_hold(). The input is max (two bytes) and then the answers,
 * each ended by a NUL; a conversation that succeeds must have given a document
 * within bounds or a ticket, for answers that each were within `max`.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "client/conversation.h"
#include "client/refusal.h"
#include "pam_nitro/options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct answers {
	const char *at;
	size_t left; /* bytes, the last of which is a NUL */
	size_t longest;
};

static bool play(void *data, const char *prompt _unused_, char **ret_text,
		 struct answer *reterr_answer)
{
	struct answers *answers = data;
	size_t length;

	if (answers->left == 0)
		return refusal_give(REFUSAL_CONVERSATION_FAILED, NULL,
				    reterr_answer);
	length = strlen(answers->at);
	if (length > answers->longest)
		answers->longest = length;
	*ret_text = strdup(answers->at);
	answers->at += length + 1;
	answers->left -= length + 1;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct client_challenge challenge = { .lifetime_usec =
							    UINT64_MAX };
	_cleanup_(conversation_reply_clear) struct conversation_reply reply =
		CONVERSATION_REPLY_EMPTY;
	struct answers answers = { .left = 0 };
	const struct conversation conversation = { play, &answers };
	struct answer answer;
	unsigned max;

	if (size < 3 || data[size - 1] != '\0')
		return 0;
	max = OPTIONS_CHUNK_MIN +
	      ((unsigned)data[0] << 8 | data[1]) %
		      (OPTIONS_CHUNK_MAX - OPTIONS_CHUNK_MIN + 1);
	answers.at = (const char *)data + 2;
	answers.left = size - 2;

	if (conversation_hold(&conversation, &challenge, max, &reply,
			      &answer)) {
		if (reply.document.size > CONVERSATION_DOCUMENT_MAX ||
		    answers.longest > max ||
		    (reply.document.data == NULL) == (*reply.ticket == '\0'))
			abort();
	} else if (answer.kind == ANSWER_ALLOWED) {
		abort();
	}
	return 0;
}
