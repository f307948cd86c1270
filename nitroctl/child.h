/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work that may crash or hang, in a process of its own: it has a pipe to say
 * something, and a time after which it is killed.
 */
#ifndef NITRO_NITROCTL_CHILD_H
#define NITRO_NITROCTL_CHILD_H

#include <stddef.h>
#include <sys/types.h>

#include "base/compiler.h"

struct child {
	pid_t pid;
	int fd; /* parent: what the child says; child: where to say it */
};

/* Forks. 0 in the parent and *ret_child; 1 in the child, which must not return from
 * the caller but end with _exit() or by executing something; or a negative errno. */
int child_fork(struct child *ret_child) _must_use_;

/* Reads until the child closes its pipe, at most `size` bytes; more are lost. The
 * child is gone afterwards. *ret_status is that of waitpid(). 0, or -ETIMEDOUT when
 * it had to be killed, or another negative errno. */
int child_collect(struct child *child, unsigned seconds, void *bytes,
		  size_t size, size_t *ret_size, int *ret_status) _must_use_;

#endif
