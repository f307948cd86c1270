/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/live_start.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "base/clock.h"
#include "nitro-policyd/bus_object.h"
#include "nitro-policyd/journal_live.h"
#include "nitro-policyd/lifecycle.h"
#include "nitro-policyd/live_wait.h"
#include "nitro-policyd/logind.h"
#include "nitro-policyd/reload.h"

struct start {
	struct manager *manager;
	sd_bus_message *sessions; /* of logind; NULL: it does not say */
};

static void remove_file(struct manager *manager, const char *name)
{
	int r = live_file_remove(&manager->live_files, name);

	if (r < 0)
		journal_note(&manager->journal, LOG_ERR,
			     "%s cannot be removed from the folder of live "
			     "verdicts: %s.",
			     name, strerror(-r));
}

static void drop(struct manager *manager, const char *name, const char *why)
{
	journal_dropped(&manager->journal, name, why);
	remove_file(manager, name);
}

/* NULL: nothing speaks against it. */
static const char *find_doubt(const struct start *start,
			      const struct live *live)
{
	struct live *displaced;
	uid_t uid;

	if (lives_make_room(&start->manager->lives, live, &displaced) < 0 ||
	    displaced != NULL)
		return "is one too many";
	if (live->session[0] == '\0')
		return NULL;
	if (start->sessions == NULL)
		return "has a session, and logind does not say which there are";
	return logind_has(start->sessions, live->session, &uid)
		       ? NULL
		       : "has a session that is over";
}

/* It keeps its place from here on, and is nothing more than that. */
static void take_up(struct start *start, const char *name)
{
	struct manager *manager = start->manager;
	_cleanup_(live_freep) struct live *live = NULL;
	const char *why;

	if (live_file_read(&manager->live_files, name, clock_boottime_usec(),
			   &live, &why) >= 0)
		why = find_doubt(start, live);
	if (why != NULL) {
		drop(manager, name, why);
		return;
	}
	live->manager = manager;
	lives_insert(&manager->lives, TAKE_PTR(live));
}

/* Half a file, of a writing that was interrupted. */
static bool is_leftover(const char *name)
{
	return name[0] == '.' && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0;
}

/* Without answer there is no session that could be trusted. */
static void ask_logind(struct start *start)
{
	int r = logind_list(start->manager->bus, &start->sessions);

	if (r < 0)
		journal_note(&start->manager->journal, LOG_WARNING,
			     "logind does not say which sessions there are: "
			     "%s.",
			     strerror(-r));
}

static void take_up_all(struct start *start, struct dirent **entries, int count)
{
	bool is_asked = false;

	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		if (is_leftover(name))
			remove_file(start->manager, name);
		if (name[0] == '.')
			continue;
		if (!is_asked)
			ask_logind(start);
		is_asked = true;
		take_up(start, name);
	}
}

static void read_files(struct manager *manager)
{
	struct start start = { .manager = manager };
	struct dirent **entries;
	int count = scandirat(manager->live_files.dir_fd, ".", &entries, NULL,
			      alphasort);

	if (count < 0) {
		journal_note(&manager->journal, LOG_ERR,
			     "The live verdicts cannot be read: %s.",
			     strerror(errno));
		return;
	}
	take_up_all(&start, entries, count);
	sd_bus_message_unref(start.sessions);
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
}

int live_start(struct manager *manager, const struct manager_options *options)
{
	int r = live_files_open(options->runtime_dir, options->boot,
				&manager->live_files);

	if (r < 0) {
		journal_note(&manager->journal, LOG_ERR,
			     "The runtime directory %s cannot be used: %s.",
			     options->runtime_dir, strerror(-r));
		return r;
	}
	read_files(manager);
	live_start_feed(manager);
	return 0;
}

/* NULL: the workers have all that are left. */
static struct live *find_next(const struct lives *lives)
{
	struct live *live;

	TAILQ_FOREACH(live, &lives->unjudged, list)
	if (!live->is_at_worker)
		return live;
	return NULL;
}

static int fill(struct job *job, const struct live *live)
{
	const struct request request = { .user = live->question.user };

	memcpy(job->live_id, live->id, sizeof(job->live_id));
	job->proof = live_proof_ref(live->proof);
	job->question.has_groups = live->question.has_groups;
	if (question_copy(&request, &job->question) < 0)
		return -ENOMEM;
	return job_copy(buffer_span(&live->proof->document), &job->document,
			&job->document_size);
}

static int submit(struct live *live)
{
	struct manager *manager = live->manager;
	struct job *job = manager_admit_own(manager, JOB_TAKE_UP);
	int r;

	if (job == NULL)
		return -EBUSY;
	r = fill(job, live);
	if (r < 0) {
		manager_drop(job);
		return r;
	}
	r = manager_submit_consume(job);
	if (r < 0)
		return r;
	live->is_at_worker = true;
	manager->taking_up++;
	return 0;
}

/* One worker at least has nothing to do with it, however many are to be judged. */
static size_t most_at_once(const struct manager *manager)
{
	size_t others = worker_pool_count(manager->workers) - 1;

	return others < LIVE_JUDGED_AT_ONCE ? others : LIVE_JUDGED_AT_ONCE;
}

/* Where there is no place or memory for more, there will be when a question is over. */
void live_start_feed(struct manager *manager)
{
	struct live *live;

	while (manager->taking_up < most_at_once(manager) &&
	       (live = find_next(&manager->lives)) != NULL)
		if (submit(live) < 0)
			return;
}

/* False: it has ended. */
static bool judge(struct live *live, const struct job *job)
{
	if (job->error != NULL) {
		lifecycle_end(live,
			      verdict_reason_name(REASON_VERDICT_DOUBTFUL),
			      job->error_text);
		return false;
	}
	if (job->document != NULL && live->proof->evidence == NULL) {
		lifecycle_end(live, job->verdict->reason,
			      job->verdict->sentence);
		return false;
	}
	return lifecycle_rejudge(live) && lifecycle_review(live);
}

static void settle(struct live *live, struct job *job)
{
	struct manager *manager = live->manager;

	live->proof->evidence = TAKE_PTR(job->evidence);
	if (!live->question.has_groups && job->question.has_groups) {
		live->question.has_groups = true;
		live->question.groups = job->question.groups;
		job->question.groups = (struct groups){ 0 };
	}
	if (!judge(live, job))
		return;
	lives_accept(&manager->lives, live);
	if (bus_object_add(manager, live) < 0)
		lifecycle_end_for(live, REASON_VERDICT_DOUBTFUL);
}

void live_start_finish(struct job *job)
{
	struct manager *manager = job->manager;
	struct live *live = lives_find_unjudged(&manager->lives, job->live_id);

	manager->taking_up--;
	/* It has ended meanwhile. */
	if (live == NULL)
		return;
	live->is_at_worker = false;
	/* Other roots may count now: once more. */
	if (job->snapshot == manager->policy.current)
		settle(live, job);
}

void live_start_go_on(struct manager *manager)
{
	live_wait_resume(manager);
	live_start_feed(manager);
	reload_notify_progress(manager);
}
