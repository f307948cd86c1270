/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/write_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#define FILE_MODE 0644

static int write_all(int fd, struct span bytes)
{
	size_t done = 0;

	while (done < bytes.size) {
		ssize_t n = write(fd, bytes.data + done, bytes.size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		done += (size_t)n;
	}
	return 0;
}

static int write_new(int dir_fd, const char *name, struct span bytes)
{
	/* O_EXCL: what stands there by now is not ours and not written to. */
	_cleanup_close_ int fd =
		openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		       FILE_MODE);
	int r;

	if (fd < 0)
		return -errno;
	r = write_all(fd, bytes);
	if (r < 0)
		return r;
	/* The mode is ours, not what the umask left of it. The bytes reach the
	 * disk before the name does. */
	if (fchmod(fd, FILE_MODE) < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

int write_file_at(int dir_fd, const char *name, struct span bytes)
{
	_cleanup_free_ char *temporary = NULL;
	int r;

	if (asprintf(&temporary, ".%s.new", name) < 0) {
		temporary = NULL;
		return -ENOMEM;
	}
	if (unlinkat(dir_fd, temporary, 0) < 0 && errno != ENOENT)
		return -errno;
	r = write_new(dir_fd, temporary, bytes);
	if (r == 0 && renameat(dir_fd, temporary, dir_fd, name) < 0)
		r = -errno;
	if (r < 0) {
		(void)unlinkat(dir_fd, temporary, 0);
		return r;
	}
	return fsync(dir_fd) < 0 ? -EIO : 0;
}

int remove_file_at(int dir_fd, const char *name)
{
	if (unlinkat(dir_fd, name, 0) < 0)
		return -errno;
	return fsync(dir_fd) < 0 ? -EIO : 0;
}
