/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/sudo_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/write_file.h"
#include "nitroctl/lock.h"
#include "nitroctl/text.h"

#define FOLDER "/etc"
#define NAME   "sudo.conf"

/* Not in /etc: it stays there. */
#define LOCK_FOLDER "/run"
#define LOCK_NAME   "nitroctl-sudo.lock"

#define SUDO_CONF_MAX (1u << 20)

static const char *explain(int error)
{
	return error == -EACCES ? "permission denied (are you root?)"
				: strerror(-error);
}

static int take_lock(struct sudo_file *file)
{
	_cleanup_close_ int folder =
		open(LOCK_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0)
		return -errno;
	file->lock_fd = lock_wait(folder, LOCK_NAME);
	return file->lock_fd < 0 ? file->lock_fd : 0;
}

/* sudo passes over a file that others could have written to, and so over our line. */
static int read_it(struct sudo_file *file)
{
	const struct read_file_limits limits = { .max_size = SUDO_CONF_MAX,
						 .trusted = true };

	file->fd = openat(file->dir_fd, NAME,
			  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (file->fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(file->fd, &file->st) < 0)
		return -errno;
	return read_file_at(file->dir_fd, NAME, &limits, &file->text);
}

enum exit_code sudo_file_open(bool to_change, struct sudo_file *ret_file)
{
	int r;

	*ret_file = SUDO_FILE_CLOSED;
	r = to_change ? take_lock(ret_file) : 0;
	if (r < 0) {
		complain(LOCK_FOLDER "/" LOCK_NAME ": %s.",
			 r == -EBUSY ? "another nitroctl is at work"
				     : explain(r));
		return EXIT_NOT_JUDGED;
	}
	ret_file->dir_fd = open(FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = ret_file->dir_fd < 0 ? -errno : read_it(ret_file);
	if (r < 0) {
		complain(SUDO_FILE_PATH ": %s.", read_file_explain(r));
		return EXIT_NOT_JUDGED;
	}
	return EXIT_ALLOWED;
}

/* Editors replace files, or change them in place. */
static bool is_unchanged(const struct sudo_file *file)
{
	struct stat now;

	if (fstatat(file->dir_fd, NAME, &now, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT && file->fd < 0;
	return file->fd >= 0 && now.st_dev == file->st.st_dev &&
	       now.st_ino == file->st.st_ino &&
	       now.st_size == file->st.st_size &&
	       now.st_mtim.tv_sec == file->st.st_mtim.tv_sec &&
	       now.st_mtim.tv_nsec == file->st.st_mtim.tv_nsec;
}

static int replace(struct sudo_file *file, const struct buffer *text)
{
	if (!is_unchanged(file))
		return -EAGAIN;
	if (file->fd < 0)
		return write_file_at(file->dir_fd, NAME, buffer_span(text));
	return replace_file_at(file->dir_fd, NAME, file->fd, buffer_span(text));
}

enum exit_code sudo_file_write_consume(struct sudo_file *file,
				       struct buffer text)
{
	_cleanup_(buffer_freep) struct buffer owned = text;
	int r = replace(file, &owned);

	if (r < 0) {
		complain(SUDO_FILE_PATH " was not changed: %s.",
			 r == -EAGAIN ? "somebody else has changed it"
				      : explain(r));
		return EXIT_NOT_JUDGED;
	}
	buffer_free(file->before);
	file->before = file->text;
	file->text = owned;
	owned = BUFFER_EMPTY;
	close_fd(&file->fd);
	file->fd = openat(file->dir_fd, NAME, O_RDONLY | O_CLOEXEC);
	if (file->fd >= 0 && fstat(file->fd, &file->st) == 0)
		return EXIT_ALLOWED;
	complain(SUDO_FILE_PATH ": %s.", strerror(errno));
	return EXIT_NOT_JUDGED;
}

enum exit_code sudo_file_restore(struct sudo_file *file)
{
	struct buffer before = file->before;

	file->before = BUFFER_EMPTY;
	return sudo_file_write_consume(file, before);
}

void sudo_file_close(struct sudo_file *file)
{
	buffer_free(file->before);
	buffer_free(file->text);
	close_fd(&file->fd);
	close_fd(&file->dir_fd);
	close_fd(&file->lock_fd);
	*file = SUDO_FILE_CLOSED;
}
