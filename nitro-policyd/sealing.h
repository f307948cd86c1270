/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Encrypts a new ticket to the public key of its document, so that whoever carried
 * the document cannot use what comes back. In a worker's thread.
 */
#ifndef NITRO_POLICYD_SEALING_H
#define NITRO_POLICYD_SEALING_H

#include "key/attested_key.h"
#include "nitro-policyd/job.h"

/* Seals the job's ticket, where its evidence has a key that something can be sealed
 * to; then only the sealed one is left. A key that is broken ends the job with an
 * error: whoever put it there did not want the ticket to travel in the open. */
void sealing_apply(const struct key_library *keys, struct job *job);

#endif
