/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the daemon has done since it started; numbers that never decrease.
 */
#ifndef NITRO_POLICYD_STATISTICS_H
#define NITRO_POLICYD_STATISTICS_H

#include <stdint.h>
#include <systemd/sd-bus.h>

#include "base/compiler.h"
#include "nitro-policyd/job.h"

struct statistics {
	uint64_t allowed; /* decisions of Authorize: each is one of four */
	uint64_t denied;
	uint64_t audited;
	uint64_t not_judged;
	uint64_t limited;	/* questions refused by limits */
	uint64_t verifications; /* documents, for whatever method */
	uint64_t verify_usec;	/* and the time they took together */
	uint64_t verdicts_issued;
	uint64_t verdicts_ended;
	uint64_t verdicts_lost; /* of them, by sessions that went on */
	uint64_t reloads;	/* accepted */
	uint64_t reload_errors; /* refused */
};

/* Counts a job that is finished. */
void statistics_count(struct statistics *statistics, const struct job *job);

/* Appends "a{st}" with the keys of dbus/nitro_bus.h. */
int statistics_append(const struct statistics *statistics,
		      sd_bus_message *reply) _must_use_;

#endif
