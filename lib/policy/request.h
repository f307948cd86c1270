/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked of the policy: may this user use this service? The texts are
 * claims of the caller until the daemon has judged who the caller is.
 */
#ifndef NITRO_POLICY_REQUEST_H
#define NITRO_POLICY_REQUEST_H

#include <stddef.h>

#include "base/span.h"

/* Bytes; whoever asks with more is matched by no rule. */
#define REQUEST_SERVICE_MAX 64
#define REQUEST_USER_MAX    256
#define REQUEST_GROUP_MAX   256
#define REQUEST_HOST_MAX    256
#define REQUEST_TTY_MAX	    64
#define REQUEST_COMMAND_MAX 4096

/* All of it is borrowed. A text that is NULL or "" was not given: a rule that
 * names the key does not match then, whatever its patterns are. */
struct request {
	const char *service; /* PAM service name, 1..REQUEST_SERVICE_MAX */
	const char *user;    /* login name, 1..REQUEST_USER_MAX */
	const char *const *groups; /* names of all the user's groups */
	size_t group_count;
	const char *remote_host; /* name or address; none: a local login */
	const char *tty;	 /* "pts/1", as PAM_TTY has it */
	const char *command;	 /* sudo: absolute path, without arguments */
	const char *run_as;	 /* sudo: name of the user it shall run as */
	/* sudo: name of the group it shall run as, where that is not the user's own;
	 * a rule matches it only by naming the key */
	const char *run_as_group;
	const char *host; /* sudo: name of the host, as sudoers has it */
	/* The public key in SSH wire format, never a certificate, that was proven
	 * to whoever asks. SPAN_ABSENT: none. */
	struct span ssh_key;
};

#endif
