/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All state of the daemon, and the life of a question in it: admitted, queued,
 * answered. Everything here happens in the event loop's thread.
 */
#ifndef NITRO_POLICYD_MANAGER_H
#define NITRO_POLICYD_MANAGER_H

#include <systemd/sd-event.h>

#include "nitro-policyd/judge.h"
#include "nitro-policyd/expiry.h"
#include "nitro-policyd/live_file.h"
#include "nitro-policyd/quota.h"
#include "nitro-policyd/rate.h"
#include "nitro-policyd/statistics.h"
#include "nitro-policyd/ticket.h"
#include "nitro-policyd/worker.h"

struct manager {
	struct journal journal;
	struct judge judge;
	sd_event *event;
	sd_bus *bus;
	struct policy_store policy;
	struct key_library *keys;
	struct challenges *challenges;
	struct tickets *tickets;
	struct quota *quota;
	struct rate *rate;
	struct looks looks;
	struct refusals refusals;
	struct statistics statistics;
	struct expiry *expiry;
	struct callers callers;
	struct lives lives;
	struct live_files live_files;
	size_t taking_up;   /* jobs: live verdicts of the daemon before */
	bool told_unjudged; /* systemd was: some are to be judged again */
	struct work_queue *queue;
	struct worker_pool *workers;
	struct job *open_jobs; /* admitted and not finished by a worker */
	bool reload_running;
	bool reload_again; /* SIGHUP came while one was running */
	uint64_t polkit_questions;
};

struct manager_options {
	struct config_layers layers;
	const char *state_dir;
	const char *runtime_dir;
	sd_id128_t boot; /* of the host */
	struct journal journal;
};

/* Takes up the policy `first`, opens the state, joins the bus and starts the
 * workers. 0; or a negative errno after a record that says what is wrong. The
 * strings of `options` outlive the manager. */
int manager_new(const struct manager_options *options, struct snapshot *first,
		const struct diagnostics *diagnostics,
		struct manager **ret_manager) _must_use_;

/* Answers until SIGTERM or SIGINT (0), or until the bus is lost (negative). */
int manager_run(struct manager *manager);

/* Tells everybody who waits that the daemon stops, and releases everything. */
void manager_free(struct manager *manager);
DEFINE_CLEANUP(struct manager *, manager_free)

/* First half of a question: finds out who sent `message`, counts it against his
 * limits and makes a job with the policy in force. 0, or a negative errno and the
 * D-Bus error. The job goes to manager_submit() or manager_drop(). */
int manager_admit(struct manager *manager, enum job_kind kind,
		  sd_bus_message *message, size_t bytes, struct job **ret_job,
		  sd_bus_error *reterr_error) _must_use_;
void manager_drop(struct job *job);
DEFINE_CLEANUP(struct job *, manager_drop)

/* Counts a question that is answered at once and tells about so many objects. 0, or a
 * negative errno and the D-Bus error. */
int manager_admit_look(struct manager *manager, sd_bus_message *message,
		       size_t objects, sd_bus_error *reterr_error) _must_use_;

/* The same for what the daemon asks itself, as if root had asked: nobody waits for
 * the answer. NULL when there is no place or no memory for it. */
struct job *manager_admit_own(struct manager *manager,
			      enum job_kind kind) _must_use_;

/* For a job that waits before it is submitted: ANSWER_DEADLINE_USEC begins now. 0, or
 * a negative errno. */
int manager_set_deadline(struct job *job) _must_use_;

/* Second half: the question goes to the workers, and will be answered within
 * ANSWER_DEADLINE_USEC, or what is left of it, whatever happens there. Returns 1, as a
 * handler does that answers later, or a negative errno with the job dropped. */
int manager_submit_consume(struct job *job) _must_use_;

#endif
