/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Depositing a document with the daemon for a ticket. Never used by gates. A ticket
 * is a secret until it is used: keep it out of logs.
 */
#ifndef NITRO_CLIENT_SUBMISSION_H
#define NITRO_CLIENT_SUBMISSION_H

#include <stdint.h>
#include <systemd/sd-bus.h>

#include "base/read_file.h"
#include "client/answer.h"
#include "client/client.h"

/* A sealed ticket has about 1 KB; a longer one is malformed. */
#define SUBMISSION_SEALED_MAX 4096u

/* What the daemon said. With ANSWER_ALLOWED there is either a ticket or one that is
 * sealed; else there is neither. */
struct submission {
	struct answer answer;
	char ticket[NITRO_TICKET_LENGTH + 1]; /* "": none */
	struct buffer sealed;		      /* CMS, DER */
	uint64_t lifetime_usec;		      /* from now */
};

/* Deposits `document`. Every outcome is in *ret_submission, which is to be
 * cleared. */
void client_submit(struct span document, uint64_t timeout_usec,
		   struct submission *ret_submission);
void submission_clear(struct submission *submission);

/* For programs that do not wait: the arguments of the call, 0 or a negative errno;
 * and its reply, which may be a D-Bus error. */
int submission_append(sd_bus_message *call, struct span document) _must_use_;
void submission_read(sd_bus_message *reply, struct submission *ret_submission);

/* Whether a text has the form of a ticket. */
bool ticket_is_valid(const char *text);

#endif
