/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clock by which gates measure how long people and daemons take: one that nobody
 * can set, and that goes on while the host sleeps.
 */
#ifndef NITRO_CLIENT_CLOCK_H
#define NITRO_CLIENT_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Microseconds since boot (CLOCK_BOOTTIME). */
static inline uint64_t client_clock_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

#endif
