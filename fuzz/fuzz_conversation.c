/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: conversation_hold(). The input is max (two bytes) and then the answers,
 * each ended by a NUL; a conversation that succeeds must have given a document
 * within bounds, for answers that each were within `max`.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "pam_nitro/conversation.h"
#include "pam_nitro/options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct answers {
	const char *at;
	size_t left; /* bytes, the last of which is a NUL */
	size_t longest;
};

static int play(int count _unused_,
		const struct pam_message **messages _unused_,
		struct pam_response **responses, void *data)
{
	struct answers *answers = data;
	size_t length;

	if (answers->left == 0)
		return PAM_CONV_ERR;
	length = strlen(answers->at);
	if (length > answers->longest)
		answers->longest = length;
	*responses = calloc(1, sizeof(**responses));
	if (*responses == NULL)
		return PAM_BUF_ERR;
	(*responses)->resp = strdup(answers->at);
	answers->at += length + 1;
	answers->left -= length + 1;
	return PAM_SUCCESS;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct client_challenge challenge = { .lifetime_usec =
							    UINT64_MAX };
	_cleanup_(buffer_freep) struct buffer document = BUFFER_EMPTY;
	struct answers answers = { .left = 0 };
	const struct pam_conv conv = { play, &answers };
	struct answer answer;
	unsigned max;

	if (size < 3 || data[size - 1] != '\0')
		return 0;
	max = OPTIONS_CHUNK_MIN +
	      ((unsigned)data[0] << 8 | data[1]) %
		      (OPTIONS_CHUNK_MAX - OPTIONS_CHUNK_MIN + 1);
	answers.at = (const char *)data + 2;
	answers.left = size - 2;

	if (conversation_hold(&conv, &challenge, max, &document, &answer)) {
		if (document.size > CONVERSATION_DOCUMENT_MAX ||
		    answers.longest > max)
			abort();
	} else if (answer.kind == ANSWER_ALLOWED) {
		abort();
	}
	return 0;
}
