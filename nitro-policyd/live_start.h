/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking up the live verdicts of the daemon before. Their files are read at once;
 * then workers verify the documents, a few at a time, while the daemon answers, and
 * the loop judges each by the policy of then. What is not judged yet opens nothing,
 * and its file stays as it is. Whatever is doubtful is dropped, on record.
 */
#ifndef NITRO_POLICYD_LIVE_START_H
#define NITRO_POLICYD_LIVE_START_H

#include "nitro-policyd/manager.h"

/* For the start: the bus is there, and nobody asks yet. Reads what is left of the
 * daemon before in options->runtime_dir. 0; or a negative errno after a record: the
 * directory cannot be used. */
int live_start(struct manager *manager,
	       const struct manager_options *options) _must_use_;

/* Gives the workers something to judge, if there is and they have not enough. */
void live_start_feed(struct manager *manager);

/* A worker has verified the document of one. */
void live_start_finish(struct job *job);

/* Whenever workers have finished something: answers the questions that waited for
 * it, then feeds the workers. */
void live_start_go_on(struct manager *manager);

#endif
