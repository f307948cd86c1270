/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/statistics.h"

#include "dbus/nitro_bus.h"

static void count_decision(struct statistics *statistics, const struct job *job)
{
	if (job->error != NULL)
		statistics->not_judged++;
	else if (!job->verdict->allowed)
		statistics->denied++;
	else if (job->verdict->audited)
		statistics->audited++;
	else
		statistics->allowed++;
}

void statistics_count(struct statistics *statistics, const struct job *job)
{
	if (job->is_recorded)
		count_decision(statistics, job);
	if (job->is_verified) {
		statistics->verifications++;
		statistics->verify_usec += job->verify_usec;
	}
	if (job->kind != JOB_RELOAD)
		return;
	if (job->error == NULL)
		statistics->reloads++;
	else
		statistics->reload_errors++;
}

int statistics_append(const struct statistics *statistics,
		      sd_bus_message *reply)
{
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{ NITRO_STATISTIC_ALLOWED, statistics->allowed },
		{ NITRO_STATISTIC_DENIED, statistics->denied },
		{ NITRO_STATISTIC_AUDITED, statistics->audited },
		{ NITRO_STATISTIC_NOT_JUDGED, statistics->not_judged },
		{ NITRO_STATISTIC_LIMITED, statistics->limited },
		{ NITRO_STATISTIC_VERIFICATIONS, statistics->verifications },
		{ NITRO_STATISTIC_VERIFY_USEC, statistics->verify_usec },
		{ NITRO_STATISTIC_VERDICTS_ISSUED,
		  statistics->verdicts_issued },
		{ NITRO_STATISTIC_VERDICTS_ENDED, statistics->verdicts_ended },
		{ NITRO_STATISTIC_VERDICTS_LOST, statistics->verdicts_lost },
		{ NITRO_STATISTIC_RELOADS, statistics->reloads },
		{ NITRO_STATISTIC_RELOAD_ERRORS, statistics->reload_errors },
	};
	int r = sd_bus_message_open_container(reply, 'a', "{st}");

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(rows); i++)
		r = sd_bus_message_append(reply, "{st}", rows[i].name,
					  rows[i].value);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}
