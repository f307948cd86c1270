/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A document turned into a ticket: by the daemon of this host, or through a socket
 * that nitro-attest serve has on the host. These functions speak to the person at
 * the terminal when they fail: one sentence on standard error.
 */
#ifndef NITRO_ATTEST_SUBMIT_H
#define NITRO_ATTEST_SUBMIT_H

#include <stdint.h>

#include "base/compiler.h"
#include "base/span.h"
#include "nitro-attest/deposit.h"

struct submit_options {
	const char *to;	 /* NULL: $NITRO_SUBMIT, else "bus" */
	const char *key; /* private key; NULL: $NITRO_PRIVATE_KEY_FILE */
};

/* True when the options or the environment say where documents are deposited. */
bool submit_is_configured(const struct submit_options *options);

/* Deposits the document, and opens the ticket if it is sealed. 0, or a negative
 * errno; the sentence has been said. */
int submit_document(const struct submit_options *options, struct span document,
		    char ret_ticket[static DEPOSIT_TICKET_MAX + 1]) _must_use_;

#endif
