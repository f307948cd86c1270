/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/lifecycle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "base/clock.h"
#include "nitro-policyd/access.h"
#include "nitro-policyd/bus_object.h"
#include "nitro-policyd/journal_live.h"
#include "nitro-policyd/live_judge.h"
#include "nitro-policyd/live_watch.h"
#include "nitro-policyd/logind.h"

/* What ends with its session needs nothing more; nor does what had none. */
static bool session_goes_on(const struct live *live, const char *reason)
{
	return live->state == LIVE_ATTACHED &&
	       strcmp(reason, verdict_reason_name(REASON_SESSION_ENDED)) != 0;
}

/* A file that stays would bring the verdict back at the next start. */
static void forget(const struct live *live)
{
	struct manager *manager = live->manager;
	int r = live_file_remove(&manager->live_files, live->id);

	if (r < 0)
		journal_note(&manager->journal, LOG_ERR,
			     "The file of the live verdict %s cannot be "
			     "removed: %s.",
			     live->id, strerror(-r));
}

/* What a process holds is not found again after a restart. */
static int remember(const struct live *live)
{
	const struct live_files *files = &live->manager->live_files;

	if (live->state == LIVE_ATTACHED && live->session[0] == '\0')
		return live_file_remove(files, live->id);
	return live_file_write(files, live);
}

void lifecycle_end(struct live *live, const char *reason, const char *why)
{
	struct manager *manager = live->manager;
	bool goes_on = session_goes_on(live, reason);

	journal_ended(&manager->journal, live, reason, why, goes_on);
	forget(live);
	bus_object_remove(manager, live, reason);
	manager->statistics.verdicts_ended++;
	if (goes_on) {
		manager->statistics.verdicts_lost++;
		logind_act(manager, live);
	}
	lives_remove(&manager->lives, live);
	live_free(live);
}

void lifecycle_end_for(struct live *live, enum verdict_reason reason)
{
	lifecycle_end(live, verdict_reason_name(reason), "");
}

/* Nobody knows then which rule applies. */
static bool lacks_groups(const struct live *live)
{
	const struct snapshot *snapshot = live->manager->policy.current;

	return !live->question.has_groups &&
	       access_names_groups(snapshot->config->policy);
}

static bool judge_again(const struct live *live, struct verdict *verdict)
{
	struct request request = question_request(&live->question);
	struct live_case live_case = {
		.snapshot = live->manager->policy.current,
		.proof = live->proof,
		.request = &request,
		.now_ms = clock_realtime_ms(),
	};

	if (lacks_groups(live))
		verdict_fail(verdict, REASON_GROUPS_UNKNOWN, "", "");
	else
		live_judge(&live_case, verdict);
	return verdict->allowed;
}

/* False: the policy in force does not allow it, and `live` is gone. */
bool lifecycle_rejudge(struct live *live)
{
	struct manager *manager = live->manager;
	_cleanup_(verdict_freep) struct verdict *verdict = verdict_new();

	if (verdict == NULL) {
		lifecycle_end_for(live, REASON_VERDICT_DOUBTFUL);
		return false;
	}
	if (!judge_again(live, verdict)) {
		lifecycle_end(live, verdict->reason, verdict->sentence);
		return false;
	}
	live_adopt(live, manager->policy.current, verdict);
	bus_object_changed(manager, live);
	if (live_watch_start(live) >= 0)
		return true;
	lifecycle_end_for(live, REASON_VERDICT_DOUBTFUL);
	return false;
}

bool lifecycle_review(struct live *live)
{
	if (live_ends_usec(live) <= clock_boottime_usec()) {
		lifecycle_end_for(live, live_ends_reason(live));
		return false;
	}
	if (live->not_after_ms < clock_realtime_ms() && !live->audited)
		return lifecycle_rejudge(live);
	return true;
}

/* Judges all of them, or those whose groups are known. */
static void review_all(struct manager *manager, bool even_without_groups)
{
	struct live *live = TAILQ_FIRST(&manager->lives.list);

	while (live != NULL) {
		struct live *next = TAILQ_NEXT(live, list);

		if (even_without_groups || !lacks_groups(live))
			lifecycle_rejudge(live);
		live = next;
	}
}

/* The others are judged when a worker has asked for their groups: a policy that ends
 * verdicts must not wait for the host's user database. */
static int find_groups(struct manager *manager)
{
	struct job *job = manager_admit_own(manager, JOB_FIND_GROUPS);
	int r;

	if (job == NULL)
		return -EBUSY;
	r = live_groups_collect(&manager->lives, &job->live_groups);
	if (r < 0) {
		manager_drop(job);
		return r;
	}
	return manager_submit_consume(job);
}

void lifecycle_review_all(struct manager *manager)
{
	struct live *live;

	review_all(manager, false);
	TAILQ_FOREACH(live, &manager->lives.list, list)
	if (lacks_groups(live))
		break;
	if (live != NULL && find_groups(manager) < 0)
		review_all(manager, true);
}

void lifecycle_found_groups(struct job *job)
{
	live_groups_apply(&job->live_groups, &job->manager->lives);
	review_all(job->manager, true);
}

static int make_room(struct manager *manager, const struct live *live)
{
	struct live *displaced;
	int r;

	while ((r = lives_make_room(&manager->lives, live, &displaced)) >= 0 &&
	       displaced != NULL)
		lifecycle_end_for(displaced, REASON_VERDICT_DISPLACED);
	return r;
}

/* Puts a verdict that is complete among the others. */
static int add_consume(struct manager *manager, struct live *live)
{
	_cleanup_(live_freep) struct live *owned = live;
	int r = make_room(manager, live);

	if (r < 0)
		return r;

	live->manager = manager;
	r = live_watch_start(live);
	if (r >= 0)
		r = remember(live);
	if (r >= 0)
		r = bus_object_add(manager, live);
	if (r < 0) {
		forget(live);
		return r;
	}
	lives_insert(&manager->lives, TAKE_PTR(owned));
	bus_object_announce(manager, live);
	manager->statistics.verdicts_issued++;
	return 0;
}

/* What is asked once only, when a verdict is issued: that the document is nobody's
 * copy. A trial lets in what failed there, but another rule must not build on it. */
static bool is_copy(const struct verdict *verdict)
{
	static const enum verdict_check checks[] = { CHECK_REPLAY,
						     CHECK_SSH_KEY, CHECK_KEY };

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		if (verdict->checks[checks[i]].state == CHECK_FAILED)
			return true;
	return false;
}

/* Takes document, manifest and evidence out of the job, if they prove anything. */
static struct live_proof *take_proof(struct job *job)
{
	struct live_proof *proof = calloc(1, sizeof(*proof));

	if (proof == NULL)
		return NULL;

	proof->references = 1;
	proof->bindings = verdict_bindings(job->verdict);
	if (!is_copy(job->verdict))
		proof->evidence = TAKE_PTR(job->evidence);
	if (proof->evidence != NULL) {
		proof->document.data = TAKE_PTR(job->document);
		proof->document.size = job->document_size;
		/* What proved nothing is not kept. */
		if (job->verdict->level >= 3) {
			proof->manifest = job->manifest;
			job->manifest = BUFFER_EMPTY;
		}
		proof->judged_ms = evidence_judged_at_ms(proof->evidence);
	}
	proof->issued_ms = clock_realtime_ms();
	proof->issued_usec = clock_boottime_usec();
	return proof;
}

/* sshd's command, which has an account of its own, asks about each key that a stranger
 * offers, and PAM asks again about the one that he has proven: only that is a login. */
static bool opens_sessions(const struct caller *caller)
{
	return caller->uid == caller->account;
}

static int add_new(struct job *job, const char *id, struct live_proof *proof,
		   uint64_t made_usec)
{
	struct live *live = live_new(id, proof, job->caller.account);
	struct request request = question_request(&job->question);
	int r;

	if (live == NULL)
		return -ENOMEM;

	if (question_copy(&request, &live->question) < 0) {
		live_free(live);
		return -ENOMEM;
	}
	live->made_usec = made_usec;
	live->is_handed_out = opens_sessions(&job->caller);
	live->question.has_groups = job->question.has_groups;
	live->question.groups = job->question.groups;
	job->question.groups = (struct groups){ 0 };
	live_adopt(live, job->snapshot, job->verdict);
	r = add_consume(job->manager, live);
	/* The policy may have changed while a worker judged by the old one. */
	if (r >= 0 && job->snapshot != job->manager->policy.current &&
	    !lifecycle_rejudge(live))
		return -ESTALE;
	return r;
}

/* What cannot be watched must not begin. */
static void fail(struct job *job, int error)
{
	if (error == -EDQUOT)
		job_fail(job, NITRO_ERROR_LIMIT_EXCEEDED,
			 "The user has %u live verdicts; sessions must end "
			 "before another can begin.",
			 LIVE_PER_USER);
	else if (error == -EBUSY)
		job_fail(job, NITRO_ERROR_BUSY,
			 "%u verdicts live; sessions must end before another "
			 "can begin.",
			 LIVE_MAX);
	else if (error == -ESTALE)
		job_fail(job, NITRO_ERROR_BUSY,
			 "The policy changed meanwhile; ask again.");
	else
		job_fail(job, NITRO_ERROR_INTERNAL,
			 "The verdict could not be kept alive: %s.",
			 strerror(-error));
	journal_decision(&job->manager->journal, job);
}

/* Whoever was told that the answer comes too late must not have a verdict by it. */
static bool is_allowed(const struct job *job)
{
	return job->error == NULL && job->verdict->allowed &&
	       !atomic_load(&job->abandoned);
}

void lifecycle_issue(struct job *job)
{
	int r;

	if (!is_allowed(job)) {
		job->live_id[0] = '\0';
		return;
	}
	job->proof = take_proof(job);
	r = job->proof != NULL ? add_new(job, job->live_id, job->proof,
					 job->proof->issued_usec)
			       : -ENOMEM;
	if (r < 0)
		fail(job, r);
}

/* A session has its own verdict; two that are opened at once, too. One that waits for
 * its session hands on the time that is left: else whoever asks often enough keeps it
 * waiting for ever. */
static int copy(struct job *job, struct live *live)
{
	uint64_t made_usec = live->state == LIVE_ISSUED ? live->made_usec
							: clock_boottime_usec();
	int r = live_make_id(job->live_id);

	return r < 0 ? r : add_new(job, job->live_id, live->proof, made_usec);
}

/* Gives to another account what it may have room for. */
static int give(struct manager *manager, struct live *live, uid_t account)
{
	uid_t before = live->asker;
	int r;

	lives_remove(&manager->lives, live);
	live->asker = account;
	r = make_room(manager, live);
	if (r < 0)
		live->asker = before;
	lives_insert(&manager->lives, live);
	return r;
}

/* From now on it is his who asks for a login by it, though sshd's command asked first. */
static int hand_out(const struct job *job, struct live *live)
{
	uid_t account = job->caller.account;
	int r = live->asker == account ? 0 : give(job->manager, live, account);

	if (r < 0)
		return r;
	live->is_handed_out = true;
	return remember(live);
}

static bool asks_for_login(const struct job *job)
{
	return job->selection == LIVE_BY_KEY && opens_sessions(&job->caller);
}

void lifecycle_hand_out(struct job *job)
{
	struct live *live;
	int r;

	if (!is_allowed(job) || job->chosen == NULL) {
		job->live_id[0] = '\0';
		return;
	}
	live = lives_find(&job->manager->lives, job->live_id);
	if (live == NULL || !lifecycle_review(live)) {
		job_fail(job, NITRO_ERROR_BUSY,
			 "The live verdict ended meanwhile; ask again.");
		journal_decision(&job->manager->journal, job);
		return;
	}
	if (!asks_for_login(job))
		return;
	if (live->state == LIVE_ISSUED && !live->is_handed_out)
		r = hand_out(job, live);
	else
		r = copy(job, live);
	if (r < 0)
		fail(job, r);
}

int lifecycle_attach(struct live *live, const struct job *job)
{
	struct manager *manager = live->manager;
	int r = 0;

	if (job->session[0] == '\0')
		r = live_watch_process(live, job->caller.pid);
	if (r < 0)
		return r;

	memcpy(live->session, job->session, sizeof(live->session));
	live->audit_session = job->audit_session;
	live->state = LIVE_ATTACHED;
	r = live_watch_start(live);
	if (r >= 0)
		r = remember(live);
	if (r < 0) {
		lifecycle_end_for(live, REASON_VERDICT_DOUBTFUL);
		return r;
	}
	bus_object_changed(manager, live);
	journal_attached(&manager->journal, live);
	return 0;
}

void lifecycle_release_all(struct manager *manager)
{
	struct live *live;

	while ((live = lives_first(&manager->lives)) != NULL) {
		lives_remove(&manager->lives, live);
		live_free(live);
	}
}
