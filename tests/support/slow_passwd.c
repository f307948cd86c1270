/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A user database that does not answer, for tests: loaded in front of libc's, it
 * makes every lookup of another uid than root's wait, and every lookup of a name
 * fail. The real one does this when a directory server is away.
 */
#include "config.h"

#include <errno.h>
#include <pwd.h>
#include <stddef.h>
#include <unistd.h>

#include "base/compiler.h"

_export_ int getpwnam_r(const char *name _unused_,
			struct passwd *entry _unused_, char *buffer _unused_,
			size_t size _unused_, struct passwd **ret_entry)
{
	*ret_entry = NULL;
	return EIO;
}

_export_ int getpwuid_r(uid_t uid, struct passwd *entry _unused_,
			char *buffer _unused_, size_t size _unused_,
			struct passwd **ret_entry)
{
	*ret_entry = NULL;
	if (uid != 0)
		sleep(60);
	return ENOENT;
}
