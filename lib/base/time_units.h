/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real time is counted in signed milliseconds, and spans on the host's own clocks in
 * unsigned microseconds.
 */
#ifndef NITRO_BASE_TIME_UNITS_H
#define NITRO_BASE_TIME_UNITS_H

#include <stdint.h>

#define MSEC_PER_SEC  INT64_C(1000)
#define USEC_PER_MSEC UINT64_C(1000)
#define USEC_PER_SEC  UINT64_C(1000000)

#endif
