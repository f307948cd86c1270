/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/expiry.h"

#include <errno.h>
#include <stdlib.h>
#include <syslog.h>

#include "base/clock.h"

/* Nobody cares about the minute. */
#define ACCURACY_USEC (60 * USEC_PER_SEC)

struct expiry {
	const struct policy_store *store;
	const struct journal *journal;
	uint64_t interval_usec;
	sd_event_source *timer;
};

static int start_timer(struct expiry *expiry)
{
	int r = sd_event_source_set_time_relative(expiry->timer,
						  expiry->interval_usec);

	if (r < 0)
		return r;
	return sd_event_source_set_enabled(expiry->timer, SD_EVENT_ONESHOT);
}

static int on_timer(sd_event_source *source _unused_, uint64_t now _unused_,
		    void *userdata)
{
	expiry_tell(userdata);
	return 0;
}

int expiry_new(sd_event *event, const struct policy_store *store,
	       const struct journal *journal, uint64_t interval_usec,
	       struct expiry **ret_expiry)
{
	_cleanup_(expiry_freep) struct expiry *expiry =
		calloc(1, sizeof(*expiry));
	uint64_t accuracy_usec =
		interval_usec < ACCURACY_USEC ? interval_usec : ACCURACY_USEC;
	int r;

	if (expiry == NULL)
		return -ENOMEM;

	expiry->store = store;
	expiry->journal = journal;
	expiry->interval_usec = interval_usec;
	r = sd_event_add_time_relative(event, &expiry->timer, CLOCK_BOOTTIME,
				       interval_usec, accuracy_usec, on_timer,
				       expiry);
	if (r < 0)
		return r;

	*ret_expiry = TAKE_PTR(expiry);
	return 0;
}

void expiry_free(struct expiry *expiry)
{
	if (expiry == NULL)
		return;

	sd_event_source_disable_unref(expiry->timer);
	free(expiry);
}

void expiry_tell(struct expiry *expiry)
{
	const struct policy *policy = expiry->store->current->config->policy;
	uint64_t within_ms = policy_settings(policy)->expiry_warning_ms;
	int64_t now_ms = clock_realtime_ms();
	size_t told = 0;

	for (size_t i = 0; i < policy_image_count(policy); i++) {
		struct policy_expiry entry;

		if (!policy_expiring(policy, i, now_ms, within_ms, &entry))
			continue;
		if (told++ == EXPIRY_TELL_MAX)
			break;
		journal_expiry(expiry->journal, &entry, now_ms);
	}
	if (start_timer(expiry) < 0)
		journal_note(expiry->journal, LOG_WARNING,
			     "The reminder of images that end soon cannot be "
			     "set; it comes with the next reload.");
}
