/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session that this process is in, as the kernel knows it. Never what an
 * environment says: users write their environments themselves.
 */
#ifndef NITRO_CLIENT_SESSION_H
#define NITRO_CLIENT_SESSION_H

#include "client/client.h"

/* logind's ids are short; a longer one is taken for none. */
#define SESSION_LOGIND_SIZE 64

struct session {
	char logind[SESSION_LOGIND_SIZE]; /* from the control group; "": none */
	struct client_session names; /* `logind` above, and audit session */
};

/* Asks nobody and waits for nobody: reads /proc/self. *ret_session refers to
 * itself: it must not be copied. */
void session_find(struct session *ret_session);

#endif
