/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulator's side of the socket. One connection, one request, one response,
 * one after the other: a connection that stays silent is closed when its
 * deadline passes, and never holds up the others for longer.
 */
#ifndef NITRO_NSM_LISTENER_H
#define NITRO_NSM_LISTENER_H

#include "base/compiler.h"
#include "base/span.h"
#include "nsm/protocol.h"

/* How long one connection may take to say its request, and to take its answer. */
#define NSM_CLIENT_DEADLINE_MS 1000u

/* Answers one request, which may be anything up to NSM_REQUEST_MAX + 1 bytes
 * (longer ones are cut to that, and still too large). Returns the bytes of the
 * answer; 0 closes the connection without one. */
typedef size_t
nsm_answer_function(void *context, struct span request,
		    uint8_t ret_response[static NSM_RESPONSE_MAX]);

/* Makes a socket at `path`, mode 0600, in place of one that nobody serves any
 * more. Returns the descriptor; or -EADDRINUSE when it is served, -EEXIST when
 * something else has the name, or another negative errno. */
int nsm_listen(const char *path) _must_use_;

/* Takes one waiting connection and serves it. 0, or a negative errno that
 * concerns only this connection. */
int nsm_serve_connection(int listener, nsm_answer_function *answer,
			 void *context) _must_use_;

#endif
