/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What has to hold before sudo may depend on the plugin, each with its outcome in
 * words: a table that "nitroctl sudo" prints, and decides by.
 */
#ifndef NITRO_NITROCTL_SUDO_CHECKS_H
#define NITRO_NITROCTL_SUDO_CHECKS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "nitroctl/sudo_trial.h"
#include "nitroctl/sudo_users.h"

/* X(CODE, "name"), in the order in which they are made. */
#define SUDO_CHECK_TABLE(X)                                                    \
	X(SUDO, "sudo")	      /* it can load approval plugins */               \
	X(PLUGIN, "plugin")   /* it can be loaded */                           \
	X(OPTIONS, "options") /* it takes its options */                       \
	X(DAEMON, "daemon")   /* it answers */                                 \
	X(RULES, "rules")     /* one is for service sudo */                    \
	X(ROOT, "root")	      /* he may run a command */                       \
	X(CALLER, "caller")   /* whoever runs nitroctl may, too */             \
	X(LOADED, "loaded")   /* sudo has loaded the plugin */

#define SUDO_CHECK_CODE(code, name) SUDO_CHECK_##code,
enum sudo_check { SUDO_CHECK_TABLE(SUDO_CHECK_CODE) SUDO_CHECK_COUNT };
#undef SUDO_CHECK_CODE

enum sudo_check_state {
	SUDO_CHECK_NOT_MADE,
	SUDO_CHECK_PASSED,
	SUDO_CHECK_WARNING, /* somebody is locked out */
	SUDO_CHECK_REFUSED, /* root is: only --force goes on */
	SUDO_CHECK_BROKEN,  /* sudo would run nothing at all: nothing goes on */
};

struct sudo_checks {
	struct {
		enum sudo_check_state state;
		char text[SUDO_TRIAL_TEXT_SIZE];
	} rows[SUDO_CHECK_COUNT];
	struct sudo_users users;
};

struct sudo_subject {
	const char *path;	/* of the plugin */
	char *const *options;	/* NULL at the end */
	const char *command;	/* that root and the caller try */
	const char *policy_dir; /* NULL: the system's, above the vendor's */
	bool is_listed;		/* sudo.conf names the plugin already */
};

/* All but SUDO_CHECK_LOADED; takes as long as the daemon and sudo take. */
void sudo_checks_make(const struct sudo_subject *subject,
		      struct sudo_checks *ret_checks);

/* SUDO_CHECK_LOADED: sudo, as it is configured by now. */
void sudo_checks_make_loaded(struct sudo_checks *checks);

enum sudo_check_state sudo_checks_worst(const struct sudo_checks *checks);

void sudo_checks_print(FILE *out, const struct sudo_checks *checks);

/* Arrays, NULL when memory is exhausted. */
json_t *json_sudo_checks(const struct sudo_checks *checks);
json_t *json_sudo_users(const struct sudo_checks *checks);

#endif
