/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define STREAM_STEP 4096u

void buffer_free(struct buffer buffer)
{
	free(buffer.data);
}

static int check_file(int fd, const struct read_file_limits *limits,
		      size_t *ret_size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ENOTSUP;
	if (limits->trusted) {
		if (st.st_uid != 0 && st.st_uid != limits->owner)
			return -EACCES;
		if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
			return -EPERM;
	}
	if (st.st_size < 0 || (uintmax_t)st.st_size > limits->max_size)
		return -EFBIG;

	*ret_size = (size_t)st.st_size;
	return 0;
}

/* Reads until `capacity` bytes are there or the file ends. */
static int read_up_to(int fd, uint8_t *bytes, size_t capacity, size_t *ret_size)
{
	size_t size = 0;

	while (size < capacity) {
		ssize_t n = read(fd, bytes + size, capacity - size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		size += (size_t)n;
	}
	*ret_size = size;
	return 0;
}

int read_file_at(int dir_fd, const char *name,
		 const struct read_file_limits *limits,
		 struct buffer *ret_buffer)
{
	/* O_NONBLOCK: a FIFO without a writer must not hold us in open(). */
	const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
			  (limits->trusted ? O_NOFOLLOW : 0);
	_cleanup_(buffer_freep) struct buffer buffer = BUFFER_EMPTY;
	_cleanup_close_ int fd = openat(dir_fd, name, flags);
	size_t size = 0;
	int r;

	if (fd < 0)
		return -errno;
	r = check_file(fd, limits, &size);
	if (r < 0)
		return r;

	/* One byte more than the size shows a file that grows; the same byte
	 * later holds the NUL. */
	buffer.data = malloc(size + 1);
	if (buffer.data == NULL)
		return -ENOMEM;
	r = read_up_to(fd, buffer.data, size + 1, &buffer.size);
	if (r < 0)
		return r;
	if (buffer.size != size)
		return -EAGAIN;

	buffer.data[size] = '\0';
	*ret_buffer = buffer;
	buffer = BUFFER_EMPTY;
	return 0;
}

int read_stream(int fd, size_t max_size, struct buffer *ret_buffer)
{
	_cleanup_(buffer_freep) struct buffer buffer = BUFFER_EMPTY;
	size_t capacity = 0;

	for (;;) {
		uint8_t *larger;
		size_t n;
		int r;

		capacity += STREAM_STEP;
		larger = realloc(buffer.data, capacity + 1);
		if (larger == NULL)
			return -ENOMEM;
		buffer.data = larger;
		r = read_up_to(fd, buffer.data + buffer.size,
			       capacity - buffer.size, &n);
		if (r < 0)
			return r;
		buffer.size += n;
		if (buffer.size > max_size)
			return -EFBIG;
		if (buffer.size < capacity)
			break;
	}
	buffer.data[buffer.size] = '\0';
	*ret_buffer = buffer;
	buffer = BUFFER_EMPTY;
	return 0;
}

const char *read_file_explain(int error)
{
	switch (error) {
	case -ENOTSUP:
		return "is not a regular file";
	case -EFBIG:
		return "is too large";
	case -EACCES:
		return "cannot be opened, or does not belong to root";
	case -EPERM:
		return "can be written by group or others (chmod go-w)";
	case -ELOOP:
		return "is a symbolic link";
	case -ENOMEM:
		return "does not fit in memory";
	case -EAGAIN:
		return "changed while it was being read";
	default:
		return strerror(-error);
	}
}
