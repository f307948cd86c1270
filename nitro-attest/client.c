/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One client of the server: its document in, the daemon's answer out. It frees
 * itself when its connection has ended and the daemon owes it no answer.
 */
#include "config.h"

#include <errno.h>
#include <sys/epoll.h>

#include "base/clock.h"
#include "client/submission.h"
#include "nitro-attest/deposit.h"
#include "nitro-attest/server_private.h"

#define DEADLINE_ACCURACY_USEC UINT64_C(50000)

_Static_assert(DEPOSIT_DOCUMENT_MAX >= DEPOSIT_ANSWER_MAX,
	       "the answer takes the place of the document");

enum client_state {
	CLIENT_SENDS,	 /* its document */
	CLIENT_WAITS,	 /* for the daemon */
	CLIENT_RECEIVES, /* the answer */
};

struct client {
	LIST_ENTRY(client) list;
	struct server *server;
	enum client_state state;
	struct peer peer;
	size_t place;
	int fd; /* -1: it has left, but the daemon was asked already */
	sd_event_source *io;
	sd_event_source *deadline;
	sd_bus_slot *question;
	size_t done; /* bytes that were read, or written */
	size_t size; /* bytes to read, or to write */
	uint8_t frame[DEPOSIT_HEAD_SIZE + DEPOSIT_DOCUMENT_MAX];
};

/* The connection ends. Its place stays taken for as long as was said. */
static void client_hang_up(struct client *client)
{
	client->io = sd_event_source_disable_unref(client->io);
	client->deadline = sd_event_source_disable_unref(client->deadline);
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
}

void client_free(struct client *client)
{
	if (client == NULL)
		return;

	client_hang_up(client);
	sd_bus_slot_unref(client->question);
	LIST_REMOVE(client, list);
	client->server->client_count--;
	explicit_bzero(client->frame, sizeof(client->frame));
	free(client);
}

/* It leaves without a ticket. */
static void client_dismiss(struct client *client)
{
	peers_hold(&client->server->peers, client->place,
		   clock_boottime_usec() + SERVER_PAUSE_USEC);
	client_free(client);
}

/* Writes what the socket takes. */
static void client_send(struct client *client)
{
	while (client->done < client->size) {
		ssize_t sent = send(client->fd, client->frame + client->done,
				    client->size - client->done, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN &&
		    sd_event_source_set_io_events(client->io, EPOLLOUT) >= 0)
			return;
		if (sent < 0)
			break;
		client->done += (size_t)sent;
	}
	client_free(client);
}

static void client_answer(struct client *client,
			  const struct deposit_answer *answer)
{
	client->size = deposit_write_answer(answer, client->frame);
	client->done = 0;
	client->state = CLIENT_RECEIVES;
	if (client->fd >= 0)
		client_send(client);
	else
		client_free(client);
}

/* An answer that is no ticket. */
static void client_refuse(struct client *client, enum deposit_kind kind,
			  const char *reason, const char *message)
{
	const struct deposit_answer answer = {
		.kind = kind,
		.reason = reason,
		.message = message,
	};

	server_tell(client->peer, reason, message);
	peers_hold(&client->server->peers, client->place,
		   clock_boottime_usec() + SERVER_PAUSE_USEC);
	client_answer(client, &answer);
}

/* Until it expires, the ticket counts against the peer, also when he has left. */
static void client_reward(struct client *client,
			  const struct submission *submission)
{
	bool is_sealed = submission->sealed.size > 0;
	const struct deposit_answer answer = {
		.kind = is_sealed ? DEPOSIT_SEALED : DEPOSIT_TICKET,
		.lifetime_usec = submission->lifetime_usec,
		.ticket = submission->ticket,
		.sealed = buffer_span(&submission->sealed),
	};

	server_tell(client->peer,
		    is_sealed ? "a sealed ticket was issued"
			      : "a ticket was issued",
		    "");
	peers_hold(&client->server->peers, client->place,
		   clock_boottime_usec() + submission->lifetime_usec);
	client_answer(client, &answer);
}

static int on_reply(sd_bus_message *reply, void *userdata,
		    sd_bus_error *reterr_error _unused_)
{
	_cleanup_(submission_clear) struct submission submission;
	struct client *client = userdata;

	submission_read(reply, &submission);
	if (submission.answer.kind == ANSWER_ALLOWED)
		client_reward(client, &submission);
	else
		client_refuse(client,
			      submission.answer.kind == ANSWER_DENIED
				      ? DEPOSIT_REFUSED
				      : DEPOSIT_FAILED,
			      submission.answer.reason,
			      submission.answer.message);
	return 0;
}

static int ask_daemon(struct client *client)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
	struct span document = span_of(client->frame + DEPOSIT_HEAD_SIZE,
				       client->size - DEPOSIT_HEAD_SIZE);
	int r = sd_bus_message_new_method_call(
		client->server->bus, &call, NITRO_BUS_NAME, NITRO_BUS_PATH,
		NITRO_BUS_MANAGER, NITRO_METHOD_SUBMIT);

	if (r >= 0)
		r = submission_append(call, document);
	if (r >= 0)
		r = sd_bus_call_async(client->server->bus, &client->question,
				      call, on_reply, client,
				      CLIENT_TIMEOUT_DEFAULT_USEC);
	return r;
}

/* The whole document is there. From now on only the end of the connection is
 * looked for. */
static void client_ask(struct client *client)
{
	int r;

	client->state = CLIENT_WAITS;
	r = sd_event_source_set_io_events(client->io, 0);
	if (r >= 0)
		r = ask_daemon(client);
	if (r < 0)
		client_refuse(client, DEPOSIT_FAILED, "bus-unavailable",
			      "The daemon cannot be asked.");
}

/* The length is known: goes on to the document, if there may be one like this. */
static bool client_take_head(struct client *client)
{
	size_t size = deposit_read_head(client->frame);

	if (size > 0 && size <= DEPOSIT_DOCUMENT_MAX) {
		client->size += size;
		return true;
	}
	client_refuse(client, DEPOSIT_FAILED, "document-size",
		      "A document has 1 to 16640 bytes.");
	return false;
}

static void client_receive(struct client *client)
{
	while (client->done < client->size) {
		ssize_t size = recv(client->fd, client->frame + client->done,
				    client->size - client->done, 0);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0 && errno == EAGAIN)
			return;
		if (size <= 0) {
			client_dismiss(client);
			return;
		}
		client->done += (size_t)size;
		if (client->done == DEPOSIT_HEAD_SIZE &&
		    client->size == DEPOSIT_HEAD_SIZE &&
		    !client_take_head(client))
			return;
	}
	client_ask(client);
}

static int on_client(sd_event_source *source _unused_, int fd _unused_,
		     uint32_t events _unused_, void *userdata)
{
	struct client *client = userdata;

	switch (client->state) {
	case CLIENT_SENDS:
		client_receive(client);
		break;
	case CLIENT_WAITS:
		/* It has left; the daemon's answer frees the client. */
		client_hang_up(client);
		break;
	case CLIENT_RECEIVES:
		client_send(client);
		break;
	}
	return 0;
}

static int on_deadline(sd_event_source *source _unused_, uint64_t now _unused_,
		       void *userdata)
{
	struct client *client = userdata;

	switch (client->state) {
	case CLIENT_SENDS:
		client_refuse(client, DEPOSIT_FAILED, "client-late",
			      "The document did not arrive in time.");
		break;
	case CLIENT_WAITS:
		client_hang_up(client);
		break;
	case CLIENT_RECEIVES:
		client_free(client);
		break;
	}
	return 0;
}

int client_new_consume(struct server *server, struct peer peer, size_t place,
		       int fd)
{
	struct client *client = calloc(1, sizeof(*client));
	int r;

	if (client == NULL)
		return -ENOMEM;

	client->server = server;
	client->peer = peer;
	client->place = place;
	client->fd = -1;
	client->size = DEPOSIT_HEAD_SIZE;
	LIST_INSERT_HEAD(&server->clients, client, list);
	server->client_count++;
	r = sd_event_add_io(server->event, &client->io, fd, EPOLLIN, on_client,
			    client);
	if (r >= 0)
		r = sd_event_add_time_relative(
			server->event, &client->deadline, CLOCK_BOOTTIME,
			SERVER_CLIENT_USEC, DEADLINE_ACCURACY_USEC, on_deadline,
			client);
	if (r < 0) {
		client_free(client);
		return r;
	}
	client->fd = fd;
	return 0;
}
