/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling the running daemon to reload, and telling the admin what came of it.
 */
#ifndef NITRO_NITROCTL_RELOAD_H
#define NITRO_NITROCTL_RELOAD_H

#include <jansson.h>

#include "client/admin.h"

enum reload_state {
	RELOAD_NOT_ASKED,
	RELOAD_DONE,
	RELOAD_ABSENT,	/* no daemon runs: it reads the files when it starts */
	RELOAD_REFUSED, /* the daemon said no, and keeps what it has */
	RELOAD_UNKNOWN, /* no answer: it may have reloaded, or not */
};

struct reload {
	enum reload_state state;
	struct client_reload client; /* empty for RELOAD_NOT_ASKED */
};

/* Asks; `keeping` for ReloadKeeping. To be released by reload_clear(). */
void reload_ask(bool keeping, struct reload *ret_reload);
void reload_clear(struct reload *reload);

/* One line on standard output, or complaints with all the daemon's lines. */
void reload_print(const struct reload *reload);

/* {"state", "generation", "reason", "message", "hint", "lines"}; NULL when memory
 * is exhausted. */
json_t *json_reload(const struct reload *reload);

#endif
