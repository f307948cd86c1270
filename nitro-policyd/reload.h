/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the configuration again: who may ask for it, one at a time, and what
 * becomes of the outcome. The reading itself is in reread.h. All of this happens in
 * the loop.
 */
#ifndef NITRO_POLICYD_RELOAD_H
#define NITRO_POLICYD_RELOAD_H

#include <stdbool.h>

#include "nitro-policyd/manager.h"

/* A caller asked: at once for root, else when polkit allows it. As a handler
 * returns: 1 (answered later), or a negative errno with the job dropped. */
int reload_for_caller_consume(struct job *job,
			      sd_bus_error *reterr_error) _must_use_;

/* SIGHUP. What comes while a reading runs leads to one more. */
void reload_without_caller(struct manager *manager);

/* A worker has read: takes the policy up, or keeps the one in force. */
void reload_finish(struct job *job);

/* Tells systemd that the daemon is at work, and with which policy. */
void reload_notify_ready(struct manager *manager);

/* Tells it once when the last live verdict of the daemon before is judged. */
void reload_notify_progress(struct manager *manager);

#endif
