/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May the sender of a message do what only root may do by itself? polkit is asked,
 * and the loop does not wait for it. Silence, absence and nonsense are a no. The
 * sender is named by his unique bus name, which nobody else can get.
 */
#ifndef NITRO_POLICYD_POLKIT_H
#define NITRO_POLICYD_POLKIT_H

#include <stdbool.h>

#include "nitro-policyd/job.h"

/* Told in the loop. `why` says for people why not; NULL when allowed. */
typedef void (*polkit_then)(struct job *job, const char *why);

/* Asks about the sender of job->message. 0, and `then` will be called unless the
 * question is withdrawn before; or a negative errno. If the message allows it,
 * somebody may be asked for a password meanwhile. */
int polkit_ask(struct job *job, const char *action,
	       polkit_then then) _must_use_;

/* Forgets the question of a job, if there is one. */
void polkit_withdraw(struct job *job);

#endif
