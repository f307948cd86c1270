/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ownership in one place: a local that owns something is declared with
 * _cleanup_(), and handing it on is said with TAKE_PTR() or TAKE_FD(). There is
 * no goto in this project because of this file.
 */
#ifndef NITRO_BASE_CLEANUP_H
#define NITRO_BASE_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(function) __attribute__((cleanup(function)))

/* Defines function##p, the cleanup of a `type` local that function() releases.
 * Every release function of the project accepts NULL. */
#define DEFINE_CLEANUP(type, function)                                         \
	static inline void function##p(type *pointer)                          \
	{                                                                      \
		function(*pointer);                                            \
	}

#define TAKE_PTR(pointer)                                                      \
	({                                                                     \
		__typeof__(pointer) taken_ = pointer;                          \
		pointer = NULL;                                                \
		taken_;                                                        \
	})

#define TAKE_FD(fd)                                                            \
	({                                                                     \
		int taken_ = fd;                                               \
		fd = -1;                                                       \
		taken_;                                                        \
	})

static inline void free_pointer(void *pointer)
{
	free(*(void **)pointer);
}

static inline void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void close_file(FILE **file)
{
	if (*file != NULL)
		fclose(*file);
}

static inline void close_dir(DIR **dir)
{
	if (*dir != NULL)
		closedir(*dir);
}

#define _cleanup_free_	   _cleanup_(free_pointer)
#define _cleanup_close_	   _cleanup_(close_fd)
#define _cleanup_fclose_   _cleanup_(close_file)
#define _cleanup_closedir_ _cleanup_(close_dir)

#endif
