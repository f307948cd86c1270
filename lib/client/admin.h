/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What admins ask the daemon: to read its configuration again, and what exactly the
 * policy in force says. Never used by gates. Lists are bounded; texts are what the
 * daemon sent and must be made printable before they reach a terminal.
 */
#ifndef NITRO_CLIENT_ADMIN_H
#define NITRO_CLIENT_ADMIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "client/answer.h"

/* More entries, or a longer text, make the reply malformed: a text that was cut
 * could not be compared. */
#define CLIENT_ADMIN_LIST_MAX  65536
#define CLIENT_ADMIN_TEXT_MAX  65536 /* with its NUL */
#define CLIENT_ADMIN_NAME_SIZE 128

/* What a reload came to. */
struct client_reload {
	bool done;
	uint64_t generation; /* done: of the policy in force now */
	/* Not done: the reason is the D-Bus error's name, or a code of answer.h
	 * when nobody answered. Else empty. */
	struct answer answer;
	/* Error PolicyInvalid: what is wrong with the configuration. Error
	 * WouldDeny: what is in force and would be lost. Else none. */
	char **lines;
	size_t line_count;
};

/* Asks for Reload, or with `keeping` for ReloadKeeping. For a caller other than
 * root polkit may ask somebody for a password meanwhile: give it time then. Every
 * outcome is in *ret_reload, which is to be cleared. */
void client_reload(bool keeping, uint64_t timeout_usec,
		   struct client_reload *ret_reload);
void client_reload_clear(struct client_reload *reload);

/* One part of a policy: "image/x", "release/x/1" or "rule/y", and its canonical
 * text as policy_describe() writes it. */
struct client_policy_part {
	char *name;
	char *text;
};

struct client_policy {
	uint64_t generation;
	char digest[CLIENT_ADMIN_NAME_SIZE]; /* hex */
	struct client_policy_part *parts;
	size_t part_count;
};

/* The policy in force. True and *ret_policy, which the caller frees; or false and
 * *reterr_answer (ANSWER_UNAVAILABLE). Only root may ask. */
bool client_describe_policy(uint64_t timeout_usec,
			    struct client_policy **ret_policy,
			    struct answer *reterr_answer);
void client_policy_free(struct client_policy *policy);
DEFINE_CLEANUP(struct client_policy *, client_policy_free)

struct sd_bus_message;

/* Read the replies of these calls. Reload's may be a D-Bus error. */
void admin_read_reload(struct sd_bus_message *reply,
		       struct client_reload *ret_reload);
bool admin_read_policy(struct sd_bus_message *reply,
		       struct client_policy **ret_policy,
		       struct answer *reterr_answer);

#endif
