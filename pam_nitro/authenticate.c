/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <fcntl.h>
#include <security/pam_ext.h>

#include "base/read_file.h"
#include "client/conversation.h"
#include "client/refusal.h"
#include "pam_nitro/ask.h"
#include "pam_nitro/memory.h"
#include "pam_nitro/phases.h"
#include "pam_nitro/ssh_keys.h"

/* source=prompt: a fresh challenge, and the document or ticket that answers it. */
static void judge_by_challenge(struct call *call)
{
	_cleanup_(conversation_reply_clear) struct conversation_reply reply =
		CONVERSATION_REPLY_EMPTY;
	const struct conversation conversation = ask_by(call->pamh);
	const struct options *options = &call->options;
	struct client_question question = call->question;
	struct client_challenge challenge;

	if (!client_create_challenge(question.service, question.user,
				     options->timeout_usec, &challenge,
				     &call->answer) ||
	    !conversation_hold(&conversation, &challenge, options->chunk,
			       &reply, &call->answer))
		return;
	call_debug(call, "the challenge was answered with %s",
		   *reply.ticket != '\0' ? "a ticket" : "a document");
	question.ticket = reply.ticket;
	question.manifest = buffer_span(&reply.manifest);
	question.signature = buffer_span(&reply.signature);
	client_authorize(&question,
			 span_of(challenge.nonce, sizeof(challenge.nonce)),
			 buffer_span(&reply.document), options->timeout_usec,
			 &call->answer);
}

/* A denial may be answered better in another try; trouble of the host may not. */
static void judge_by_prompts(struct call *call)
{
	for (unsigned tries = 1;; tries++) {
		judge_by_challenge(call);
		if (call->answer.kind != ANSWER_DENIED ||
		    tries >= call->options.retry)
			return;
		call_report(call);
		if (!call->silent)
			pam_info(call->pamh, "Please try again.");
	}
}

/* source=file: a document that somebody keeps fresh, judged by its age. */
static void judge_by_file(struct call *call)
{
	const struct read_file_limits limits = {
		.max_size = CONVERSATION_DOCUMENT_MAX
	};
	_cleanup_(buffer_freep) struct buffer document = BUFFER_EMPTY;
	const char *file = call->options.file;
	int r = read_file_at(AT_FDCWD, file, &limits, &document);

	if (r < 0) {
		refusal_give(REFUSAL_FILE_UNREADABLE, read_file_explain(r),
			     &call->answer);
		return;
	}
	call_debug(call, "%s has %zu bytes", file, document.size);
	client_authorize(&call->question, SPAN_ABSENT, buffer_span(&document),
			 call->options.timeout_usec, &call->answer);
}

void authenticate(struct call *call)
{
	_cleanup_(ssh_keys_clear) struct ssh_keys keys = SSH_KEYS_EMPTY;

	/* What an earlier try left behind was not about this one. */
	memory_forget(call);
	if (!ssh_keys_find(call->pamh, call->phase, &keys, &call->answer))
		return;
	/* Of several keys the last one was asked for after the others. */
	if (keys.count > 0)
		call->question.ssh_key =
			buffer_span(&keys.keys[keys.count - 1].blob);
	if (call->options.file != NULL)
		judge_by_file(call);
	else
		judge_by_prompts(call);
	call->question.ssh_key = SPAN_ABSENT;
	if (call->answer.kind == ANSWER_ALLOWED)
		memory_keep(call);
}
