/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/revoke.h"

#include <stdio.h>

#include "dbus/nitro_bus.h"
#include "nitro-policyd/bus_reply.h"
#include "nitro-policyd/lifecycle.h"
#include "nitro-policyd/polkit.h"

/* It may have ended while polkit was asked. */
static void revoke_now(struct job *job)
{
	struct live *live = lives_find_any(&job->manager->lives, job->live_id);
	char why[RECORD_VALUE_MAX];

	if (live == NULL) {
		job_fail(job, NITRO_ERROR_NO_SUCH_VERDICT,
			 "The verdict has ended by itself.");
		return;
	}
	snprintf(why, sizeof(why), "By user %u%s%s.", job->caller.uid,
		 job->why[0] != '\0' ? ": " : "", job->why);
	lifecycle_end(live, verdict_reason_name(REASON_VERDICT_REVOKED), why);
}

static void answer_consume(struct job *job)
{
	bus_reply_send(job->manager, job);
	manager_drop(job);
}

int revoke_for_caller_consume(struct job *job)
{
	if (!caller_is_root(&job->caller))
		return manager_submit_consume(job);

	revoke_now(job);
	answer_consume(job);
	return 1;
}

static void on_polkit(struct job *job, const char *why)
{
	if (why == NULL)
		revoke_now(job);
	else
		job_fail(job, NITRO_ERROR_ACCESS_DENIED,
			 "Only root and '%s' may revoke this verdict, and whom "
			 "polkit allows it: %s.",
			 job->question.user, why);
	answer_consume(job);
}

void revoke_finish_consume(struct job *job)
{
	/* Somebody may have to type a password now. */
	job->deadline = sd_event_source_disable_unref(job->deadline);
	if (job->error != NULL || job->message == NULL) {
		answer_consume(job);
		return;
	}
	if (job->is_own) {
		revoke_now(job);
		answer_consume(job);
		return;
	}
	if (polkit_ask(job, NITRO_POLKIT_REVOKE, on_polkit) < 0)
		on_polkit(job, "polkit cannot be asked");
}
