/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes documents on listening sockets, passes each to the daemon and answers with
 * what it says (deposit.h). One thread, nothing waits; whoever is slow, silent or
 * greedy is cut off and takes nothing away from the others. Nothing that arrives is
 * looked at but its length.
 */
#ifndef NITRO_ATTEST_SERVER_H
#define NITRO_ATTEST_SERVER_H

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "base/cleanup.h"
#include "base/compiler.h"
#include "base/time_units.h"

#define SERVER_CLIENTS_MAX 64u

/* Listening sockets. */
#define SERVER_LISTENERS_MAX 8u

/* A client has so long for all that it sends and receives. */
#define SERVER_CLIENT_USEC (10 * USEC_PER_SEC)

/* The place of a client that got no ticket is taken for so long after it. */
#define SERVER_PAUSE_USEC USEC_PER_SEC

struct server;

/* `event` and `bus`, which is attached to it, outlive the server. 0 or -ENOMEM. */
int server_new(sd_event *event, sd_bus *bus,
	       struct server **ret_server) _must_use_;
void server_free(struct server *server);
DEFINE_CLEANUP(struct server *, server_free)

/* Serves a listening, non-blocking stream socket; it stays the caller's. 0, -EMFILE
 * when there are too many, or a negative errno. */
int server_add_listener(struct server *server, int fd) _must_use_;

#endif
