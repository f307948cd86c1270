/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a whole file without being fooled: the file is opened first and the
 * descriptor is judged afterwards, its size is bounded, and devices, FIFOs and
 * directories are refused before anything is read from them.
 */
#ifndef NITRO_BASE_READ_FILE_H
#define NITRO_BASE_READ_FILE_H

#include <sys/types.h>

#include "base/cleanup.h"
#include "base/compiler.h"
#include "base/span.h"

/* Bytes that belong to whoever holds the struct. A NUL stands after the last
 * byte, outside `size`, so that text can be given to C string functions. */
struct buffer {
	uint8_t *data;
	size_t size;
};

struct read_file_limits {
	size_t max_size; /* bytes; a larger file is refused, not cut */
	/* Trusted files belong to root or to `owner` and cannot be written by
	 * group or others; they are not reached through a symbolic link in the
	 * last component. */
	bool trusted;
	uid_t owner;
};

/* Reads `name`, relative to the directory `dir_fd` or to AT_FDCWD. `-` is a name
 * like any other. Returns 0, or: -ENOTSUP not a regular file; -EFBIG larger than
 * max_size; -EACCES (trusted) wrong owner; -EPERM (trusted) writable by others;
 * -ELOOP (trusted) a symbolic link; -ENOMEM; -EAGAIN changed size while being
 * read; any other negative errno of open() and read(). */
int read_file_at(int dir_fd, const char *name,
		 const struct read_file_limits *limits,
		 struct buffer *ret_buffer) _must_use_;

/* Reads a descriptor that has no size (a pipe, a terminal) to its end, within
 * max_size bytes. Returns 0, -EFBIG, -ENOMEM or the negative errno of read(). */
int read_stream(int fd, size_t max_size, struct buffer *ret_buffer) _must_use_;

/* One sentence for an error of read_file_at(), for people; static text. */
const char *read_file_explain(int error);

void buffer_free(struct buffer buffer);

static inline struct span buffer_span(const struct buffer *buffer)
{
	return span_of(buffer->data, buffer->size);
}

DEFINE_CLEANUP(struct buffer, buffer_free)

#define BUFFER_EMPTY ((struct buffer){ NULL, 0 })

#endif
