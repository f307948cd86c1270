/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where documents are taken: a path of a Unix socket, or vsock:[CID:]PORT. Streams,
 * and a deadline for whatever waits.
 */
#ifndef NITRO_ATTEST_ADDRESS_H
#define NITRO_ATTEST_ADDRESS_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <linux/vm_sockets.h>

#include "base/compiler.h"

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_un local;
		struct sockaddr_vm vsock;
	};
	socklen_t size;
};

/* Reads "/PATH" or "vsock:CID:PORT"; "vsock:PORT" is any CID, to listen on. 0,
 * -EINVAL, or -ENAMETOOLONG. */
int address_parse(const char *text, struct address *ret_address) _must_use_;

/* A connected stream whose calls return within `wait_ms` each; or a negative errno
 * of socket() and connect(), -ETIMEDOUT. */
int address_connect(const struct address *address, unsigned wait_ms) _must_use_;

/* A listening stream that does not block. A Unix socket is made with mode 0600, and
 * its path must be free. Or a negative errno. */
int address_listen(const struct address *address) _must_use_;

#endif
