/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plugin put to the test before sudo depends on it: loaded in a child as sudo
 * loads it, given its options, and asked about a command as it would be asked in the
 * session that nitroctl runs in.
 */
#ifndef NITRO_NITROCTL_SUDO_TRIAL_H
#define NITRO_NITROCTL_SUDO_TRIAL_H

#include <stddef.h>
#include <sys/types.h>

#include "base/compiler.h"

#define SUDO_TRIAL_TEXT_SIZE 1536

/* How far it came. */
enum sudo_trial_step {
	SUDO_TRIAL_NOT_LOADED,	/* sudo would not load it and run nothing */
	SUDO_TRIAL_BAD_OPTIONS, /* it would refuse every command */
	SUDO_TRIAL_JUDGED,
};

struct sudo_trial {
	enum sudo_trial_step step;
	int decision; /* what check() returned; 1: the command may run */
	char text[SUDO_TRIAL_TEXT_SIZE]; /* why not; "" */
};

struct sudo_trial_case {
	const char *path;     /* of the plugin */
	char *const *options; /* NULL at the end */
	const char *user;
	uid_t uid;
	const char *command;
};

/* No challenge is held: nobody is there to answer it. */
void sudo_trial_run(const struct sudo_trial_case *question,
		    struct sudo_trial *ret_trial);

#endif
