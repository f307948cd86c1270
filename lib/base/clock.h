/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clocks. Documents and certificates are judged by the real time; whatever lasts
 * a while is measured by one that nobody can set. What is pure gets its time as a
 * parameter, and never includes this.
 */
#ifndef NITRO_BASE_CLOCK_H
#define NITRO_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "base/time_units.h"

/* Milliseconds since 1970-01-01T00:00:00Z. */
static inline int64_t clock_realtime_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * MSEC_PER_SEC + now.tv_nsec / 1000000;
}

/* Microseconds since boot, time asleep included: what people and lifetimes take. */
static inline uint64_t clock_boottime_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * USEC_PER_SEC +
	       (uint64_t)now.tv_nsec / 1000;
}

/* Microseconds since boot, time asleep left out: what poll(), sd-event and sd-journal
 * wait by. */
static inline uint64_t clock_monotonic_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * USEC_PER_SEC +
	       (uint64_t)now.tv_nsec / 1000;
}

/* The same in milliseconds, as poll() counts. */
static inline int64_t clock_monotonic_ms(void)
{
	return (int64_t)(clock_monotonic_usec() / USEC_PER_MSEC);
}

#endif
