/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/live_watch.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "nitro-policyd/lifecycle.h"

/* Ends need not be exact; this lets the kernel join wake-ups. */
#define ACCURACY_USEC (100 * USEC_PER_MSEC)

static int on_time(sd_event_source *source _unused_, uint64_t now _unused_,
		   void *userdata)
{
	struct live *live = userdata;

	/* What nobody waits for any longer must not go on. */
	if (lifecycle_review(live) && live_watch_start(live) < 0)
		lifecycle_end_for(live, REASON_VERDICT_DOUBTFUL);
	return 0;
}

static int set_time(struct live *live, sd_event_source **timer, clockid_t clock,
		    uint64_t usec)
{
	int r;

	if (usec == UINT64_MAX) {
		*timer = sd_event_source_disable_unref(*timer);
		return 0;
	}
	if (*timer == NULL)
		return sd_event_add_time(live->manager->event, timer, clock,
					 usec, ACCURACY_USEC, on_time, live);
	r = sd_event_source_set_time(*timer, usec);
	return r < 0 ? r
		     : sd_event_source_set_enabled(*timer, SD_EVENT_ONESHOT);
}

int live_watch_start(struct live *live)
{
	uint64_t after_usec = UINT64_MAX;
	int r = set_time(live, &live->timer, CLOCK_BOOTTIME,
			 live_ends_usec(live));

	/* A release that has ended already is let in by a trial only. */
	if (live->not_after_ms != INT64_MAX &&
	    live->not_after_ms >= clock_realtime_ms())
		after_usec = ((uint64_t)live->not_after_ms + 1) * USEC_PER_MSEC;
	return r < 0 ? r
		     : set_time(live, &live->release_timer, CLOCK_REALTIME,
				after_usec);
}

static int on_exit_of_process(sd_event_source *source _unused_, int fd _unused_,
			      uint32_t events _unused_, void *userdata)
{
	struct live *live = userdata;

	lifecycle_end_for(live, REASON_SESSION_ENDED);
	return 0;
}

int live_watch_process(struct live *live, pid_t pid)
{
	_cleanup_close_ int fd = -1;
	int r;

	if (pid <= 0)
		return -ESRCH;

	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd < 0)
		return -errno;
	r = sd_event_add_io(live->manager->event, &live->process, fd, EPOLLIN,
			    on_exit_of_process, live);
	if (r < 0)
		return r;
	r = sd_event_source_set_io_fd_own(live->process, true);
	if (r < 0)
		return r;
	TAKE_FD(fd);
	return 0;
}
