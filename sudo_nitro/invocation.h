/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who runs sudo, and what for: read from the vectors of "name=value" that sudo gives
 * to its plugins. Never from the environment or the command line, which the one who
 * wants something wrote himself.
 */
#ifndef NITRO_SUDO_INVOCATION_H
#define NITRO_SUDO_INVOCATION_H

#include <stdbool.h>

#include "base/compiler.h"
#include "client/client.h"

/* Bytes, as long as each may be in a rule. */
#define INVOKER_USER_MAX 256
#define INVOKER_HOST_MAX 256
#define INVOKER_TTY_MAX	 64

/* Copies: what sudo gives to open() need not live until check(). */
struct invoker {
	char user[INVOKER_USER_MAX + 1];
	char host[INVOKER_HOST_MAX + 1];
	char tty[INVOKER_TTY_MAX + 1]; /* without "/dev/"; "": none */
	bool is_root;		       /* by his real user id */
};

/* Reads `user_info`. True and *ret_invoker; or false and *reterr_answer. */
bool invoker_read(char *const user_info[], struct invoker *ret_invoker,
		  struct answer *reterr_answer) _must_use_;

/* Whether the vector says "NAME=true". */
bool setting_is_true(char *const vector[], const char *name);

/* "#" and an id, for users and groups without a name. */
#define COMMAND_RUN_AS_SIZE 16

/* As long as a command may be in a rule. */
#define COMMAND_PATH_MAX 4096

/* The texts borrow from the vector, or from the struct itself. */
struct command {
	const char *path; /* as the host sees it; or "sudoedit" */
	const char *run_as;
	const char *run_as_group; /* "": the own one of that user */
	char path_in_chroot[COMMAND_PATH_MAX + 1];
	char run_as_number[COMMAND_RUN_AS_SIZE];
	char run_as_group_number[COMMAND_RUN_AS_SIZE];
};

/* Reads `command_info`. True and *ret_command, which must not be copied; or false
 * and *reterr_answer. */
bool command_read(char *const command_info[], struct command *ret_command,
		  struct answer *reterr_answer) _must_use_;

#endif
