/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A private connection to the system bus, bound by one deadline from its opening
 * to its end, and to one process: the owner of the daemon's name at the time of
 * opening, whose user has been checked. Private to lib/client.
 */
#ifndef NITRO_CLIENT_CONNECTION_H
#define NITRO_CLIENT_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "base/cleanup.h"
#include "base/compiler.h"
#include "client/answer.h"

/* A unique name has at most 255 characters (D-Bus specification, "Message
 * Protocol/Valid Names"). */
#define CONNECTION_NAME_SIZE 256

struct connection {
	sd_bus *bus;
	uint64_t deadline_usec;		   /* CLOCK_MONOTONIC */
	char daemon[CONNECTION_NAME_SIZE]; /* unique name */
};

#define CONNECTION_CLOSED ((struct connection){ .bus = NULL })

/* Connects, starts the daemon if it is not running, and makes sure that it is the
 * daemon. On failure *reterr_answer says why. Close it in either case. */
bool connection_open(uint64_t timeout_usec, struct connection *ret_connection,
		     struct answer *reterr_answer);

/* A call of a method of the daemon's object, without arguments yet. 0 or a
 * negative errno. */
int connection_new_call(struct connection *connection, const char *interface,
			const char *method,
			sd_bus_message **ret_call) _must_use_;

/* Sends `call` and waits for its reply, which may be a D-Bus error. False (and
 * *reterr_answer) when there is none before the deadline. */
bool connection_exchange(struct connection *connection, sd_bus_message *call,
			 sd_bus_message **ret_reply,
			 struct answer *reterr_answer);

/* The same for a call whose errors say all in their message: False (and
 * *reterr_answer) also when the reply is a D-Bus error. */
bool connection_call(struct connection *connection, sd_bus_message *call,
		     sd_bus_message **ret_reply, struct answer *reterr_answer);

/* Closes at once; nothing is flushed, because flushing waits. */
void connection_close(struct connection *connection);

#define _cleanup_message_    _cleanup_(sd_bus_message_unrefp)
#define _cleanup_connection_ _cleanup_(connection_close)

#endif
