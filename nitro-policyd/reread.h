/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A worker's part of a reload: reads the whole configuration, and if nothing may be
 * lost, compares it with the one in force. Puts nothing into force.
 */
#ifndef NITRO_POLICYD_REREAD_H
#define NITRO_POLICYD_REREAD_H

#include "nitro-policyd/job.h"
#include "nitro-policyd/journal.h"

/* Fills in the answer of `job`: loaded and diagnostics, or an error with the
 * diagnostics that explain it. The outcome is in the journal. */
void reread(const struct config_layers *layers, const struct journal *journal,
	    struct job *job);

#endif
