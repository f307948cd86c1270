/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nsm/packet.h"

#include <errno.h>
#include <sys/time.h>

#include "base/clock.h"

int64_t deadline_in(unsigned wait_ms)
{
	return clock_monotonic_ms() + wait_ms;
}

/* Makes the next call on the socket return at the deadline. The kernel applies
 * SO_SNDTIMEO to connect() as well, which no poll() could do: a full backlog is
 * not a state that one can wait for. */
static int set_timeout(int fd, int option, int64_t deadline)
{
	int64_t left = deadline - clock_monotonic_ms();
	struct timeval timeout = { .tv_sec = left / 1000,
				   .tv_usec = left % 1000 * 1000 };

	if (left <= 0)
		return -ETIMEDOUT;
	if (setsockopt(fd, SOL_SOCKET, option, &timeout, sizeof(timeout)) < 0)
		return -errno;
	return 0;
}

/* The kernel reports an elapsed timeout as EAGAIN. */
static int error_of_call(void)
{
	return errno == EAGAIN ? -ETIMEDOUT : -errno;
}

int packet_address(const char *path, struct sockaddr_un *ret_address)
{
	size_t length = strlen(path);

	if (length == 0)
		return -EINVAL;
	if (length >= sizeof(ret_address->sun_path))
		return -ENAMETOOLONG;
	*ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(ret_address->sun_path, path, length + 1);
	return 0;
}

int packet_connect(int fd, const struct sockaddr_un *address, int64_t deadline)
{
	int r;

	do {
		r = set_timeout(fd, SO_SNDTIMEO, deadline);
		if (r < 0)
			return r;
		r = connect(fd, (const struct sockaddr *)address,
			    sizeof(*address));
	} while (r < 0 && errno == EINTR);
	return r < 0 ? error_of_call() : 0;
}

int packet_send(int fd, struct span packet, int64_t deadline)
{
	ssize_t sent;
	int r;

	do {
		r = set_timeout(fd, SO_SNDTIMEO, deadline);
		if (r < 0)
			return r;
		sent = send(fd, packet.data, packet.size, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? error_of_call() : 0;
}

int packet_receive(int fd, int64_t deadline, uint8_t *ret_bytes,
		   size_t capacity, size_t *ret_size)
{
	ssize_t size;
	int r;

	do {
		r = set_timeout(fd, SO_RCVTIMEO, deadline);
		if (r < 0)
			return r;
		/* MSG_TRUNC: the packet's own size, not what fitted. */
		size = recv(fd, ret_bytes, capacity, MSG_TRUNC);
	} while (size < 0 && errno == EINTR);
	if (size < 0)
		return error_of_call();
	if (size == 0)
		return -ECONNRESET;
	if ((size_t)size > capacity)
		return -EMSGSIZE;
	*ret_size = (size_t)size;
	return 0;
}
