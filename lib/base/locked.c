/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/locked.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

static size_t round_to_pages(size_t size)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (size + page - 1) / page * page;
}

int locked_new(size_t capacity, struct locked *ret_locked)
{
	struct locked locked = { NULL, 0, round_to_pages(capacity) };

	locked.data = mmap(NULL, locked.capacity, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (locked.data == MAP_FAILED)
		return -ENOMEM;
	if (mlock(locked.data, locked.capacity) < 0 ||
	    madvise(locked.data, locked.capacity, MADV_DONTDUMP) < 0) {
		int error = errno;

		munmap(locked.data, locked.capacity);
		return error == EPERM ? -EPERM : -ENOMEM;
	}
	*ret_locked = locked;
	return 0;
}

void locked_free(struct locked locked)
{
	if (locked.data == NULL)
		return;
	explicit_bzero(locked.data, locked.capacity);
	munmap(locked.data, locked.capacity);
}

static int check_file(int fd, size_t max, uid_t owner)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ENOTSUP;
	if (st.st_uid != 0 && st.st_uid != owner)
		return -EACCES;
	if ((st.st_mode & (S_IWGRP | S_IRWXO)) != 0)
		return -EPERM;
	if (st.st_size == 0)
		return -ENODATA;
	return st.st_size < 0 || (uintmax_t)st.st_size > max ? -EFBIG : 0;
}

/* The whole of it: one byte too many shows that it grew meanwhile. */
static int read_all(int fd, size_t max, struct locked *locked)
{
	ssize_t n = 1;

	while (n != 0 && locked->size <= max) {
		n = read(fd, locked->data + locked->size,
			 locked->capacity - locked->size);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			locked->size += (size_t)n;
	}
	if (locked->size == 0)
		return -ENODATA;
	return locked->size > max ? -EFBIG : 0;
}

int locked_read_file(const char *path, size_t max, unsigned owner,
		     struct locked *ret_locked)
{
	_cleanup_(locked_freep) struct locked locked = LOCKED_EMPTY;
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
						    O_NONBLOCK | O_NOFOLLOW);
	int r;

	if (fd < 0)
		return -errno;
	r = check_file(fd, max, owner);
	if (r == 0)
		r = locked_new(max + 1, &locked);
	if (r == 0)
		r = read_all(fd, max, &locked);
	if (r < 0)
		return r;
	*ret_locked = locked;
	locked = LOCKED_EMPTY;
	return 0;
}
