/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nsm/transport.h"

#include "base/cleanup.h"
#include "nsm/ioctl.h"
#include "nsm/packet.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* What the child that waits for the driver sends to its parent. */
struct device_reply {
	int error; /* 0 or a negative errno */
	uint8_t bytes[NSM_RESPONSE_MAX];
};

static int exchange_by_socket(const char *path, struct span request,
			      int64_t deadline, uint8_t *ret_response,
			      size_t *ret_size)
{
	_cleanup_close_ int fd = -1;
	struct sockaddr_un address;
	int r;

	r = packet_address(path, &address);
	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	r = packet_connect(fd, &address, deadline);
	if (r < 0)
		return r;
	r = packet_send(fd, request, deadline);
	if (r < 0)
		return r;
	return packet_receive(fd, deadline, ret_response, NSM_RESPONSE_MAX,
			      ret_size);
}

static int call_driver(int device, struct span request,
		       uint8_t ret_response[static NSM_RESPONSE_MAX],
		       size_t *ret_size)
{
	struct nsm_raw_message message = {
		.request = { (uintptr_t)request.data, request.size },
		.response = { (uintptr_t)ret_response, NSM_RESPONSE_MAX },
	};

	if (ioctl(device, NSM_IOCTL_RAW_MESSAGE, &message) < 0)
		return -errno;
	if (message.response.length > NSM_RESPONSE_MAX)
		return -EMSGSIZE;
	*ret_size = (size_t)message.response.length;
	return 0;
}

/* The child's whole life. Standard descriptors are closed first: if the driver
 * keeps this process, nobody waits for the end of our standard output. */
static _Noreturn void serve_driver(int device, int socket_fd,
				   struct span request)
{
	struct device_reply reply = { .error = 0 };
	size_t size = 0;
	int r;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		close(fd);
	reply.error = call_driver(device, request, reply.bytes, &size);
	r = packet_send(
		socket_fd,
		span_of(&reply, offsetof(struct device_reply, bytes) + size),
		deadline_in(NSM_DEADLINE_MS));
	_exit(r < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}

static int receive_reply(int socket_fd, int64_t deadline, uint8_t *ret_response,
			 size_t *ret_size)
{
	struct device_reply reply;
	const size_t head = offsetof(struct device_reply, bytes);
	size_t size;
	int r;

	r = packet_receive(socket_fd, deadline, (uint8_t *)&reply,
			   sizeof(reply), &size);
	if (r < 0)
		return r;
	if (size < head)
		return -EIO;
	if (reply.error < 0)
		return reply.error;
	memcpy(ret_response, reply.bytes, size - head);
	*ret_size = size - head;
	return 0;
}

/* The driver may hold a caller for two minutes in a sleep that no signal ends
 * (NSM_DEFAULT_TIMEOUT_MSECS in drivers/misc/nsm.c), so a child makes the call
 * and is left behind when the deadline passes. */
static int exchange_by_child(int device, struct span request, int64_t deadline,
			     uint8_t *ret_response, size_t *ret_size)
{
	_cleanup_close_ int ours = -1;
	int sockets[2];
	pid_t child;
	int r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
		return -errno;
	ours = sockets[0];
	child = fork();
	if (child == 0)
		serve_driver(device, sockets[1], request);
	r = child < 0 ? -errno : 0;
	close(sockets[1]);
	if (r < 0)
		return r;
	r = receive_reply(ours, deadline, ret_response, ret_size);
	if (r < 0)
		kill(child, SIGKILL);
	waitpid(child, NULL, r == -ETIMEDOUT ? WNOHANG : 0);
	return r;
}

static int exchange_by_device(const char *path, struct span request,
			      int64_t deadline, uint8_t *ret_response,
			      size_t *ret_size)
{
	_cleanup_close_ int device = -1;
	struct stat status;

	device = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (device < 0)
		return -errno;
	if (fstat(device, &status) < 0)
		return -errno;
	if (!S_ISCHR(status.st_mode))
		return -ENOTTY;
	return exchange_by_child(device, request, deadline, ret_response,
				 ret_size);
}

int nsm_exchange(const char *path, struct span request, unsigned deadline_ms,
		 uint8_t ret_response[static NSM_RESPONSE_MAX],
		 size_t *ret_size)
{
	int64_t deadline = deadline_in(deadline_ms);
	struct stat status;

	if (request.size > NSM_REQUEST_MAX)
		return -EMSGSIZE;
	if (stat(path, &status) < 0)
		return -errno;
	if (S_ISSOCK(status.st_mode))
		return exchange_by_socket(path, request, deadline, ret_response,
					  ret_size);
	/* Judged before open() too: opening a FIFO would wait for a writer. */
	if (!S_ISCHR(status.st_mode))
		return -ENOTTY;
	return exchange_by_device(path, request, deadline, ret_response,
				  ret_size);
}

const char *nsm_exchange_explain(int error)
{
	switch (error) {
	case -ENOENT:
		return "There is no such file; outside an enclave there is no "
		       "NSM.";
	case -ENOTTY:
		return "It is neither an NSM device nor a socket.";
	case -EPERM:
	case -EACCES:
		return "Permission is denied; the driver of /dev/nsm demands "
		       "CAP_SYS_ADMIN.";
	case -ECONNREFUSED:
		return "Nobody serves this socket; start nitro-sim nsm.";
	case -EPROTOTYPE:
		return "The socket is not of the type that nitro-sim nsm "
		       "makes.";
	case -ECONNRESET:
	case -EPIPE:
		return "It closed the connection without an answer.";
	case -ETIMEDOUT:
		return "It did not answer in time.";
	case -EMSGSIZE:
		return "The request or the answer is too large.";
	default:
		return strerror(-error);
	}
}
