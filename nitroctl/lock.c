/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>

#include "base/cleanup.h"

#define LOCK_STEP_MS   100
#define LOCK_STEPS_MAX 100

int lock_wait(int dir_fd, const char *name)
{
	const struct timespec step = { .tv_nsec = LOCK_STEP_MS * 1000000L };
	_cleanup_close_ int fd = openat(
		dir_fd, name,
		O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);

	if (fd < 0)
		return -errno;
	for (int i = 0; i < LOCK_STEPS_MAX; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return TAKE_FD(fd);
		if (errno != EWOULDBLOCK)
			return -errno;
		nanosleep(&step, NULL);
	}
	return -EBUSY;
}
