/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/client.h"

#include <errno.h>

#include "base/compiler.h"
#include "client/connection.h"

/* Appends the claim about whom it is asked, which every question begins with. */
static int append_request(sd_bus_message *call, const char *service,
			  const char *user)
{
	return sd_bus_message_append(call, "ss", service, user);
}

static int append_bytes(sd_bus_message *call, struct span bytes)
{
	return sd_bus_message_append_array(call, 'y', bytes.data, bytes.size);
}

/* Only what is known. */
static int append_text(sd_bus_message *call, const char *name, const char *text)
{
	if (text == NULL || *text == '\0')
		return 0;
	return sd_bus_message_append(call, "{sv}", name, "s", text);
}

/* The same for bytes. */
static int append_option(sd_bus_message *call, const char *name,
			 struct span bytes)
{
	int r;

	if (bytes.data == NULL)
		return 0;
	r = sd_bus_message_open_container(call, 'e', "sv");
	if (r >= 0)
		r = sd_bus_message_append(call, "s", name);
	if (r >= 0)
		r = sd_bus_message_open_container(call, 'v', "ay");
	if (r >= 0)
		r = append_bytes(call, bytes);
	if (r >= 0)
		r = sd_bus_message_close_container(call);
	return r < 0 ? r : sd_bus_message_close_container(call);
}

static int append_origin(sd_bus_message *call,
			 const struct client_question *question)
{
	const struct {
		const char *name;
		const char *text;
	} options[] = {
		{ NITRO_OPTION_REMOTE_HOST, question->remote_host },
		{ NITRO_OPTION_TTY, question->tty },
		{ NITRO_OPTION_COMMAND, question->command },
		{ NITRO_OPTION_RUN_AS, question->run_as },
		{ NITRO_OPTION_RUN_AS_GROUP, question->run_as_group },
		{ NITRO_OPTION_HOST, question->host },
	};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(options); i++)
		r = append_text(call, options[i].name, options[i].text);
	return r;
}

static int append_session(sd_bus_message *call,
			  const struct client_session *session)
{
	int r = append_text(call, NITRO_OPTION_SESSION, session->logind);

	if (r < 0 || session->audit == CLIENT_AUDIT_SESSION_NONE)
		return r;
	return sd_bus_message_append(call, "{sv}", NITRO_OPTION_AUDIT_SESSION,
				     "u", session->audit);
}

static int append_selector(sd_bus_message *call,
			   const struct client_selector *selector)
{
	if (selector->verdict != NULL)
		return append_text(call, NITRO_OPTION_VERDICT,
				   selector->verdict);
	if (selector->ssh_key.data != NULL)
		return append_option(call, NITRO_OPTION_SSH_KEY,
				     selector->ssh_key);
	return append_session(call, selector->session);
}

static bool question_failed(int error, struct answer *reterr_answer)
{
	return answer_fail(reterr_answer,
			   error == -ENOMEM ? ANSWER_FAILURE_NO_MEMORY
					    : ANSWER_FAILURE_QUESTION_INVALID,
			   NULL);
}

/* Every question begins with a connection of its own and ends with its reply; the
 * arguments stand between, and their first error is `r`. */
static bool begin(const char *method, uint64_t timeout_usec,
		  struct connection *connection, sd_bus_message **ret_call,
		  struct answer *reterr_answer)
{
	int r;

	if (!connection_open(timeout_usec, connection, reterr_answer))
		return false;
	r = connection_new_call(connection, NITRO_BUS_MANAGER, method,
				ret_call);
	return r >= 0 || question_failed(r, reterr_answer);
}

static bool finish(struct connection *connection, sd_bus_message *call, int r,
		   sd_bus_message **ret_reply, struct answer *reterr_answer)
{
	if (r < 0)
		return question_failed(r, reterr_answer);
	return connection_call(connection, call, ret_reply, reterr_answer);
}

bool client_create_challenge(const char *service, const char *user,
			     uint64_t timeout_usec,
			     struct client_challenge *ret_challenge,
			     struct answer *reterr_answer)
{
	_cleanup_connection_ struct connection connection = CONNECTION_CLOSED;
	_cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;
	int r;

	if (!begin(NITRO_METHOD_CREATE_CHALLENGE, timeout_usec, &connection,
		   &call, reterr_answer))
		return false;
	r = append_request(call, service, user);
	if (r >= 0)
		r = sd_bus_message_append(call, "a{sv}", 0);
	return finish(&connection, call, r, &reply, reterr_answer) &&
	       answer_from_challenge(reply, ret_challenge, reterr_answer);
}

/* Everything of a call of Authorize behind service and user. */
static int append_evidence(sd_bus_message *call,
			   const struct client_question *question,
			   struct span nonce, struct span document)
{
	int r = append_bytes(call, nonce);

	if (r >= 0)
		r = append_bytes(call, document);
	if (r >= 0)
		r = sd_bus_message_open_container(call, 'a', "{sv}");
	if (r >= 0)
		r = append_origin(call, question);
	if (r >= 0)
		r = append_option(call, NITRO_OPTION_SSH_KEY,
				  question->ssh_key);
	if (r >= 0)
		r = append_option(call, NITRO_OPTION_MANIFEST,
				  question->manifest);
	if (r >= 0)
		r = append_option(call, NITRO_OPTION_SIGNATURE,
				  question->signature);
	if (r >= 0)
		r = append_text(call, NITRO_OPTION_TICKET, question->ticket);
	return r < 0 ? r : sd_bus_message_close_container(call);
}

void client_authorize(const struct client_question *question, struct span nonce,
		      struct span document, uint64_t timeout_usec,
		      struct answer *ret_answer)
{
	_cleanup_connection_ struct connection connection = CONNECTION_CLOSED;
	_cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;
	int r;

	if (!begin(NITRO_METHOD_AUTHORIZE, timeout_usec, &connection, &call,
		   ret_answer))
		return;
	r = append_request(call, question->service, question->user);
	if (r >= 0)
		r = append_evidence(call, question, nonce, document);
	if (finish(&connection, call, r, &reply, ret_answer))
		answer_from_verdict(reply, ret_answer);
}

void client_check_verdict(const struct client_question *question,
			  const struct client_selector *selector,
			  uint64_t timeout_usec, struct answer *ret_answer)
{
	_cleanup_connection_ struct connection connection = CONNECTION_CLOSED;
	_cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;
	int r;

	if (!begin(NITRO_METHOD_CHECK_VERDICT, timeout_usec, &connection, &call,
		   ret_answer))
		return;
	r = append_request(call, question->service, question->user);
	if (r >= 0)
		r = sd_bus_message_open_container(call, 'a', "{sv}");
	if (r >= 0)
		r = append_selector(call, selector);
	if (r >= 0)
		r = append_origin(call, question);
	if (r >= 0)
		r = sd_bus_message_close_container(call);
	if (finish(&connection, call, r, &reply, ret_answer))
		answer_from_verdict(reply, ret_answer);
}

void client_attach_session(const char *id,
			   const struct client_question *question,
			   const struct client_session *session,
			   uint64_t timeout_usec, struct answer *ret_answer)
{
	_cleanup_connection_ struct connection connection = CONNECTION_CLOSED;
	_cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;
	int r;

	if (!begin(NITRO_METHOD_ATTACH_SESSION, timeout_usec, &connection,
		   &call, ret_answer))
		return;
	r = sd_bus_message_append(call, "s", id);
	if (r >= 0)
		r = append_request(call, question->service, question->user);
	if (r >= 0)
		r = sd_bus_message_open_container(call, 'a', "{sv}");
	if (r >= 0)
		r = append_session(call, session);
	if (r >= 0)
		r = sd_bus_message_close_container(call);
	if (finish(&connection, call, r, &reply, ret_answer))
		answer_from_attachment(reply, id, ret_answer);
}

bool client_detach_session(const char *id, uint64_t timeout_usec,
			   struct answer *reterr_answer)
{
	_cleanup_connection_ struct connection connection = CONNECTION_CLOSED;
	_cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;
	int r;

	if (!begin(NITRO_METHOD_DETACH_SESSION, timeout_usec, &connection,
		   &call, reterr_answer))
		return false;
	r = sd_bus_message_append(call, "s", id);
	if (!finish(&connection, call, r, &reply, reterr_answer))
		return false;
	return sd_bus_message_has_signature(reply, "") ||
	       answer_fail(reterr_answer, ANSWER_FAILURE_REPLY_MALFORMED, NULL);
}
