/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing whole or not at all: a file appears under its name only when every
 * byte is in it, and a signal that ends the process finds nothing half done.
 */
#ifndef NITRO_ATTEST_OUTPUT_H
#define NITRO_ATTEST_OUTPUT_H

#include "base/compiler.h"
#include "base/span.h"

#include <sys/types.h>

/* From here to the end of the process, signals that would end it (SIGHUP, SIGINT,
 * SIGQUIT, SIGTERM) wait: what is left to do takes no time. */
void output_hold_signals(void);

/* True when one of them waits. */
bool output_is_ending(void);

/* Waits until a pipe takes a short text at once, but no longer than `wait_ms`: 0,
 * -ETIMEDOUT or a negative errno. Files are always ready. */
int output_wait(int fd, int wait_ms) _must_use_;

/* Writes all bytes. 0 or a negative errno. */
int output_write(int fd, struct span bytes) _must_use_;

/* Makes or replaces the file `name`, relative to `dir_fd`, with exactly these
 * bytes. Replaces nothing but a regular file: -EEXIST otherwise. Call it with
 * signals held. 0 or a negative errno. */
int output_replace(int dir_fd, const char *name, mode_t mode,
		   struct span bytes) _must_use_;

#endif
