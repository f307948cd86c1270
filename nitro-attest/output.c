/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-attest/output.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/stat.h>

static const int ending_signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

void output_hold_signals(void)
{
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < ARRAY_SIZE(ending_signals); i++)
		sigaddset(&held, ending_signals[i]);
	sigprocmask(SIG_BLOCK, &held, NULL);
}

bool output_is_ending(void)
{
	sigset_t pending;

	sigpending(&pending);
	for (size_t i = 0; i < ARRAY_SIZE(ending_signals); i++)
		if (sigismember(&pending, ending_signals[i]) == 1)
			return true;
	return false;
}

int output_wait(int fd, int wait_ms)
{
	struct pollfd waiting = { .fd = fd, .events = POLLOUT };
	int r;

	do {
		r = poll(&waiting, 1, wait_ms);
	} while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	return r == 0 ? -ETIMEDOUT : 0;
}

int output_write(int fd, struct span bytes)
{
	while (bytes.size > 0) {
		ssize_t written = write(fd, bytes.data, bytes.size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		bytes = span_of(bytes.data + written,
				bytes.size - (size_t)written);
	}
	return 0;
}

/* Replacing a device or a FIFO by a file would break whoever uses it. */
static int check_replaceable(int dir_fd, const char *name)
{
	struct stat status;

	if (fstatat(dir_fd, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	return S_ISREG(status.st_mode) ? 0 : -EEXIST;
}

static int write_and_rename(int dir_fd, int fd, const char *names[static 2],
			    struct span bytes)
{
	int r;

	r = output_write(fd, bytes);
	if (r < 0)
		return r;
	return renameat(dir_fd, names[0], dir_fd, names[1]) < 0 ? -errno : 0;
}

int output_replace(int dir_fd, const char *name, mode_t mode, struct span bytes)
{
	_cleanup_close_ int fd = -1;
	char temporary[PATH_MAX];
	const char *names[2] = { temporary, name };
	uint64_t suffix;
	int r;

	r = check_replaceable(dir_fd, name);
	if (r < 0)
		return r;
	if (getrandom(&suffix, sizeof(suffix), 0) != sizeof(suffix))
		return -EIO;
	r = snprintf(temporary, sizeof(temporary), "%s.%016" PRIx64, name,
		     suffix);
	if (r < 0 || (size_t)r >= sizeof(temporary))
		return -ENAMETOOLONG;
	fd = openat(dir_fd, temporary,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	r = write_and_rename(dir_fd, fd, names, bytes);
	if (r < 0)
		unlinkat(dir_fd, temporary, 0);
	return r;
}
