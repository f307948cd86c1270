/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/wait_fd.h"

int child_fork(struct child *ret_child)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid < 0) {
		int error = errno;

		close(ends[0]);
		close(ends[1]);
		return -error;
	}
	close(ends[pid == 0 ? 0 : 1]);
	*ret_child = (struct child){ pid, ends[pid == 0 ? 1 : 0] };
	return pid == 0 ? 1 : 0;
}

static int read_all(int fd, int64_t deadline_ms, uint8_t *bytes, size_t size,
		    size_t *ret_size)
{
	uint8_t lost[256];
	size_t done = 0;

	for (;;) {
		ssize_t n;
		int r = wait_fd(fd, POLLIN, deadline_ms);

		if (r < 0)
			return r;
		n = done < size ? read(fd, bytes + done, size - done)
				: read(fd, lost, sizeof(lost));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		if (done < size)
			done += (size_t)n;
	}
	*ret_size = done;
	return 0;
}

int child_collect(struct child *child, unsigned seconds, void *bytes,
		  size_t size, size_t *ret_size, int *ret_status)
{
	int r;

	*ret_size = 0;
	r = read_all(child->fd, clock_monotonic_ms() + (int64_t)seconds * 1000,
		     bytes, size, ret_size);
	close(child->fd);
	if (r < 0)
		kill(child->pid, SIGKILL);
	while (waitpid(child->pid, ret_status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return r;
}
