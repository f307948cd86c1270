/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/session.h"

#include <string.h>

#include "client/refusal.h"
#include "client/verdicts.h"
#include "pam_nitro/by_keys.h"
#include "pam_nitro/memory.h"
#include "pam_nitro/phases.h"
#include "pam_nitro/report.h"

/* The verdict of an earlier phase; where the session needs one, also one by a key that
 * sshd verified: of the last method of a login it tells no earlier than now. */
static bool find_verdict(struct call *call)
{
	if (!memory_recall(call))
		return false;
	if (*call->memory.id != '\0')
		return true;
	refusal_give(REFUSAL_VERDICT_MISSING, NULL, &call->answer);
	if (call->options.require)
		judge_by_keys(call);
	return call->answer.kind == ANSWER_ALLOWED;
}

/* Through this handle, and still: the module may stand in a stack twice, by itself
 * and in a file that is included, and a verdict can be attached once only. */
static bool is_attached(struct call *call)
{
	struct client_verdict verdict;

	return call->memory.attached &&
	       client_get_verdict(call->memory.id, call->options.timeout_usec,
				  &verdict, &call->answer);
}

bool open_session(struct call *call)
{
	const struct memory *memory = &call->memory;
	struct session session;

	if (!find_verdict(call)) {
		if (call->answer.kind != ANSWER_DENIED || call->options.require)
			return true;
		memory_forget(call);
		call_debug(call, "no live verdict to attach");
		return false;
	}
	if (is_attached(call)) {
		call_debug(call, "the verdict is attached already");
		return false;
	}
	/* sudo opens the session of another user than it authenticated. */
	if (*memory->user != '\0') {
		call->question.user = memory->user;
		call->question.service = memory->service;
	}
	session_find(&session);
	client_attach_session(memory->id, &call->question, &session.names,
			      call->options.timeout_usec, &call->answer);
	if (call->answer.kind == ANSWER_ALLOWED)
		memory_keep_attached(call);
	return true;
}

void close_session(struct call *call)
{
	if (!memory_recall(call) || !call->memory.attached)
		return;
	if (client_detach_session(call->memory.id, call->options.timeout_usec,
				  &call->answer))
		call_debug(call, "the verdict was detached");
	else if (strcmp(call->answer.reason, NITRO_ERROR_NO_SUCH_VERDICT) == 0)
		call_debug(call, "the verdict had ended before");
	else
		report_detachment(call);
}
