/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who would still get through sudo: users who are likely to be in sudoers, and the
 * rule for service sudo that names each. It reads the configuration on disk; whether
 * somebody's session holds a verdict, only the daemon knows.
 */
#ifndef NITRO_NITROCTL_SUDO_USERS_H
#define NITRO_NITROCTL_SUDO_USERS_H

#include <stdbool.h>
#include <stddef.h>

#include "nitroctl/command.h"

#define SUDO_USERS_MAX	     64
#define SUDO_USERS_NAME_SIZE 257

struct sudo_user {
	char name[SUDO_USERS_NAME_SIZE];
	/* The first rule that could match one of his commands; "": there is none,
	 * and he is locked out. */
	char rule[SUDO_USERS_NAME_SIZE];
	bool is_audit; /* that rule only records what it would refuse */
};

struct sudo_users {
	size_t rule_count; /* rules for service sudo */
	size_t count;
	struct sudo_user users[SUDO_USERS_MAX];
};

/* The user `extra` (NULL: nobody), and the members of the groups that sudoers
 * usually names, by the rules in `policy_dir` (NULL: the system's). EXIT_ALLOWED, or
 * EXIT_NOT_JUDGED after complaints. */
enum exit_code sudo_users_find(const char *policy_dir, const char *extra,
			       struct sudo_users *ret_users) _must_use_;

#endif
