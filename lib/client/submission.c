/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/submission.h"

#include <errno.h>
#include <string.h>

#include "client/connection.h"

bool ticket_is_valid(const char *text)
{
	return strnlen(text, NITRO_TICKET_LENGTH + 1) == NITRO_TICKET_LENGTH &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz234567") ==
		       NITRO_TICKET_LENGTH;
}

int submission_append(sd_bus_message *call, struct span document)
{
	int r = sd_bus_message_append_array(call, 'y', document.data,
					    document.size);

	return r < 0 ? r : sd_bus_message_append(call, "a{sv}", 0);
}

/* The parts of a reply, borrowed from it. */
struct parts {
	const char *ticket;
	struct span sealed;
	uint64_t lifetime_usec;
};

static bool read_parts(sd_bus_message *reply, struct parts *ret_parts)
{
	const void *sealed;

	if (!sd_bus_message_has_signature(reply, NITRO_SUBMIT_OUT) ||
	    sd_bus_message_read(reply, "st", &ret_parts->ticket,
				&ret_parts->lifetime_usec) <= 0 ||
	    sd_bus_message_read_array(reply, 'y', &sealed,
				      &ret_parts->sealed.size) < 0)
		return false;
	ret_parts->sealed.data = sealed;
	return true;
}

/* What belongs to the answer, and nothing else. */
static bool parts_fit(const struct parts *parts, enum answer_kind kind)
{
	bool has_ticket = parts->ticket[0] != '\0';
	bool is_sealed = parts->sealed.size > 0;

	if (kind != ANSWER_ALLOWED)
		return !has_ticket && !is_sealed;
	return has_ticket != is_sealed && parts->lifetime_usec > 0 &&
	       (!has_ticket || ticket_is_valid(parts->ticket)) &&
	       parts->sealed.size <= SUBMISSION_SEALED_MAX;
}

static int copy_sealed(struct span sealed, struct buffer *ret_buffer)
{
	uint8_t *data;

	if (sealed.size == 0)
		return 0;

	data = malloc(sealed.size);
	if (data == NULL)
		return -ENOMEM;

	memcpy(data, sealed.data, sealed.size);
	*ret_buffer = (struct buffer){ data, sealed.size };
	return 0;
}

static void read_reply(sd_bus_message *reply, struct submission *submission)
{
	struct parts parts;

	if (!read_parts(reply, &parts)) {
		answer_fail(&submission->answer, ANSWER_FAILURE_REPLY_MALFORMED,
			    NULL);
		return;
	}
	answer_from_decision(reply, &submission->answer);
	if (submission->answer.kind == ANSWER_UNAVAILABLE)
		return;
	if (!parts_fit(&parts, submission->answer.kind)) {
		answer_fail(&submission->answer, ANSWER_FAILURE_REPLY_MALFORMED,
			    "the ticket does not fit the decision");
		return;
	}
	if (copy_sealed(parts.sealed, &submission->sealed) < 0) {
		answer_fail(&submission->answer, ANSWER_FAILURE_NO_MEMORY,
			    NULL);
		return;
	}
	memcpy(submission->ticket, parts.ticket, strlen(parts.ticket) + 1);
	submission->lifetime_usec = parts.lifetime_usec;
}

void submission_read(sd_bus_message *reply, struct submission *ret_submission)
{
	*ret_submission = (struct submission){ .sealed = BUFFER_EMPTY };
	if (sd_bus_message_is_method_error(reply, NULL))
		answer_from_error(reply, &ret_submission->answer);
	else
		read_reply(reply, ret_submission);
}

void client_submit(struct span document, uint64_t timeout_usec,
		   struct submission *ret_submission)
{
	_cleanup_connection_ struct connection connection = CONNECTION_CLOSED;
	_cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;
	int r;

	*ret_submission = (struct submission){ .sealed = BUFFER_EMPTY };
	if (!connection_open(timeout_usec, &connection,
			     &ret_submission->answer))
		return;
	r = connection_new_call(&connection, NITRO_BUS_MANAGER,
				NITRO_METHOD_SUBMIT, &call);
	if (r >= 0)
		r = submission_append(call, document);
	if (r < 0)
		answer_fail(&ret_submission->answer, ANSWER_FAILURE_NO_MEMORY,
			    NULL);
	else if (connection_exchange(&connection, call, &reply,
				     &ret_submission->answer))
		submission_read(reply, ret_submission);
}

void submission_clear(struct submission *submission)
{
	explicit_bzero(submission->ticket, sizeof(submission->ticket));
	buffer_free(submission->sealed);
	submission->sealed = BUFFER_EMPTY;
}
