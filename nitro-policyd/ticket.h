/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tickets: documents that were deposited and wait to be used at a prompt. A ticket
 * is a bearer token: whoever presents it may use it, once and soon, for whatever a
 * rule allows its document. Used by one thread; the time is a parameter.
 */
#ifndef NITRO_POLICYD_TICKET_H
#define NITRO_POLICYD_TICKET_H

#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/compiler.h"
#include "base/span.h"
#include "dbus/nitro_bus.h"

struct tickets;

enum ticket_outcome {
	TICKET_ABSENT,	/* the request carries a document, no ticket */
	TICKET_UNKNOWN, /* never issued, expired, or used before */
	TICKET_TAKEN,	/* its document is the request's now */
};

struct ticket_deposit {
	uid_t uid;
	const char *text; /* of ticket_make() */
	struct span document;
	uint64_t expires_usec; /* CLOCK_BOOTTIME */
};

/* Writes the text of a new ticket: 128 random bits as RFC 4648 base32 (section 6),
 * in small letters and without padding. 0, or the error of getrandom(). May be
 * called by any thread. */
int ticket_make(char ret_text[static NITRO_TICKET_LENGTH + 1]) _must_use_;

/* NULL when memory is exhausted. */
struct tickets *tickets_new(void) _must_use_;
void tickets_free(struct tickets *tickets);
DEFINE_CLEANUP(struct tickets *, tickets_free)

/* Keeps a copy of the document until the ticket is taken or expires. 0; -EDQUOT
 * when this user has too many, or all users but root together; -ENOMEM. Root is
 * never refused for its number: its oldest ticket gives way. */
int tickets_deposit(struct tickets *tickets,
		    const struct ticket_deposit *deposit,
		    uint64_t now_usec) _must_use_;

/* What a ticket stood for. */
struct ticket_worth {
	uid_t uid;	   /* who deposited it */
	uint8_t *document; /* the caller's now */
	size_t document_size;
};

/* Looks up the ticket and removes it: it is worth nothing afterwards. *ret_worth is
 * written for TICKET_TAKEN only. */
enum ticket_outcome tickets_take(struct tickets *tickets, const char *text,
				 uint64_t now_usec,
				 struct ticket_worth *ret_worth) _must_use_;

/* Deposited tickets, expired ones included until they are met. */
size_t tickets_count(const struct tickets *tickets);

#endif
