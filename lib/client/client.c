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
	};
	int r = sd_bus_message_open_container(call, 'a', "{sv}");

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(options); i++)
		if (options[i].text != NULL && *options[i].text != '\0')
			r = sd_bus_message_append(call, "{sv}", options[i].name,
						  "s", options[i].text);
	return r < 0 ? r : sd_bus_message_close_container(call);
}

static bool question_failed(int error, struct answer *reterr_answer)
{
	return answer_fail(reterr_answer,
			   error == -ENOMEM ? ANSWER_FAILURE_NO_MEMORY
					    : ANSWER_FAILURE_QUESTION_INVALID,
			   NULL);
}

bool client_create_challenge(const char *service, const char *user,
			     uint64_t timeout_usec,
			     struct client_challenge *ret_challenge,
			     struct answer *reterr_answer)
{
	_cleanup_connection_ struct connection connection = CONNECTION_CLOSED;
	_cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;
	int r;

	if (!connection_open(timeout_usec, &connection, reterr_answer))
		return false;
	r = connection_new_call(&connection, NITRO_BUS_MANAGER,
				NITRO_METHOD_CREATE_CHALLENGE, &call);
	if (r >= 0)
		r = append_request(call, service, user);
	if (r >= 0)
		r = sd_bus_message_append(call, "a{sv}", 0);
	if (r < 0)
		return question_failed(r, reterr_answer);

	return connection_call(&connection, call, &reply, reterr_answer) &&
	       answer_from_challenge(reply, ret_challenge, reterr_answer);
}

void client_authorize(const struct client_question *question, struct span nonce,
		      struct span document, uint64_t timeout_usec,
		      struct answer *ret_answer)
{
	_cleanup_connection_ struct connection connection = CONNECTION_CLOSED;
	_cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;
	int r;

	if (!connection_open(timeout_usec, &connection, ret_answer))
		return;
	r = connection_new_call(&connection, NITRO_BUS_MANAGER,
				NITRO_METHOD_AUTHORIZE, &call);
	if (r >= 0)
		r = append_request(call, question->service, question->user);
	if (r >= 0)
		r = append_bytes(call, nonce);
	if (r >= 0)
		r = append_bytes(call, document);
	if (r >= 0)
		r = append_origin(call, question);
	if (r < 0) {
		question_failed(r, ret_answer);
		return;
	}
	if (connection_call(&connection, call, &reply, ret_answer))
		answer_from_verdict(reply, ret_answer);
}
