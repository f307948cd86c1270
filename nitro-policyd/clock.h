/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's clocks. Documents and certificates are judged by the real time;
 * whatever lasts a while is measured by one that nobody can set.
 */
#ifndef NITRO_POLICYD_CLOCK_H
#define NITRO_POLICYD_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "nitro-policyd/limits.h"

/* Milliseconds since 1970-01-01T00:00:00Z. */
static inline int64_t clock_realtime_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Microseconds since boot, time asleep included. */
static inline uint64_t clock_boottime_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * USEC_PER_SEC +
	       (uint64_t)now.tv_nsec / 1000;
}

/* What sd_notify() calls MONOTONIC_USEC. */
static inline uint64_t clock_monotonic_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * USEC_PER_SEC +
	       (uint64_t)now.tv_nsec / 1000;
}

#endif
