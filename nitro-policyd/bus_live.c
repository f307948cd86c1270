/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_live.h"

#include <errno.h>

#include "dbus/nitro_bus.h"
#include "nitro-policyd/access.h"
#include "nitro-policyd/bus_arguments.h"
#include "nitro-policyd/bus_object.h"
#include "nitro-policyd/bus_read.h"
#include "nitro-policyd/bus_reply.h"
#include "nitro-policyd/lifecycle.h"
#include "nitro-policyd/live_wait.h"
#include "nitro-policyd/logind.h"
#include "nitro-policyd/revoke.h"

#define _cleanup_arguments_ _cleanup_(arguments_clear)
#define _cleanup_drop_	    _cleanup_(manager_dropp)
#define _cleanup_message_   _cleanup_(sd_bus_message_unrefp)

static int no_memory(sd_bus_error *reterr_error)
{
	return sd_bus_error_set(reterr_error, NITRO_ERROR_INTERNAL,
				"Memory is exhausted.");
}

static const char none_such[] =
	"There is no such live verdict for this caller, or "
	"it is not in the state for this.";

static const char does_not_live[] = "No verdict with this id lives.";

static int no_such_verdict(sd_bus_error *reterr_error)
{
	return sd_bus_error_set(reterr_error, NITRO_ERROR_NO_SUCH_VERDICT,
				none_such);
}

/* As a handler returns. */
static int answer_consume(struct job *job)
{
	bus_reply_send(job->manager, job);
	manager_drop(job);
	return 1;
}

/* Copies which verdicts `arguments` name. */
static int select_lives(struct job *job, const struct arguments *arguments)
{
	const struct live_selector *selector = &arguments->selector;

	job->selection = selector->by;
	snprintf(job->live_id, sizeof(job->live_id), "%s", selector->id);
	snprintf(job->session, sizeof(job->session), "%s", selector->session);
	job->audit_session = selector->audit_session;
	return question_copy(&arguments->request, &job->question);
}

/* Collects all that may answer. What has ended by now, though nobody has noticed
 * yet, is no candidate. */
static int find_candidates(struct job *job)
{
	const struct live_selector selector = job_selector(job);
	struct request request = question_request(&job->question);
	struct lives *lives = &job->manager->lives;
	struct live *live, *next;

	job->candidates = calloc(LIVE_PER_USER, sizeof(*job->candidates));
	if (job->candidates == NULL)
		return -ENOMEM;

	for (live = TAILQ_LAST(&lives->list, live_list);
	     live != NULL && job->candidate_count < LIVE_PER_USER;
	     live = next) {
		struct live_candidate *candidate =
			&job->candidates[job->candidate_count];

		next = TAILQ_PREV(live, live_list, list);
		if (!live_answers(live, job->caller.account, &request,
				  &selector) ||
		    !lifecycle_review(live))
			continue;
		memcpy(candidate->id, live->id, sizeof(candidate->id));
		candidate->proof = live_proof_ref(live->proof);
		job->candidate_count++;
	}
	return 0;
}

static int check_consume(struct job *job)
{
	if (find_candidates(job) < 0) {
		job_fail(job, NITRO_ERROR_INTERNAL, "Memory is exhausted.");
		return answer_consume(job);
	}
	/* From here on it is the one that answers. */
	job->live_id[0] = '\0';
	return manager_submit_consume(job);
}

int method_check_verdict(sd_bus_message *message, void *userdata,
			 sd_bus_error *reterr_error)
{
	_cleanup_arguments_ struct arguments arguments = { 0 };
	_cleanup_drop_ struct job *job = NULL;
	int r = arguments_read_check(message, &arguments, reterr_error);

	if (r < 0)
		return r;
	r = manager_admit(userdata, JOB_CHECK_VERDICT, message, 0, &job,
			  reterr_error);
	if (r < 0)
		return r;
	if (caller_is_keys(&job->caller) &&
	    arguments.selector.by != LIVE_BY_KEY)
		return access_refuse_keys(reterr_error);
	if (select_lives(job, &arguments) < 0)
		return no_memory(reterr_error);
	return live_wait_consume(TAKE_PTR(job), check_consume);
}

static struct live *find_own(struct job *job, const struct request *request)
{
	const struct live_selector selector = job_selector(job);
	struct live *live = lives_find(&job->manager->lives, job->live_id);

	if (live == NULL ||
	    !live_answers(live, job->caller.account, request, &selector) ||
	    !lifecycle_review(live))
		return NULL;
	return live;
}

/* The session is there, or none of logind's is meant. */
static void attach(struct job *job)
{
	struct request request = question_request(&job->question);
	struct live *live = find_own(job, &request);
	int r;

	if (live == NULL) {
		job_fail(job, NITRO_ERROR_NO_SUCH_VERDICT, "%s", none_such);
		return;
	}
	r = lifecycle_attach(live, job);
	if (r < 0)
		job_fail(job, NITRO_ERROR_INTERNAL,
			 "The session cannot be watched: %s.", strerror(-r));
}

static void on_session(struct job *job, const char *why)
{
	if (why == NULL)
		attach(job);
	else
		job_fail(job, NITRO_ERROR_NO_SUCH_SESSION,
			 "No verdict can be attached to session '%s': %s.",
			 job->session, why);
	(void)answer_consume(job);
}

static int start_attach_consume(struct job *job)
{
	if (job->session[0] == '\0') {
		attach(job);
	} else if (logind_ask(job, on_session) >= 0) {
		return 1;
	} else {
		job_fail(job, NITRO_ERROR_INTERNAL, "logind cannot be asked.");
	}
	return answer_consume(job);
}

int method_attach_session(sd_bus_message *message, void *userdata,
			  sd_bus_error *reterr_error)
{
	_cleanup_arguments_ struct arguments arguments = { 0 };
	_cleanup_drop_ struct job *job = NULL;
	int r = arguments_read_attach(message, &arguments, reterr_error);

	if (r < 0)
		return r;
	r = manager_admit(userdata, JOB_ATTACH_SESSION, message, 0, &job,
			  reterr_error);
	if (r < 0)
		return r;
	if (select_lives(job, &arguments) < 0)
		return no_memory(reterr_error);
	return live_wait_consume(TAKE_PTR(job), start_attach_consume);
}

/* Reads the id that is the first argument. What is found may only be ended: it may not
 * be judged yet. */
static int find_to_end(sd_bus_message *message, struct manager *manager,
		       struct live **ret_live, sd_bus_error *reterr_error)
{
	struct live *live;
	const char *id;
	int r = sd_bus_message_read_basic(message, 's', &id);

	if (r < 0)
		return r;
	live = lives_find_any(&manager->lives, id);
	if (live == NULL || !lifecycle_review(live))
		return sd_bus_error_set(reterr_error,
					NITRO_ERROR_NO_SUCH_VERDICT,
					does_not_live);
	*ret_live = live;
	return 0;
}

int method_detach_session(sd_bus_message *message, void *userdata,
			  sd_bus_error *reterr_error)
{
	_cleanup_drop_ struct job *job = NULL;
	struct live *live;
	int r = manager_admit(userdata, JOB_DETACH_SESSION, message, 0, &job,
			      reterr_error);

	if (r < 0)
		return r;
	r = find_to_end(message, userdata, &live, reterr_error);
	if (r < 0)
		return r;
	if (live->asker != job->caller.account || live->state != LIVE_ATTACHED)
		return no_such_verdict(reterr_error);
	lifecycle_end_for(live, REASON_SESSION_ENDED);
	return sd_bus_reply_method_return(message, "");
}

static bool is_wanted(const struct live *live,
		      const struct arguments *arguments)
{
	const char *const pairs[][2] = {
		{ arguments->request.user, live->question.user },
		{ arguments->request.service, live->question.service },
		{ arguments->selector.session, live->session },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		if (pairs[i][0] != NULL && pairs[i][0][0] != '\0' &&
		    strcmp(pairs[i][0], pairs[i][1]) != 0)
			return false;
	return true;
}

static int append_list(sd_bus_message *reply, const struct lives *lives,
		       const struct arguments *arguments)
{
	struct live *live;
	int r = sd_bus_message_open_container(reply, 'a', "(osssss)");

	if (r < 0)
		return r;
	TAILQ_FOREACH(live, &lives->list, list)
	{
		if (!is_wanted(live, arguments))
			continue;
		r = sd_bus_message_append(
			reply, "(osssss)", live->path, live->id,
			live->question.user, live->question.service,
			live_state_name(live->state), live->session);
		if (r < 0)
			return r;
	}
	return sd_bus_message_close_container(reply);
}

int method_list_verdicts(sd_bus_message *message, void *userdata,
			 sd_bus_error *reterr_error)
{
	_cleanup_arguments_ struct arguments arguments = { 0 };
	_cleanup_message_ sd_bus_message *reply = NULL;
	struct manager *manager = userdata;
	int r = manager_admit_look(manager, message, manager->lives.count + 1,
				   reterr_error);

	if (r < 0)
		return r;
	r = arguments_read_filter(message, &arguments, reterr_error);
	if (r < 0)
		return r;
	r = sd_bus_message_new_method_return(message, &reply);
	if (r >= 0)
		r = append_list(reply, &manager->lives, &arguments);
	return r < 0 ? r : sd_bus_message_send(reply);
}

static int tell(sd_bus_message *message, struct live *live)
{
	_cleanup_message_ sd_bus_message *reply = NULL;
	int r = sd_bus_message_new_method_return(message, &reply);

	if (r >= 0)
		r = bus_object_append(reply, live);
	return r < 0 ? r : sd_bus_message_send(reply);
}

static int get_consume(struct job *job)
{
	struct live *live = lives_find(&job->manager->lives, job->live_id);

	if (live == NULL || !lifecycle_review(live))
		job_fail(job, NITRO_ERROR_NO_SUCH_VERDICT, "%s", does_not_live);
	return answer_consume(job);
}

/* It is not judged yet. */
static int get_later(sd_bus_message *message, struct manager *manager,
		     const char *id, sd_bus_error *reterr_error)
{
	struct job *job;
	int r = manager_admit(manager, JOB_GET_VERDICT, message, 0, &job,
			      reterr_error);

	if (r < 0)
		return r;
	snprintf(job->live_id, sizeof(job->live_id), "%s", id);
	return live_wait_consume(job, get_consume);
}

int method_get_verdict(sd_bus_message *message, void *userdata,
		       sd_bus_error *reterr_error)
{
	struct manager *manager = userdata;
	struct live *live;
	const char *id;
	int r = manager_admit_look(manager, message, 1, reterr_error);

	if (r < 0)
		return r;
	r = sd_bus_message_read_basic(message, 's', &id);
	if (r < 0)
		return r;
	if (lives_find_unjudged(&manager->lives, id) != NULL)
		return get_later(message, manager, id, reterr_error);
	live = lives_find(&manager->lives, id);
	if (live == NULL || !lifecycle_review(live))
		return sd_bus_error_set(reterr_error,
					NITRO_ERROR_NO_SUCH_VERDICT,
					does_not_live);
	return tell(message, live);
}

int method_revoke_verdict(sd_bus_message *message, void *userdata,
			  sd_bus_error *reterr_error)
{
	_cleanup_drop_ struct job *job = NULL;
	struct request request = { 0 };
	struct live *live;
	const char *why;
	int r = manager_admit(userdata, JOB_REVOKE_VERDICT, message, 0, &job,
			      reterr_error);

	if (r < 0)
		return r;
	r = find_to_end(message, userdata, &live, reterr_error);
	if (r >= 0)
		r = bus_read_origin(message, "why", NITRO_WHY_MAX, &why,
				    reterr_error);
	if (r < 0)
		return r;
	request.user = live->question.user;
	if (question_copy(&request, &job->question) < 0)
		return no_memory(reterr_error);
	memcpy(job->live_id, live->id, sizeof(job->live_id));
	snprintf(job->why, sizeof(job->why), "%s", why);
	return revoke_for_caller_consume(TAKE_PTR(job));
}
