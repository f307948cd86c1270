/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bus that is connected to nobody: enough to make messages, for tests of what
 * reads them. Each test program has one.
 */
#ifndef NITRO_TESTS_UNIT_LOOSE_BUS_H
#define NITRO_TESTS_UNIT_LOOSE_BUS_H

#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static sd_bus *bus;
static int peer = -1;

static inline void make_bus(void)
{
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	peer = ends[1];
	ck_assert_int_ge(sd_bus_new(&bus), 0);
	ck_assert_int_ge(sd_bus_set_fd(bus, ends[0], ends[0]), 0);
	ck_assert_int_ge(sd_bus_start(bus), 0);
}

static inline void close_bus(void)
{
	sd_bus_close_unref(bus);
	close(peer);
}

#endif
