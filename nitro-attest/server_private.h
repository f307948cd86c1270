/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What server.c, which lets clients in, and client.c, which serves them, share.
 */
#ifndef NITRO_ATTEST_SERVER_PRIVATE_H
#define NITRO_ATTEST_SERVER_PRIVATE_H

#include <sys/queue.h>

#include "nitro-attest/peers.h"
#include "nitro-attest/server.h"

struct client;

struct server {
	sd_event *event;
	sd_bus *bus;
	struct peers peers;
	LIST_HEAD(, client) clients;
	size_t client_count;
	sd_event_source *listeners[SERVER_LISTENERS_MAX];
	size_t listener_count;
};

/* One line on standard error, which is the journal. Never a ticket. */
void server_tell(struct peer peer, const char *what, const char *why);

/* Serves a connection from now to its end; fd is the client's from success on. 0, or
 * a negative errno. */
int client_new_consume(struct server *server, struct peer peer, size_t place,
		       int fd) _must_use_;
void client_free(struct client *client);

#endif
