/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for a descriptor within a deadline. The rest of an operation that has one
 * deadline for all its parts waits by the same point in time.
 */
#ifndef NITRO_BASE_WAIT_FD_H
#define NITRO_BASE_WAIT_FD_H

#include <stdint.h>

#include "base/compiler.h"

/* Until `fd` has one of `events` (poll(2)), an error, or its end; signals do not end
 * it. 0, -ETIMEDOUT at `deadline_ms` of clock_monotonic_ms(), or a negative errno of
 * poll(). Reading or writing may block all the same: use descriptors that do not. */
int wait_fd(int fd, short events, int64_t deadline_ms) _must_use_;

#endif
