/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/write_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/cleanup.h"

#define FILE_MODE 0644

/* More than any label or list that is in use. */
#define XATTR_SIZE 4096

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

/* An attribute that the file has not, or the file system does not know, stays
 * away. */
static int copy_attribute(int from_fd, int to_fd, const char *name)
{
	char value[XATTR_SIZE];
	ssize_t size = fgetxattr(from_fd, name, value, sizeof(value));

	if (size < 0)
		return errno == ENODATA || errno == ENOTSUP ? 0 : -errno;
	return fsetxattr(to_fd, name, value, (size_t)size, 0) < 0 ? -errno : 0;
}

/* The owner first: changing it takes bits of the mode away. */
static int become_like(int fd, int like_fd)
{
	struct stat st;
	int r;

	if (fstat(like_fd, &st) < 0 || fchown(fd, st.st_uid, st.st_gid) < 0 ||
	    fchmod(fd, st.st_mode & 07777) < 0)
		return -errno;
	r = copy_attribute(like_fd, fd, "system.posix_acl_access");
	return r < 0 ? r : copy_attribute(like_fd, fd, "security.selinux");
}

/* `like_fd` is -1 for a file of the project's own. */
static int write_new(int dir_fd, const char *name, int like_fd,
		     struct span bytes)
{
	/* O_EXCL: what stands there by now is not ours and not written to. */
	_cleanup_close_ int fd =
		openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		       like_fd < 0 ? FILE_MODE : 0600);
	int r;

	if (fd < 0)
		return -errno;
	r = write_all(fd, bytes);
	if (r >= 0 && like_fd >= 0)
		r = become_like(fd, like_fd);
	/* The mode is ours, not what the umask left of it. */
	else if (r >= 0 && fchmod(fd, FILE_MODE) < 0)
		r = -errno;
	/* The bytes reach the disk before the name does. */
	if (r >= 0 && fsync(fd) < 0)
		r = -errno;
	return r;
}

static int write_and_rename(int dir_fd, const char *name, int like_fd,
			    struct span bytes)
{
	_cleanup_free_ char *temporary = NULL;
	int r;

	if (asprintf(&temporary, ".%s.new", name) < 0) {
		temporary = NULL;
		return -ENOMEM;
	}
	if (unlinkat(dir_fd, temporary, 0) < 0 && errno != ENOENT)
		return -errno;
	r = write_new(dir_fd, temporary, like_fd, bytes);
	if (r == 0 && renameat(dir_fd, temporary, dir_fd, name) < 0)
		r = -errno;
	if (r < 0) {
		(void)unlinkat(dir_fd, temporary, 0);
		return r;
	}
	return fsync(dir_fd) < 0 ? -EIO : 0;
}

int write_file_at(int dir_fd, const char *name, struct span bytes)
{
	return write_and_rename(dir_fd, name, -1, bytes);
}

int replace_file_at(int dir_fd, const char *name, int like_fd,
		    struct span bytes)
{
	return like_fd < 0 ? -EBADF
			   : write_and_rename(dir_fd, name, like_fd, bytes);
}

int remove_file_at(int dir_fd, const char *name)
{
	if (unlinkat(dir_fd, name, 0) < 0)
		return -errno;
	return fsync(dir_fd) < 0 ? -EIO : 0;
}
