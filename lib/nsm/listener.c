/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nsm/listener.h"

#include "base/cleanup.h"
#include "nsm/packet.h"

#include <errno.h>
#include <sys/stat.h>

#define BACKLOG 16

static int new_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

/* Removes a socket that a killed simulator left behind; nothing else. */
static int remove_stale(const char *path, const struct sockaddr_un *address)
{
	_cleanup_close_ int fd = -1;
	struct stat status;
	int r;

	if (lstat(path, &status) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(status.st_mode))
		return -EEXIST;
	fd = new_socket();
	if (fd < 0)
		return fd;
	r = packet_connect(fd, address, deadline_in(NSM_CLIENT_DEADLINE_MS));
	if (r != -ECONNREFUSED)
		return -EADDRINUSE;
	return unlink(path) < 0 ? -errno : 0;
}

int nsm_listen(const char *path)
{
	_cleanup_close_ int fd = -1;
	struct sockaddr_un address;
	mode_t saved_mask;
	int r;

	r = packet_address(path, &address);
	if (r < 0)
		return r;
	r = remove_stale(path, &address);
	if (r < 0)
		return r;
	fd = new_socket();
	if (fd < 0)
		return fd;
	/* The socket is born with its mode; a later chmod() would be too late. */
	saved_mask = umask(0177);
	r = bind(fd, (const struct sockaddr *)&address, sizeof(address));
	r = r < 0 ? -errno : 0;
	umask(saved_mask);
	if (r < 0)
		return r;
	if (listen(fd, BACKLOG) < 0)
		return -errno;
	return TAKE_FD(fd);
}

int nsm_serve_connection(int listener, nsm_answer_function *answer,
			 void *context)
{
	_cleanup_close_ int fd = -1;
	uint8_t request[NSM_REQUEST_MAX + 1];
	uint8_t response[NSM_RESPONSE_MAX];
	int64_t deadline;
	size_t size;
	int r;

	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return -errno;
	deadline = deadline_in(NSM_CLIENT_DEADLINE_MS);
	r = packet_receive(fd, deadline, request, sizeof(request), &size);
	if (r == -EMSGSIZE) {
		size = sizeof(request);
		r = 0;
	}
	if (r < 0)
		return r;
	size = answer(context, span_of(request, size), response);
	if (size == 0)
		return -ECONNABORTED;
	return packet_send(fd, span_of(response, size),
			   deadline_in(NSM_CLIENT_DEADLINE_MS));
}
