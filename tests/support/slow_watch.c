/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kernel that takes a second to begin to watch files, for tests: loaded in front of
 * libc's. What is written meanwhile must not be missed.
 */
#include "config.h"

#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/compiler.h"

_export_ int inotify_init1(int flags)
{
	sleep(1);
	return (int)syscall(SYS_inotify_init1, flags);
}
