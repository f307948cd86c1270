/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/logind.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "nitro-policyd/journal_live.h"
#include "nitro-policyd/lifecycle.h"
#include "nitro-policyd/limits.h"

#define LOGIND_NAME	 "org.freedesktop.login1"
#define LOGIND_PATH	 "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"

struct logind_question {
	struct job *job;
	logind_then then;
	sd_bus_slot *slot;
};

/* What was asked of logind when a verdict had ended. */
struct action {
	struct manager *manager;
	struct ended ended;
};

static void end_session_in(const struct live_list *list, const char *session)
{
	struct live *live = TAILQ_FIRST(list);

	while (live != NULL) {
		struct live *next = TAILQ_NEXT(live, list);

		if (live->state == LIVE_ATTACHED &&
		    strcmp(live->session, session) == 0)
			lifecycle_end_for(live, REASON_SESSION_ENDED);
		live = next;
	}
}

/* SessionRemoved(s id, o path). Anybody can send a signal to us alone and call it
 * so; logind runs as root. */
static int on_removed(sd_bus_message *message, void *userdata,
		      sd_bus_error *reterr_error _unused_)
{
	struct manager *manager = userdata;
	struct caller sender;
	const char *session;

	if (sd_bus_message_read_basic(message, 's', &session) <= 0 ||
	    session[0] == '\0' ||
	    caller_identify(&manager->callers, message, &sender) < 0 ||
	    !caller_is_privileged(&sender))
		return 0;
	end_session_in(&manager->lives.list, session);
	end_session_in(&manager->lives.unjudged, session);
	return 0;
}

/* One of a(susso): id, uid, name, seat, path. */
static int read_session(sd_bus_message *sessions, const char **ret_id,
			uid_t *ret_uid)
{
	uint32_t uid;
	int r = sd_bus_message_enter_container(sessions, 'r', "susso");

	if (r <= 0)
		return r;
	r = sd_bus_message_read(sessions, "su", ret_id, &uid);
	if (r >= 0)
		r = sd_bus_message_skip(sessions, "sso");
	if (r < 0)
		return r;
	*ret_uid = uid;
	return sd_bus_message_exit_container(sessions);
}

bool logind_has(sd_bus_message *sessions, const char *session, uid_t *ret_uid)
{
	const char *id;
	uid_t uid;

	if (sd_bus_message_rewind(sessions, true) < 0 ||
	    sd_bus_message_enter_container(sessions, 'a', "(susso)") <= 0)
		return false;
	while (read_session(sessions, &id, &uid) > 0)
		if (strcmp(id, session) == 0) {
			*ret_uid = uid;
			return true;
		}
	return false;
}

static const char *read_answer(sd_bus_message *reply, const struct job *job)
{
	const sd_bus_error *error = sd_bus_message_get_error(reply);
	uid_t uid;

	if (error != NULL &&
	    sd_bus_error_has_names(error, SD_BUS_ERROR_NO_REPLY,
				   SD_BUS_ERROR_TIMEOUT))
		return "logind did not answer in time";
	if (error != NULL)
		return "logind is not there";
	if (!logind_has(reply, job->session, &uid))
		return "logind knows no such session";
	if (!caller_is_privileged(&job->caller) && uid != job->caller.uid)
		return "it is the session of another user";
	return NULL;
}

void logind_withdraw(struct job *job)
{
	struct logind_question *question = TAKE_PTR(job->logind);

	if (question == NULL)
		return;

	sd_bus_slot_unref(question->slot);
	free(question);
}

static int on_answer(sd_bus_message *reply, void *userdata,
		     sd_bus_error *reterr_error _unused_)
{
	struct logind_question *question = userdata;
	struct job *job = question->job;
	logind_then then = question->then;

	logind_withdraw(job);
	then(job, read_answer(reply, job));
	return 0;
}

static int make_call(sd_bus *bus, const char *member, sd_bus_message **ret_call)
{
	return sd_bus_message_new_method_call(bus, ret_call, LOGIND_NAME,
					      LOGIND_PATH, LOGIND_INTERFACE,
					      member);
}

int logind_ask(struct job *job, logind_then then)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
	struct logind_question *question = calloc(1, sizeof(*question));
	sd_bus *bus = job->manager->bus;
	int r;

	if (question == NULL)
		return -ENOMEM;

	question->job = job;
	question->then = then;
	job->logind = question;
	r = make_call(bus, "ListSessions", &call);
	if (r >= 0)
		r = sd_bus_call_async(bus, &question->slot, call, on_answer,
				      question, LOGIND_USEC);
	if (r < 0)
		logind_withdraw(job);
	return r;
}

static void end_gone_in(const struct live_list *list, sd_bus_message *sessions)
{
	struct live *live = TAILQ_FIRST(list);
	uid_t uid;

	while (live != NULL) {
		struct live *next = TAILQ_NEXT(live, list);

		if (live->session[0] != '\0' &&
		    !logind_has(sessions, live->session, &uid))
			lifecycle_end_for(live, REASON_SESSION_ENDED);
		live = next;
	}
}

/* Without an answer they go on: nobody says that they are over. */
static int on_sessions(sd_bus_message *reply, void *userdata,
		       sd_bus_error *reterr_error _unused_)
{
	struct manager *manager = userdata;
	const sd_bus_error *error = sd_bus_message_get_error(reply);

	if (error != NULL) {
		journal_note(&manager->journal, LOG_WARNING,
			     "logind has started again and does not say which "
			     "sessions there are: %s.",
			     error->message != NULL ? error->message
						    : error->name);
		return 0;
	}
	end_gone_in(&manager->lives.list, reply);
	end_gone_in(&manager->lives.unjudged, reply);
	return 0;
}

/* NameOwnerChanged(s name, s before, s now), of the bus alone. Of a session that ended
 * while there was no logind, no signal may ever tell. */
static int on_owner(sd_bus_message *message, void *userdata,
		    sd_bus_error *reterr_error _unused_)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
	_cleanup_(sd_bus_slot_unrefp) sd_bus_slot *slot = NULL;
	struct manager *manager = userdata;
	const char *sender = sd_bus_message_get_sender(message);
	const char *name, *before, *now;

	if (sender == NULL || strcmp(sender, "org.freedesktop.DBus") != 0 ||
	    sd_bus_message_read(message, "sss", &name, &before, &now) <= 0 ||
	    now[0] == '\0')
		return 0;
	if (make_call(manager->bus, "ListSessions", &call) < 0 ||
	    sd_bus_call_async(manager->bus, &slot, call, on_sessions, manager,
			      LOGIND_START_USEC) < 0 ||
	    sd_bus_slot_set_floating(slot, true) < 0)
		journal_note(&manager->journal, LOG_WARNING,
			     "logind has started again and cannot be asked "
			     "which sessions there are.");
	return 0;
}

int logind_watch(struct manager *manager)
{
	int r = sd_bus_match_signal_async(
		manager->bus, NULL, LOGIND_NAME, LOGIND_PATH, LOGIND_INTERFACE,
		"SessionRemoved", on_removed, NULL, manager);

	return r < 0 ? r
		     : sd_bus_add_match_async(
			       manager->bus, NULL,
			       "type='signal',sender='org.freedesktop.DBus',"
			       "path='/org/freedesktop/DBus',"
			       "interface='org.freedesktop.DBus',"
			       "member='NameOwnerChanged',arg0='" LOGIND_NAME
			       "'",
			       on_owner, NULL, manager);
}

int logind_list(sd_bus *bus, sd_bus_message **ret_sessions)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
	int r = make_call(bus, "ListSessions", &call);

	return r < 0 ? r
		     : sd_bus_call(bus, call, LOGIND_USEC, NULL, ret_sessions);
}

static int on_acted(sd_bus_message *reply, void *userdata,
		    sd_bus_error *reterr_error _unused_)
{
	const struct action *action = userdata;
	const sd_bus_error *error = sd_bus_message_get_error(reply);
	const char *why = NULL;

	if (error != NULL)
		why = error->message != NULL ? error->message : error->name;
	journal_acted(&action->manager->journal, &action->ended, why);
	return 0;
}

/* The answer finds the action as long as the connection lives. */
static int start_action(struct manager *manager, const struct ended *ended,
			const char *member)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
	_cleanup_(sd_bus_slot_unrefp) sd_bus_slot *slot = NULL;
	_cleanup_free_ struct action *action = calloc(1, sizeof(*action));
	int r = make_call(manager->bus, member, &call);

	if (action == NULL)
		return -ENOMEM;

	*action = (struct action){ manager, *ended };
	if (r >= 0)
		r = sd_bus_message_append(call, "s", ended->session);
	if (r >= 0)
		r = sd_bus_call_async(manager->bus, &slot, call, on_acted,
				      action, LOGIND_USEC);
	if (r >= 0)
		r = sd_bus_slot_set_destroy_callback(slot, free);
	if (r < 0)
		return r;
	TAKE_PTR(action);
	return sd_bus_slot_set_floating(slot, true);
}

void logind_act(struct manager *manager, const struct live *live)
{
	static const char *const members[] = {
		[ON_REVOKE_LOG] = NULL,
		[ON_REVOKE_LOCK] = "LockSession",
		[ON_REVOKE_TERMINATE] = "TerminateSession",
	};
	const char *member = members[live->on_revoke];
	struct ended ended = ended_of(live);
	int r;

	if (member == NULL)
		return;
	if (live->session[0] == '\0') {
		journal_acted(&manager->journal, &ended,
			      "logind has no such session");
		return;
	}
	r = start_action(manager, &ended, member);
	if (r < 0)
		journal_acted(&manager->journal, &ended, strerror(-r));
}
