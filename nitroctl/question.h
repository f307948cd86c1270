/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would be asked of the policy by a login, from the command line: options that
 * several verbs share, and the user's groups from this host if none are given.
 */
#ifndef NITRO_NITROCTL_QUESTION_H
#define NITRO_NITROCTL_QUESTION_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "nitroctl/command.h"
#include "policy/request.h"

/* As many as anybody is in. */
#define QUESTION_GROUPS_MAX 1024u

/* The struct of a verb with QUESTION_OPTIONS begins with one. */
struct question {
	struct request request; /* borrows from the command line and `names` */
	bool has_groups;	/* --group was given */
	const char *groups[QUESTION_GROUPS_MAX];
	char *names[QUESTION_GROUPS_MAX]; /* those that were looked up */
	size_t name_count;
	const char *policy_dir; /* NULL: the system's, above the vendor's */
};

bool question_set_service(void *settings, const char *argument);
bool question_set_user(void *settings, const char *argument);
bool question_set_group(void *settings, const char *argument);
bool question_set_remote_host(void *settings, const char *argument);
bool question_set_tty(void *settings, const char *argument);
bool question_set_command(void *settings, const char *argument);
bool question_set_run_as(void *settings, const char *argument);
bool question_set_run_as_group(void *settings, const char *argument);
bool question_set_host(void *settings, const char *argument);
bool question_set_policy(void *settings, const char *argument);

#define QUESTION_POLICY_OPTION                                                 \
	{                                                                      \
		"policy", "DIR",                                               \
			"the configuration in DIR, instead "                   \
			"of " NITRO_CONFIG_DIR "\nabove " NITRO_VENDOR_DIR,    \
			question_set_policy                                    \
	}

#define QUESTION_OPTIONS                                                       \
	{ "service", "SERVICE", "the PAM service (sshd)",                      \
	  question_set_service },                                              \
		{ "user", "USER", "the user who logs in", question_set_user }, \
		{ "group", "GROUP",                                            \
		  "a group of the user, may be repeated; without it the\n"     \
		  "user's groups on this host",                                \
		  question_set_group },                                        \
		{ "remote-host", "HOST",                                       \
		  "where the user comes from; without it: a local login",      \
		  question_set_remote_host },                                  \
		{ "tty", "TTY", "the user's terminal (pts/1)",                 \
		  question_set_tty },                                          \
		{ "command", "FILE", "what is run by sudo",                    \
		  question_set_command },                                      \
		{ "run-as", "USER", "whom sudo runs it as",                    \
		  question_set_run_as },                                       \
		{ "run-as-group", "GROUP",                                     \
		  "which group sudo runs it as, if not that user's own",       \
		  question_set_run_as_group },                                 \
		{ "host", "HOST", "what sudo calls this host",                 \
		  question_set_host },                                         \
		QUESTION_POLICY_OPTION

/* Both of --service and --user were given, with texts that the daemon takes. A
 * complaint if only one was, or one is empty or too long. */
bool question_is_complete(const struct question *question);
/* Neither was, nor anything that needs them. */
bool question_is_absent(const struct question *question);

/* Looks up the user's groups unless --group was given; a user whom this host does
 * not know has none. EXIT_NOT_JUDGED after a complaint. */
enum exit_code question_find_groups(struct question *question) _must_use_;

void question_deinit(struct question *question);

#endif
