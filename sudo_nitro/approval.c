/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "sudo_nitro/approval.h"

#include <limits.h>
#include <syslog.h>

#include "base/time_units.h"
#include "client/conversation.h"
#include "client/refusal.h"
#include "client/session.h"
#include "sudo_nitro/ask.h"

#define SERVICE "sudo"

static bool is_in_session(const struct client_session *session)
{
	return session->logind[0] != '\0' ||
	       session->audit != CLIENT_AUDIT_SESSION_NONE;
}

static void check_session(const struct approval *approval,
			  const struct client_question *question,
			  const struct client_session *session,
			  struct answer *ret_answer)
{
	const struct client_selector selector = { .session = session };

	if (!is_in_session(session)) {
		refusal_give(REFUSAL_NO_SESSION, NULL, ret_answer);
		return;
	}
	client_check_verdict(question, &selector,
			     approval->options.timeout_usec, ret_answer);
}

/* A verdict that a challenge was answered for counts for the rest of the session, as
 * if the user had logged in by it; otherwise the command's own commands, which
 * nobody can be asked about, would be refused. */
static void attach(const struct approval *approval,
		   const struct client_question *question,
		   const struct client_session *session,
		   const struct answer *answer)
{
	struct answer attached;

	if (answer->id[0] == '\0' || !is_in_session(session))
		return;
	client_attach_session(answer->id, question, session,
			      approval->options.timeout_usec, &attached);
	if (attached.kind != ANSWER_ALLOWED)
		syslog(LOG_AUTHPRIV | LOG_WARNING,
		       "sudo_nitro: verdict %s counts for one command only: "
		       "%s (%s)",
		       answer->id, attached.message, attached.reason);
}

/* Seconds, rounded up; sudo takes 0 for no limit. */
static int timeout_of(const struct client_challenge *challenge)
{
	uint64_t seconds = challenge->lifetime_usec / USEC_PER_SEC;

	return seconds >= INT_MAX ? INT_MAX : (int)seconds + 1;
}

/* Leaves *answer, a denial, as it is when there is nobody to ask. */
static void challenge(const struct approval *approval,
		      struct client_question question,
		      const struct client_session *session,
		      struct answer *answer)
{
	_cleanup_(conversation_reply_clear) struct conversation_reply reply =
		CONVERSATION_REPLY_EMPTY;
	const uint64_t timeout = approval->options.timeout_usec;
	struct ask ask = { .converse = approval->converse };
	struct conversation conversation = ask_by(&ask);
	struct client_challenge fresh;
	struct answer failure;

	if (!client_create_challenge(SERVICE, question.user, timeout, &fresh,
				     answer))
		return;
	ask.timeout_seconds = timeout_of(&fresh);
	if (!conversation_hold(&conversation, &fresh, ASK_CHARACTERS_MAX,
			       &reply, &failure)) {
		if (!ask.failed)
			*answer = failure;
		return;
	}
	question.ticket = reply.ticket;
	question.manifest = buffer_span(&reply.manifest);
	question.signature = buffer_span(&reply.signature);
	client_authorize(&question, span_of(fresh.nonce, sizeof(fresh.nonce)),
			 buffer_span(&reply.document), timeout, answer);
	if (answer->kind == ANSWER_ALLOWED)
		attach(approval, &question, session, answer);
}

/* A rule that nobody satisfies yet, or a session that nobody knows: fresh evidence
 * may help. Without a rule nothing does. */
static bool is_worth_a_challenge(const struct approval *approval,
				 const struct client_session *session,
				 const struct answer *answer)
{
	return approval->options.challenge && approval->converse != NULL &&
	       answer->kind == ANSWER_DENIED &&
	       (answer->rule[0] != '\0' || !is_in_session(session));
}

void approval_judge(const struct approval *approval, char *const command_info[],
		    struct answer *ret_answer)
{
	struct client_question question = {
		.service = SERVICE,
		.user = approval->invoker.user,
		.tty = approval->invoker.tty,
		.host = approval->invoker.host,
	};
	struct command command;
	struct session session;

	if (!command_read(command_info, &command, ret_answer))
		return;
	question.command = command.path;
	question.run_as = command.run_as;
	question.run_as_group = command.run_as_group;
	session_find(&session);
	if (approval->options.debug)
		syslog(LOG_AUTHPRIV | LOG_DEBUG,
		       "sudo_nitro: session \"%s\", audit session %u",
		       session.logind, session.names.audit);

	check_session(approval, &question, &session.names, ret_answer);
	if (is_worth_a_challenge(approval, &session.names, ret_answer))
		challenge(approval, question, &session.names, ret_answer);
}
