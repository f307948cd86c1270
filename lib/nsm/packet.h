/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packets on a Unix socket of type SOCK_SEQPACKET, each within a deadline. A
 * packet arrives whole or is refused; it is never cut to the size of a buffer.
 */
#ifndef NITRO_NSM_PACKET_H
#define NITRO_NSM_PACKET_H

#include "base/compiler.h"
#include "base/span.h"

#include <sys/socket.h>
#include <sys/un.h>

/* Milliseconds of CLOCK_MONOTONIC, `wait_ms` from now. */
int64_t deadline_in(unsigned wait_ms);

/* 0, -ENAMETOOLONG, or -EINVAL for an empty path. */
int packet_address(const char *path,
		   struct sockaddr_un *ret_address) _must_use_;

/* 0, -ETIMEDOUT, or a negative errno of connect(). */
int packet_connect(int fd, const struct sockaddr_un *address,
		   int64_t deadline) _must_use_;

/* 0, -ETIMEDOUT, or a negative errno of send(). Raises no SIGPIPE. */
int packet_send(int fd, struct span packet, int64_t deadline) _must_use_;

/* 0, -ETIMEDOUT, -EMSGSIZE for a packet above `capacity` bytes, -ECONNRESET when
 * the other side closed, or a negative errno of recv(). */
int packet_receive(int fd, int64_t deadline, uint8_t *ret_bytes,
		   size_t capacity, size_t *ret_size) _must_use_;

#endif
