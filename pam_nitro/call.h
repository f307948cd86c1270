/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call of a hook: what the program and the stack say, the question that follows
 * from it, and its answer. Lives on the hook's stack and is gone when it returns.
 */
#ifndef NITRO_PAM_CALL_H
#define NITRO_PAM_CALL_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "base/compiler.h"
#include "client/client.h"
#include "pam_nitro/decision.h"
#include "pam_nitro/options.h"

/* As long as names may be in a rule. */
#define CALL_USER_MAX	 256
#define CALL_SERVICE_MAX OPTIONS_SERVICE_MAX
#define CALL_HOST_MAX	 256
#define CALL_TTY_MAX	 64

/* What an earlier phase left behind, see memory.h. */
struct memory {
	char id[ANSWER_ID_SIZE];      /* "": there is no live verdict */
	char user[CALL_USER_MAX + 1]; /* "": not known any more */
	char service[CALL_SERVICE_MAX + 1];
	bool attached; /* to a session, through this handle */
};

struct call {
	pam_handle_t *pamh;
	enum phase phase;
	bool silent;
	struct options options;
	struct client_question question; /* borrows from here */
	struct answer answer;
	struct memory memory;
	char user[CALL_USER_MAX + 1];
	char service[CALL_SERVICE_MAX + 1];
	char remote_host[CALL_HOST_MAX + 1];
	char tty[CALL_TTY_MAX + 1];
};

/* The arguments of a hook, as libpam gives them. */
struct hook {
	enum phase phase;
	int flags;
	int argc;
	const char **argv;
};

/* Fills in all but the question. False when an option is wrong, which has been
 * reported then: the hook fails with PAM_SERVICE_ERR. */
bool call_begin(struct call *ret_call, pam_handle_t *pamh,
		const struct hook *hook);

/* Who wants what, and from where. False and call->answer when that cannot be put
 * into a question. */
bool call_find_question(struct call *call);

/* One line with the priority LOG_DEBUG where the stack says `debug`. */
void call_debug(const struct call *call, const char *format, ...)
	_printf_(2, 3);

/* Tells admin and user of the answer. */
void call_report(const struct call *call);

/* The same, and turns the answer into the phase's code. */
int call_end(const struct call *call);

#endif
