/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asks: the credentials that the bus gives for the sender, never what stands
 * in a message. Root and the daemon's own user may ask about anybody; so may the user of
 * sshd's command, but only what that asks; everybody else asks about himself.
 */
#ifndef NITRO_POLICYD_CALLER_H
#define NITRO_POLICYD_CALLER_H

#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

#include "base/compiler.h"
#include "nitro-policyd/account.h"
#include "nitro-policyd/limits.h"

/* ":1.42" and longer; the bus allows 255 characters. */
#define CALLER_NAME_SIZE 256

/* As whom nitro-authorized-keys runs. */
#define CALLER_KEYS_USER "nitro-keys"

struct caller {
	uid_t uid; /* effective, when it connected to the bus */
	/* Whose limits and whose challenges and verdicts: the uid, or ACCOUNT_KEYS for
	 * the user of sshd's command, or that of root for the daemon's own user. Who
	 * acts as this user can do what the daemon does, so nothing is given away. */
	uid_t account;
	pid_t pid;		     /* 0: not known */
	char name[CALLER_NAME_SIZE]; /* unique name on the bus */
};

struct journal;

/* Credentials by unique name. The bus never gives a unique name twice, and those
 * of a connection never change, so what was learnt once stays true. */
struct callers {
	uid_t keys_uid; /* of CALLER_KEYS_USER; (uid_t)-1: there is none */
	size_t next;
	struct caller known[CALLERS_REMEMBERED];
	sd_bus *bus; /* for questions about senders only; NULL: not open yet */
};

/* Finds out who CALLER_KEYS_USER is, who need not exist, in the host's user database.
 * Where that does not answer he is like anybody, and the journal says so. */
void callers_init(struct callers *callers, const struct journal *journal);

/* Closes the connection. */
void callers_clear(struct callers *callers);

/* The sender of `message`. 0, or the negative errno of asking the bus: then
 * nobody knows who asks, and nothing must be done for him. */
int caller_identify(struct callers *callers, sd_bus_message *message,
		    struct caller *ret_caller) _must_use_;

static inline bool caller_is_root(const struct caller *caller)
{
	return caller->uid == 0;
}

/* Root, or the daemon's own user. */
static inline bool caller_is_privileged(const struct caller *caller)
{
	return caller->account == ACCOUNT_ROOT;
}

/* sshd's command: what it says comes from strangers. */
static inline bool caller_is_keys(const struct caller *caller)
{
	return caller->account == ACCOUNT_KEYS;
}

/* Whether this caller may ask about the user name `user`: 0, -EACCES, or the
 * error of the lookup. Looks in the host's user database, which may take long:
 * for workers only. */
int caller_may_ask_about(const struct caller *caller,
			 const char *user) _must_use_;

#endif
