/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answers: what a worker found out becomes the reply of the method that asked.
 */
#ifndef NITRO_POLICYD_BUS_REPLY_H
#define NITRO_POLICYD_BUS_REPLY_H

#include "nitro-policyd/job.h"
#include "nitro-policyd/manager.h"

/* Answers the message of a finished job, if somebody still waits for it. */
void bus_reply_send(struct manager *manager, struct job *job);

/* For a job that a worker may still hold: answers "busy" with this text, or
 * nothing to a caller that is gone. The worker is told that nobody waits. */
void bus_reply_busy(struct job *job, const char *text);
void bus_reply_abandon(struct job *job);

#endif
