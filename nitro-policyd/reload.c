/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/reload.h"

#include <errno.h>
#include <inttypes.h>
#include <syslog.h>
#include <systemd/sd-daemon.h>

#include "base/clock.h"
#include "dbus/nitro_bus.h"
#include "nitro-policyd/bus_api.h"
#include "nitro-policyd/bus_reply.h"
#include "nitro-policyd/lifecycle.h"
#include "nitro-policyd/polkit.h"

static void notify(struct manager *manager, const char *state)
{
	char left[80] = "";

	manager->told_unjudged = manager->lives.unjudged_count > 0;
	if (manager->told_unjudged)
		snprintf(left, sizeof(left),
			 " %zu live verdict(s) are still to be judged again.",
			 manager->lives.unjudged_count);
	sd_notifyf(0, "%sSTATUS=Policy generation %" PRIu64 " is in force.%s",
		   state, manager->policy.current->generation, left);
}

void reload_notify_ready(struct manager *manager)
{
	notify(manager, "READY=1\n");
}

void reload_notify_progress(struct manager *manager)
{
	if (manager->told_unjudged && manager->lives.unjudged_count == 0)
		notify(manager, "");
}

/* The policy in force may have changed while polkit was asked; the new one is the
 * next after that which is in force when the reading starts. */
static int submit_consume(struct job *job)
{
	struct manager *manager = job->manager;
	int r;

	job_judge_by(job, manager->policy.current);
	r = manager_submit_consume(job);
	if (r >= 0)
		manager->reload_running = true;
	return r;
}

static int refuse_busy(sd_bus_error *reterr_error)
{
	return sd_bus_error_set(reterr_error, NITRO_ERROR_BUSY,
				"The policy is being reloaded already; ask "
				"again.");
}

/* Answers a job that no worker has seen. */
static void refuse(struct job *job, const char *error, const char *text)
{
	job_fail(job, error, "%s", text);
	bus_reply_send(job->manager, job);
	manager_drop(job);
}

static void on_polkit(struct job *job, const char *why)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *message =
		sd_bus_message_ref(job->message);
	char text[256];
	int r;

	if (why != NULL) {
		snprintf(text, sizeof(text),
			 "Only root may reload the policy, and whom polkit "
			 "allows it: %s.",
			 why);
		refuse(job, NITRO_ERROR_ACCESS_DENIED, text);
	} else if (job->manager->reload_running) {
		refuse(job, NITRO_ERROR_BUSY,
		       "The policy is being reloaded already; ask again.");
	} else {
		r = submit_consume(job);
		if (r < 0)
			(void)sd_bus_reply_method_errno(message, r, NULL);
	}
}

int reload_for_caller_consume(struct job *job, sd_bus_error *reterr_error)
{
	_cleanup_(manager_dropp) struct job *owned = job;
	int r;

	if (!caller_is_root(&job->caller)) {
		r = polkit_ask(job, NITRO_POLKIT_RELOAD, on_polkit);
		if (r < 0)
			return sd_bus_error_set(
				reterr_error, NITRO_ERROR_ACCESS_DENIED,
				"Only root may reload the policy; polkit "
				"cannot be asked about others.");
		owned = NULL;
		return 1;
	}
	if (job->manager->reload_running)
		return refuse_busy(reterr_error);
	return submit_consume(TAKE_PTR(owned));
}

static int start(struct manager *manager)
{
	struct job *job = manager_admit_own(manager, JOB_RELOAD);

	if (job == NULL)
		return -EBUSY;
	return submit_consume(job);
}

void reload_without_caller(struct manager *manager)
{
	int r;

	if (manager->reload_running) {
		manager->reload_again = true;
		return;
	}
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		   clock_monotonic_usec());
	r = start(manager);
	if (r >= 0)
		return;
	journal_note(&manager->journal, LOG_ERR,
		     "The policy could not be reloaded: %s.", strerror(-r));
	reload_notify_ready(manager);
}

void reload_finish(struct job *job)
{
	struct manager *manager = job->manager;
	struct snapshot *taken = job->error == NULL ? job->loaded : NULL;

	manager->reload_running = false;
	if (job->diagnostics != NULL &&
	    policy_store_update(&manager->policy, taken, job->diagnostics) <
		    0) {
		job_fail(job, NITRO_ERROR_INTERNAL, "Memory is exhausted.");
		taken = NULL;
	}
	bus_api_policy_changed(manager, taken != NULL);
	reload_notify_ready(manager);
	if (taken != NULL) {
		lifecycle_review_all(manager);
		expiry_tell(manager->expiry);
	}
	if (manager->reload_again) {
		manager->reload_again = false;
		reload_without_caller(manager);
	}
}
