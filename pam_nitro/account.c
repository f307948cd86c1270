/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/by_keys.h"
#include "pam_nitro/memory.h"
#include "pam_nitro/phases.h"

void judge_account(struct call *call)
{
	const struct client_selector selector = { .verdict = call->memory.id };

	if (!memory_recall(call))
		return;
	/* About the user of now, whoever was authenticated: the daemon compares. */
	if (*call->memory.id != '\0')
		client_check_verdict(&call->question, &selector,
				     call->options.timeout_usec, &call->answer);
	else
		judge_by_keys(call);
}
