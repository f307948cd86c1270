/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who wants to use what, and from where: a request of the policy that owns its
 * texts, so that it can outlive the message it came with.
 */
#ifndef NITRO_POLICYD_QUESTION_H
#define NITRO_POLICYD_QUESTION_H

#include <stdbool.h>

#include "base/compiler.h"
#include "nitro-policyd/groups.h"
#include "policy/request.h"

/* The texts of a request: X(member). All but the first two may be NULL. */
#define QUESTION_TEXTS(X)                                                      \
	X(service)                                                             \
	X(user)                                                                \
	X(remote_host)                                                         \
	X(tty)                                                                 \
	X(command)                                                             \
	X(run_as)                                                              \
	X(run_as_group)                                                        \
	X(host)

struct question {
#define QUESTION_MEMBER(name) char *name;
	QUESTION_TEXTS(QUESTION_MEMBER)
#undef QUESTION_MEMBER
	uint8_t *ssh_key; /* NULL: none */
	size_t ssh_key_size;
	/* Looked up only where a rule asks for groups. */
	bool has_groups;
	struct groups groups;
};

/* Copies the texts and the key of `request`, not its groups. 0 or -ENOMEM; either way the
 * caller clears what it gets. */
int question_copy(const struct request *request,
		  struct question *ret_question) _must_use_;
void question_clear(struct question *question);

/* Borrowed from `question`. */
struct request question_request(const struct question *question);

#endif
