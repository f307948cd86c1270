/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-attest/server.h"

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>

#include <linux/vm_sockets.h>

#include "base/clock.h"
#include "nitro-attest/deposit.h"
#include "nitro-attest/server_private.h"

void server_tell(struct peer peer, const char *what, const char *why)
{
	fprintf(stderr, "%s %u: %s%s%s\n",
		peer.family == AF_VSOCK ? "CID" : "user", peer.id, what,
		why[0] != '\0' ? ": " : "", why);
}

static int identify(int fd, struct peer *ret_peer)
{
	struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
	socklen_t size = sizeof(address);
	struct ucred credentials;

	if (getpeername(fd, (struct sockaddr *)&address, &size) < 0)
		return -errno;
	ret_peer->family = address.ss_family;
	if (address.ss_family == AF_VSOCK) {
		ret_peer->id = ((struct sockaddr_vm *)&address)->svm_cid;
		return 0;
	}
	size = sizeof(credentials);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
		return -errno;
	ret_peer->id = credentials.uid;
	return 0;
}

/* Nobody waits for a client that is not let in: what its socket does not take at
 * once is lost. */
static void turn_away(int fd, struct peer peer, const char *message)
{
	uint8_t frame[DEPOSIT_HEAD_SIZE + DEPOSIT_ANSWER_MAX];
	const struct deposit_answer answer = {
		.kind = DEPOSIT_FAILED,
		.reason = "too-many",
		.message = message,
	};

	server_tell(peer, answer.reason, message);
	(void)!send(fd, frame, deposit_write_answer(&answer, frame),
		    MSG_NOSIGNAL);
}

static void admit(struct server *server, int *fd)
{
	struct peer peer;
	size_t place;
	int r = identify(*fd, &peer);

	if (r < 0)
		return;
	if (server->client_count >= SERVER_CLIENTS_MAX) {
		turn_away(*fd, peer, "Too many connections; try again.");
		return;
	}
	r = peers_take(&server->peers, peer, clock_boottime_usec(),
		       clock_boottime_usec() + SERVER_CLIENT_USEC, &place);
	if (r == -EDQUOT)
		turn_away(*fd, peer,
			  "Too many connections or tickets of this "
			  "peer; tickets expire by themselves.");
	else if (r < 0)
		turn_away(*fd, peer, "Too many peers; try again.");
	else if (client_new_consume(server, peer, place, *fd) >= 0)
		*fd = -1;
}

static int on_connection(sd_event_source *source _unused_, int listener,
			 uint32_t events _unused_, void *userdata)
{
	_cleanup_close_ int fd =
		accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0)
		admit(userdata, &fd);
	else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
		return -errno;
	return 0;
}

int server_new(sd_event *event, sd_bus *bus, struct server **ret_server)
{
	struct server *server = calloc(1, sizeof(*server));

	if (server == NULL)
		return -ENOMEM;

	server->event = event;
	server->bus = bus;
	LIST_INIT(&server->clients);
	*ret_server = server;
	return 0;
}

int server_add_listener(struct server *server, int fd)
{
	sd_event_source **listener = &server->listeners[server->listener_count];
	int r;

	if (server->listener_count == SERVER_LISTENERS_MAX)
		return -EMFILE;
	r = sd_event_add_io(server->event, listener, fd, EPOLLIN, on_connection,
			    server);
	/* What cannot be accepted would be tried again without end. */
	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(*listener, true);
	if (r < 0)
		return r;

	server->listener_count++;
	return 0;
}

void server_free(struct server *server)
{
	if (server == NULL)
		return;

	while (!LIST_EMPTY(&server->clients))
		client_free(LIST_FIRST(&server->clients));
	for (size_t i = 0; i < server->listener_count; i++)
		sd_event_source_disable_unref(server->listeners[i]);
	free(server);
}
