/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/by_keys.h"

#include "base/clock.h"
#include "client/refusal.h"
#include "pam_nitro/memory.h"
#include "pam_nitro/ssh_keys.h"

/* What is left of the time for all questions. */
static uint64_t left_usec(uint64_t deadline)
{
	uint64_t now = clock_boottime_usec();

	return now < deadline ? deadline - now : 0;
}

/* One key: by a verdict that somebody bound to it, or by the document in it. */
static void judge_by_key(struct call *call, struct span key, bool certificate,
			 uint64_t deadline)
{
	const struct client_selector selector = { .ssh_key = key };
	struct client_question question = call->question;

	client_check_verdict(&question, &selector, left_usec(deadline),
			     &call->answer);
	if (call->answer.kind != ANSWER_DENIED || !certificate)
		return;
	question.ssh_key = key;
	client_authorize(&question, SPAN_ABSENT, SPAN_ABSENT,
			 left_usec(deadline), &call->answer);
}

void judge_by_keys(struct call *call)
{
	_cleanup_(ssh_keys_clear) struct ssh_keys keys = SSH_KEYS_EMPTY;
	uint64_t deadline = clock_boottime_usec() + call->options.timeout_usec;

	if (!ssh_keys_find(call->pamh, call->phase, &keys, &call->answer))
		return;
	call_debug(call, "sshd tells of %zu keys of this login", keys.count);
	refusal_give(REFUSAL_VERDICT_MISSING, NULL, &call->answer);
	for (size_t i = 0; i < keys.count && call->answer.kind == ANSWER_DENIED;
	     i++)
		judge_by_key(call, buffer_span(&keys.keys[i].blob),
			     keys.keys[i].certificate, deadline);
	if (call->answer.kind == ANSWER_ALLOWED)
		memory_keep(call);
}
