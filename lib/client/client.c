/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/client.h"

#include <errno.h>

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

void client_authorize(const char *service, const char *user, struct span nonce,
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
		r = append_request(call, service, user);
	if (r >= 0)
		r = append_bytes(call, nonce);
	if (r >= 0)
		r = append_bytes(call, document);
	if (r >= 0)
		r = sd_bus_message_append(call, "a{sv}", 0);
	if (r < 0) {
		question_failed(r, ret_answer);
		return;
	}
	if (connection_call(&connection, call, &reply, ret_answer))
		answer_from_verdict(reply, ret_answer);
}
