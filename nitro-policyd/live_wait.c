/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/live_wait.h"

#include <string.h>

#include "nitro-policyd/live_start.h"

static bool is_about(const struct job *job, const struct live *live)
{
	const struct live_selector selector = job_selector(job);
	struct request request = question_request(&job->question);

	if (job->selection == LIVE_BY_ID)
		return strcmp(live->id, job->live_id) == 0;
	return live_answers(live, job->caller.account, &request, &selector);
}

/* Has all that `job` is about judged next. False: there is nothing left of it. */
static bool prefer(const struct job *job)
{
	struct lives *lives = &job->manager->lives;
	struct live *live = TAILQ_FIRST(&lives->unjudged);
	bool is_left = false;

	while (live != NULL) {
		struct live *next = TAILQ_NEXT(live, list);

		if (is_about(job, live)) {
			lives_prefer(lives, live);
			is_left = true;
		}
		live = next;
	}
	return is_left;
}

static bool is_left(const struct job *job)
{
	const struct live *live;

	TAILQ_FOREACH(live, &job->manager->lives.unjudged, list)
	if (is_about(job, live))
		return true;
	return false;
}

int live_wait_consume(struct job *job, job_then then)
{
	struct manager *manager = job->manager;
	int r;

	if (!prefer(job))
		return then(job);

	r = manager_set_deadline(job);
	if (r < 0) {
		manager_drop(job);
		return r;
	}
	job->then = then;
	live_start_feed(manager);
	return 1;
}

static void resume_consume(struct job *job)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *message =
		sd_bus_message_ref(job->message);
	job_then then = TAKE_PTR(job->then);
	int r;

	job_judge_by(job, job->manager->policy.current);
	r = then(job);
	if (r < 0)
		(void)sd_bus_reply_method_errno(message, r, NULL);
}

void live_wait_resume(struct manager *manager)
{
	struct job *job = manager->open_jobs;

	while (job != NULL) {
		struct job *next = job->next_open;

		if (job->then != NULL && !is_left(job))
			resume_consume(job);
		job = next;
	}
}
