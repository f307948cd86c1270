/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may have how much in the daemon at one time. It counts what is in flight
 * and nothing else, so its table is as bounded as the calls are. Used by one
 * thread.
 */
#ifndef NITRO_POLICYD_QUOTA_H
#define NITRO_POLICYD_QUOTA_H

#include <stddef.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/compiler.h"

struct quota;

/* NULL when memory is exhausted. */
struct quota *quota_new(void) _must_use_;
void quota_free(struct quota *quota);
DEFINE_CLEANUP(struct quota *, quota_free)

/* Counts one call of `bytes` bytes for an account. 0; -EDQUOT when it has too much in
 * flight; -EBUSY when all together have. Nobody can take the places that are kept for
 * root, nor users those of sshd's command, nor that those of users. Each 0 needs one
 * quota_release(). */
int quota_acquire(struct quota *quota, uid_t uid, size_t bytes) _must_use_;
void quota_release(struct quota *quota, uid_t uid, size_t bytes);

/* Calls in flight. */
size_t quota_calls(const struct quota *quota);

#endif
