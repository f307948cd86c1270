/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_live.h"

#include <errno.h>

#include "dbus/nitro_bus.h"
#include "nitro-policyd/bus_arguments.h"
#include "nitro-policyd/bus_object.h"
#include "nitro-policyd/lifecycle.h"

#define _cleanup_arguments_ _cleanup_(arguments_clear)
#define _cleanup_drop_	    _cleanup_(manager_dropp)
#define _cleanup_message_   _cleanup_(sd_bus_message_unrefp)

static int no_memory(sd_bus_error *reterr_error)
{
	return sd_bus_error_set(reterr_error, NITRO_ERROR_INTERNAL,
				"Memory is exhausted.");
}

/* Never says whether there is one of somebody else. */
static int no_such_verdict(sd_bus_error *reterr_error)
{
	return sd_bus_error_set(reterr_error, NITRO_ERROR_NO_SUCH_VERDICT,
				"There is no such live verdict for this "
				"caller, or it is not in the state for this.");
}

/* Collects all that may answer. What has ended by now, though nobody has noticed
 * yet, is no candidate. */
static int find_candidates(struct job *job, const struct arguments *arguments)
{
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
		if (!live_answers(live, job->caller.account,
				  &arguments->request, &arguments->selector) ||
		    !lifecycle_review(job->manager, live))
			continue;
		memcpy(candidate->id, live->id, sizeof(candidate->id));
		candidate->proof = live_proof_ref(live->proof);
		job->candidate_count++;
	}
	return 0;
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
	job->selection = arguments.selector.by;
	if (question_copy(&arguments.request, &job->question) < 0 ||
	    find_candidates(job, &arguments) < 0)
		return no_memory(reterr_error);
	return manager_submit_consume(TAKE_PTR(job));
}

static int reply_properties(sd_bus_message *message, struct live *live)
{
	_cleanup_message_ sd_bus_message *reply = NULL;
	int r = sd_bus_message_new_method_return(message, &reply);

	if (r >= 0)
		r = bus_object_append(reply, live);
	return r < 0 ? r : sd_bus_message_send(reply);
}

int method_attach_session(sd_bus_message *message, void *userdata,
			  sd_bus_error *reterr_error)
{
	_cleanup_arguments_ struct arguments arguments = { 0 };
	_cleanup_drop_ struct job *job = NULL;
	struct manager *manager = userdata;
	struct lifecycle_session session;
	struct live *live;
	int r = arguments_read_attach(message, &arguments, reterr_error);

	if (r < 0)
		return r;
	r = manager_admit(manager, JOB_ATTACH_SESSION, message, 0, &job,
			  reterr_error);
	if (r < 0)
		return r;
	live = lives_find(&manager->lives, arguments.selector.id);
	if (live == NULL ||
	    !live_answers(live, job->caller.account, &arguments.request,
			  &arguments.selector) ||
	    !lifecycle_review(manager, live))
		return no_such_verdict(reterr_error);

	session.session = arguments.selector.session;
	session.audit_session = arguments.selector.audit_session;
	session.pid = job->caller.pid;
	r = lifecycle_attach(manager, live, &session);
	if (r < 0)
		return sd_bus_error_setf(reterr_error, NITRO_ERROR_INTERNAL,
					 "The session cannot be watched: %s.",
					 strerror(-r));
	return reply_properties(message, live);
}

/* Identifies the caller and counts his question, which is answered at once. */
static int admit(struct manager *manager, sd_bus_message *message,
		 uid_t *ret_account, sd_bus_error *reterr_error)
{
	_cleanup_drop_ struct job *job = NULL;
	int r = manager_admit(manager, JOB_LOOK_AT_VERDICTS, message, 0, &job,
			      reterr_error);

	if (r < 0)
		return r;
	*ret_account = job->caller.account;
	return 0;
}

/* Reads the id that is the first argument. */
static int find(sd_bus_message *message, struct manager *manager,
		struct live **ret_live, sd_bus_error *reterr_error)
{
	struct live *live;
	const char *id;
	int r = sd_bus_message_read_basic(message, 's', &id);

	if (r < 0)
		return r;
	live = lives_find(&manager->lives, id);
	if (live == NULL || !lifecycle_review(manager, live))
		return no_such_verdict(reterr_error);
	*ret_live = live;
	return 0;
}

int method_detach_session(sd_bus_message *message, void *userdata,
			  sd_bus_error *reterr_error)
{
	struct manager *manager = userdata;
	struct live *live;
	uid_t account;
	int r = admit(manager, message, &account, reterr_error);

	if (r < 0)
		return r;
	r = find(message, manager, &live, reterr_error);
	if (r < 0)
		return r;
	if (live->proof->asker != account || live->state != LIVE_ATTACHED)
		return no_such_verdict(reterr_error);
	lifecycle_end(manager, live, verdict_reason_name(REASON_SESSION_ENDED),
		      "");
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
	uid_t account;
	int r = admit(manager, message, &account, reterr_error);

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

int method_get_verdict(sd_bus_message *message, void *userdata,
		       sd_bus_error *reterr_error)
{
	struct manager *manager = userdata;
	struct live *live;
	uid_t account;
	int r = admit(manager, message, &account, reterr_error);

	if (r < 0)
		return r;
	r = find(message, manager, &live, reterr_error);
	return r < 0 ? r : reply_properties(message, live);
}
