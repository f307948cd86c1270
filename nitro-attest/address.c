/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-attest/address.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "base/cleanup.h"

#define BACKLOG 64

static const char vsock_prefix[] = "vsock:";

/* Decimal, and nothing but it up to `end`. */
static bool read_number(const char *text, const char *end, unsigned *ret_number)
{
	unsigned long long number;
	char *stop;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	number = strtoull(text, &stop, 10);
	if (errno != 0 || stop != end || number > UINT32_MAX)
		return false;
	*ret_number = (unsigned)number;
	return true;
}

static int parse_vsock(const char *text, struct address *ret_address)
{
	const char *colon = strchr(text, ':');
	unsigned cid = VMADDR_CID_ANY, port;

	if (colon != NULL) {
		if (!read_number(text, colon, &cid))
			return -EINVAL;
		text = colon + 1;
	}
	if (!read_number(text, text + strlen(text), &port))
		return -EINVAL;

	*ret_address = (struct address){
		.vsock = { .svm_family = AF_VSOCK,
			   .svm_cid = cid,
			   .svm_port = port },
		.size = sizeof(struct sockaddr_vm),
	};
	return 0;
}

int address_parse(const char *text, struct address *ret_address)
{
	size_t length = strlen(text);

	if (strncmp(text, vsock_prefix, strlen(vsock_prefix)) == 0)
		return parse_vsock(text + strlen(vsock_prefix), ret_address);
	if (text[0] != '/')
		return -EINVAL;
	if (length >= sizeof(ret_address->local.sun_path))
		return -ENAMETOOLONG;

	*ret_address = (struct address){ .local.sun_family = AF_UNIX,
					 .size = sizeof(struct sockaddr_un) };
	memcpy(ret_address->local.sun_path, text, length + 1);
	return 0;
}

static int set_timeouts(int fd, sa_family_t family, unsigned wait_ms)
{
	const struct timeval wait = { .tv_sec = wait_ms / 1000,
				      .tv_usec = wait_ms % 1000 * 1000 };

	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) < 0)
		return -errno;
	/* connect() to a virtual machine has a limit of its own. */
	if (family == AF_VSOCK &&
	    setsockopt(fd, AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT, &wait,
		       sizeof(wait)) < 0)
		return -errno;
	return 0;
}

int address_connect(const struct address *address, unsigned wait_ms)
{
	_cleanup_close_ int fd =
		socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r;

	if (fd < 0)
		return -errno;
	r = set_timeouts(fd, address->any.sa_family, wait_ms);
	if (r < 0)
		return r;
	if (connect(fd, &address->any, address->size) < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return TAKE_FD(fd);
}

int address_listen(const struct address *address)
{
	_cleanup_close_ int fd =
		socket(address->any.sa_family,
		       SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t saved_mask;
	int r;

	if (fd < 0)
		return -errno;
	/* The socket is born with its mode; a later chmod() would be too late. */
	saved_mask = umask(0177);
	r = bind(fd, &address->any, address->size) < 0 ? -errno : 0;
	umask(saved_mask);
	if (r < 0)
		return r;
	if (listen(fd, BACKLOG) < 0)
		return -errno;
	return TAKE_FD(fd);
}
