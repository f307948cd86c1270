/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/wait_fd.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>

#include "base/clock.h"

int wait_fd(int fd, short events, int64_t deadline_ms)
{
	struct pollfd wanted = { .fd = fd, .events = events };

	for (;;) {
		int64_t left = deadline_ms - clock_monotonic_ms();
		int r;

		if (left <= 0)
			return -ETIMEDOUT;
		r = poll(&wanted, 1, left > INT_MAX ? INT_MAX : (int)left);
		if (r > 0)
			return 0;
		if (r < 0 && errno != EINTR)
			return -errno;
	}
}
