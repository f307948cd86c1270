/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One nitroctl at a time changes something. The lock is a file that only root can
 * open, so that nobody else can hold it; it ends with the process that holds it.
 */
#ifndef NITRO_NITROCTL_LOCK_H
#define NITRO_NITROCTL_LOCK_H

#include "base/compiler.h"

/* Makes or opens `name` in the directory `dir_fd` and waits until nobody else holds
 * it, 10 seconds at the most, because an admin may be thinking about an answer. The
 * descriptor, which is the lock, or a negative errno: -EBUSY. */
int lock_wait(int dir_fd, const char *name) _must_use_;

#endif
