/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replacing a whole file so that nobody ever sees half of it: not a reader, not the
 * next start after a power failure, not when the disk is full. The caller makes
 * sure that one process at a time writes into the directory.
 */
#ifndef NITRO_BASE_WRITE_FILE_H
#define NITRO_BASE_WRITE_FILE_H

#include "base/compiler.h"
#include "base/span.h"

/* Makes `name` in the directory `dir_fd` a file of mode 0644 with these bytes,
 * whatever it was before: they are written to ".NAME.new" first, which an
 * interruption may leave behind and the next writing replaces. 0, or a negative
 * errno with `name` as it was; only -EIO may come from the very end, when the name
 * is new already but perhaps not on the disk. */
int write_file_at(int dir_fd, const char *name, struct span bytes) _must_use_;

/* The same for a file of somebody else's: owner, group, mode, access control list
 * and SELinux label stay those of the file that `like_fd` is open for. */
int replace_file_at(int dir_fd, const char *name, int like_fd,
		    struct span bytes) _must_use_;

/* Removes `name`, durably. 0 or a negative errno. */
int remove_file_at(int dir_fd, const char *name) _must_use_;

#endif
