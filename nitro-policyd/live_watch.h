/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What wakes the loop when a live verdict has to end: its time, the last moment of
 * its release, the end of the process that holds its session.
 */
#ifndef NITRO_POLICYD_LIVE_WATCH_H
#define NITRO_POLICYD_LIVE_WATCH_H

#include "nitro-policyd/live.h"

/* Sets the clocks of `live` anew: after it was made, attached, or judged again. 0, or
 * a negative errno. */
int live_watch_start(struct live *live) _must_use_;

/* Ends `live` with the process. 0; -ESRCH when there is no such process any more; or
 * another negative errno. */
int live_watch_process(struct live *live, pid_t pid) _must_use_;

#endif
