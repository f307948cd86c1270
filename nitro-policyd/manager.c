/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/manager.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <syslog.h>
#include <systemd/sd-daemon.h>

#include "base/clock.h"
#include "dbus/nitro_bus.h"
#include "nitro-policyd/access.h"
#include "nitro-policyd/bus_join.h"
#include "nitro-policyd/bus_reply.h"
#include "nitro-policyd/lifecycle.h"
#include "nitro-policyd/live_start.h"
#include "nitro-policyd/logind.h"
#include "nitro-policyd/polkit.h"
#include "nitro-policyd/reload.h"
#include "nitro-policyd/revoke.h"

/* The deadline need not be exact; this lets the kernel join wake-ups. */
#define DEADLINE_ACCURACY_USEC (50 * USEC_PER_MSEC)

static void open_job(struct manager *manager, struct job *job)
{
	job->next_open = manager->open_jobs;
	if (job->next_open != NULL)
		job->next_open->previous_open = job;
	manager->open_jobs = job;
}

static void close_job(struct manager *manager, struct job *job)
{
	if (job->previous_open != NULL)
		job->previous_open->next_open = job->next_open;
	else
		manager->open_jobs = job->next_open;
	if (job->next_open != NULL)
		job->next_open->previous_open = job->previous_open;
}

static struct job *new_job(struct manager *manager, enum job_kind kind,
			   const struct caller *caller, size_t bytes)
{
	struct job *job = job_new(kind, caller);

	if (job == NULL)
		return NULL;

	job->manager = manager;
	job->quota_bytes = bytes;
	job->challenge = CHALLENGE_ABSENT;
	job->snapshot = snapshot_ref(manager->policy.current);
	open_job(manager, job);
	return job;
}

void manager_drop(struct job *job)
{
	struct manager *manager;

	if (job == NULL)
		return;

	manager = job->manager;
	polkit_withdraw(job);
	logind_withdraw(job);
	close_job(manager, job);
	quota_release(manager->quota, job->caller.account, job->quota_bytes);
	job_free(job);
}

/* Counts a question that a limit refused, and tells of it now and then: a record for
 * each would be the flood that the limits are there for. */
static void count_refusal(struct manager *manager, const struct caller *caller)
{
	uint64_t count;

	manager->statistics.limited++;
	if (refusals_add(&manager->refusals, clock_boottime_usec(), &count))
		journal_limited(&manager->journal, caller->uid, count);
}

static int take_rate(struct manager *manager, const struct caller *caller,
		     sd_bus_error *reterr_error)
{
	if (rate_take(manager->rate, caller->account, clock_boottime_usec()))
		return 0;

	count_refusal(manager, caller);
	return sd_bus_error_setf(
		reterr_error, NITRO_ERROR_LIMIT_EXCEEDED,
		"User %u asks more often than %u times per second; wait a "
		"while.",
		caller->uid, rate_per_second(caller->account));
}

static int identify(struct manager *manager, sd_bus_message *message,
		    bool is_for_keys, struct caller *ret_caller,
		    sd_bus_error *reterr_error)
{
	int r = caller_identify(&manager->callers, message, ret_caller);

	if (r < 0)
		return sd_bus_error_setf(reterr_error, NITRO_ERROR_INTERNAL,
					 "The bus does not say who asks: %s.",
					 strerror(-r));
	if (caller_is_keys(ret_caller) && !is_for_keys)
		return access_refuse_keys(reterr_error);
	return 0;
}

int manager_admit_look(struct manager *manager, sd_bus_message *message,
		       size_t objects, sd_bus_error *reterr_error)
{
	struct caller caller;
	int r = identify(manager, message, false, &caller, reterr_error);

	if (r < 0 || caller_is_privileged(&caller))
		return r;
	r = take_rate(manager, &caller, reterr_error);
	if (r < 0)
		return r;
	if (looks_take(&manager->looks, objects, clock_boottime_usec()))
		return 0;

	count_refusal(manager, &caller);
	return sd_bus_error_set(reterr_error, NITRO_ERROR_LIMIT_EXCEEDED,
				"So many objects were looked at lately that "
				"only root may for now; wait a while.");
}

static int acquire(struct manager *manager, const struct caller *caller,
		   size_t bytes, sd_bus_error *reterr_error)
{
	int r = take_rate(manager, caller, reterr_error);

	if (r < 0)
		return r;
	r = quota_acquire(manager->quota, caller->account, bytes);
	if (r < 0)
		count_refusal(manager, caller);
	if (r == -EDQUOT)
		return sd_bus_error_setf(reterr_error,
					 NITRO_ERROR_LIMIT_EXCEEDED,
					 "User %u has too many calls in "
					 "flight; wait for their answers.",
					 caller->uid);
	if (r < 0)
		return sd_bus_error_set(reterr_error, NITRO_ERROR_BUSY,
					"Too many calls are in flight; ask "
					"again.");
	return 0;
}

int manager_admit(struct manager *manager, enum job_kind kind,
		  sd_bus_message *message, size_t bytes, struct job **ret_job,
		  sd_bus_error *reterr_error)
{
	bool is_for_keys = kind == JOB_AUTHORIZE || kind == JOB_CHECK_VERDICT;
	struct caller caller;
	struct job *job;
	int r = identify(manager, message, is_for_keys, &caller, reterr_error);

	if (r < 0)
		return r;
	r = acquire(manager, &caller, bytes, reterr_error);
	if (r < 0)
		return r;

	job = new_job(manager, kind, &caller, bytes);
	if (job == NULL) {
		quota_release(manager->quota, caller.account, bytes);
		return sd_bus_error_set(reterr_error, NITRO_ERROR_INTERNAL,
					"Memory is exhausted.");
	}
	job->message = sd_bus_message_ref(message);
	*ret_job = job;
	return 0;
}

struct job *manager_admit_own(struct manager *manager, enum job_kind kind)
{
	static const struct caller nobody = { 0 };
	struct job *job;

	if (quota_acquire(manager->quota, nobody.account, 0) < 0)
		return NULL;

	job = new_job(manager, kind, &nobody, 0);
	if (job == NULL)
		quota_release(manager->quota, nobody.account, 0);
	return job;
}

static int on_deadline(sd_event_source *source _unused_, uint64_t now _unused_,
		       void *userdata)
{
	struct job *job = userdata;

	bus_reply_busy(job,
		       "The question could not be judged in time; ask again.");
	/* No worker has it. */
	if (job_is_waiting(job))
		manager_drop(job);
	return 0;
}

int manager_set_deadline(struct job *job)
{
	return sd_event_add_time_relative(
		job->manager->event, &job->deadline, CLOCK_MONOTONIC,
		ANSWER_DEADLINE_USEC, DEADLINE_ACCURACY_USEC, on_deadline, job);
}

int manager_submit_consume(struct job *job)
{
	struct manager *manager = job->manager;
	int r = job->deadline == NULL ? manager_set_deadline(job) : 0;

	if (r < 0) {
		manager_drop(job);
		return r;
	}
	work_queue_push(manager->queue, &job->work);
	return 1;
}

static void finish(struct manager *manager, struct job *job)
{
	if (job->kind == JOB_REVOKE_VERDICT) {
		revoke_finish_consume(job);
		return;
	}
	if (job->kind == JOB_RELOAD)
		reload_finish(job);
	if (job->kind == JOB_FIND_GROUPS)
		lifecycle_found_groups(job);
	if (job->kind == JOB_TAKE_UP)
		live_start_finish(job);
	if (job->kind == JOB_AUTHORIZE)
		lifecycle_issue(job);
	if (job->kind == JOB_CHECK_VERDICT)
		lifecycle_hand_out(job);
	statistics_count(&manager->statistics, job);
	bus_reply_send(manager, job);
	manager_drop(job);
}

static int on_done(sd_event_source *source _unused_, int fd _unused_,
		   uint32_t events _unused_, void *userdata)
{
	struct manager *manager = userdata;
	struct work *work = work_queue_collect(manager->queue);

	while (work != NULL) {
		struct job *job = job_of(work);

		work = work->next;
		finish(manager, job);
	}
	live_start_go_on(manager);
	return 0;
}

static int on_hangup(sd_event_source *source _unused_,
		     const struct signalfd_siginfo *info _unused_,
		     void *userdata)
{
	reload_without_caller(userdata);
	return 0;
}

static int open_seen(struct manager *manager, const char *directory)
{
	const struct policy_settings *settings =
		policy_settings(manager->policy.current->config->policy);
	bool is_damaged;
	int r = seen_open(directory, clock_realtime_ms(),
			  settings->clock_skew_ms, &manager->judge.seen,
			  &is_damaged);

	if (r < 0) {
		journal_note(&manager->journal, LOG_ERR,
			     "The state directory %s cannot be used: %s.",
			     directory, strerror(-r));
		return r;
	}
	if (is_damaged)
		journal_note(&manager->journal, LOG_WARNING,
			     "The memory of used documents in %s is damaged: "
			     "without a challenge, documents made before now "
			     "are refused.",
			     directory);
	return 0;
}

static int start_workers(struct manager *manager)
{
	const struct policy_settings *settings =
		policy_settings(manager->policy.current->config->policy);
	size_t count = worker_count(settings->workers);
	int r = work_queue_new(count, &manager->queue);

	if (r >= 0)
		r = sd_event_add_io(manager->event, NULL,
				    work_queue_fd(manager->queue), EPOLLIN,
				    on_done, manager);
	if (r >= 0)
		r = worker_pool_new(count, &manager->judge, manager->queue,
				    &manager->workers);
	if (r < 0)
		journal_note(&manager->journal, LOG_ERR,
			     "The workers cannot be started: %s.",
			     strerror(-r));
	return r;
}

/* The signals are blocked by main() before there are threads. */
static int make_loop(struct manager *manager)
{
	int r = sd_event_new(&manager->event);

	if (r >= 0)
		r = sd_event_add_signal(manager->event, NULL, SIGTERM, NULL,
					NULL);
	if (r >= 0)
		r = sd_event_add_signal(manager->event, NULL, SIGINT, NULL,
					NULL);
	if (r >= 0)
		r = sd_event_add_signal(manager->event, NULL, SIGHUP, on_hangup,
					manager);
	return r;
}

static int make_tables(struct manager *manager, struct snapshot *first,
		       const struct diagnostics *diagnostics)
{
	callers_init(&manager->callers, &manager->journal);
	lives_init(&manager->lives);
	manager->challenges = challenges_new();
	manager->tickets = tickets_new();
	manager->quota = quota_new();
	manager->rate = rate_new();
	if (manager->challenges == NULL || manager->tickets == NULL ||
	    manager->quota == NULL || manager->rate == NULL ||
	    key_library_new(&manager->keys) != KEY_OK)
		return -ENOMEM;
	manager->judge.keys = manager->keys;
	return policy_store_update(&manager->policy, first, diagnostics);
}

int manager_new(const struct manager_options *options, struct snapshot *first,
		const struct diagnostics *diagnostics,
		struct manager **ret_manager)
{
	_cleanup_(manager_freep) struct manager *manager =
		calloc(1, sizeof(*manager));
	int r;

	if (manager == NULL)
		return -ENOMEM;

	manager->live_files.dir_fd = -1;
	manager->journal = options->journal;
	manager->judge.journal = &manager->journal;
	manager->judge.layers = options->layers;
	r = make_tables(manager, first, diagnostics);
	if (r >= 0)
		r = make_loop(manager);
	if (r >= 0)
		r = expiry_new(manager->event, &manager->policy,
			       &manager->journal, EXPIRY_TELL_USEC,
			       &manager->expiry);
	if (r >= 0)
		r = open_seen(manager, options->state_dir);
	if (r >= 0)
		r = start_workers(manager);
	if (r >= 0)
		r = bus_open(manager);
	if (r >= 0)
		r = live_start(manager, options);
	/* Last, because from here on there are questions. */
	if (r >= 0)
		r = bus_join(manager);
	if (r < 0)
		return r;

	*ret_manager = TAKE_PTR(manager);
	return 0;
}

int manager_run(struct manager *manager)
{
	reload_notify_ready(manager);
	expiry_tell(manager->expiry);
	bus_turn(manager);
	return sd_event_loop(manager->event);
}

static void dismiss_callers(struct manager *manager)
{
	for (struct job *job = manager->open_jobs; job != NULL;
	     job = job->next_open)
		bus_reply_busy(job, "The daemon stops.");
	sd_bus_flush_close_unref(manager->bus);
	manager->bus = NULL;
}

void manager_free(struct manager *manager)
{
	if (manager == NULL)
		return;

	dismiss_callers(manager);
	callers_clear(&manager->callers);
	if (manager->queue != NULL)
		work_queue_stop(manager->queue);
	/* A worker that hangs in the host's user database still holds its job,
	 * the memory and the queue. The process ends soon: leave them to it. */
	if (!worker_pool_join(manager->workers))
		return;

	while (manager->open_jobs != NULL)
		manager_drop(manager->open_jobs);
	work_queue_free(manager->queue);
	lifecycle_release_all(manager);
	close_fd(&manager->live_files.dir_fd);
	seen_free(manager->judge.seen);
	challenges_free(manager->challenges);
	tickets_free(manager->tickets);
	quota_free(manager->quota);
	rate_free(manager->rate);
	expiry_free(manager->expiry);
	key_library_free(manager->keys);
	policy_store_clear(&manager->policy);
	sd_event_unref(manager->event);
	free(manager);
}
