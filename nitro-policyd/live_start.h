/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking up the live verdicts of the daemon before: each document is verified again,
 * each verdict judged by the policy of now, each session asked for. Whatever is
 * doubtful is dropped, and that is on record.
 */
#ifndef NITRO_POLICYD_LIVE_START_H
#define NITRO_POLICYD_LIVE_START_H

#include "nitro-policyd/manager.h"

/* For the start: the bus is there, and nobody asks yet. */
void live_start(struct manager *manager);

#endif
