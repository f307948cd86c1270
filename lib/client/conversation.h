/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-attest/1: the challenge goes out as a prompt, the document comes back in
 * parts that fit through every login program, behind it its manifest and a signature
 * by its key over the challenge, where there are such; or a ticket for a document that
 * the daemon has already. Nothing that is said here is believed; it is only put
 * together, strictly and within bounds.
 */
#ifndef NITRO_CLIENT_CONVERSATION_H
#define NITRO_CLIENT_CONVERSATION_H

#include <stdbool.h>

#include "base/read_file.h"
#include "client/client.h"

/* Parts, and bytes of the document that they make. */
#define CONVERSATION_PARTS_MAX	  64
#define CONVERSATION_DOCUMENT_MAX 16384

/* Bytes of the manifest envelope that may follow it, in the same parts. */
#define CONVERSATION_MANIFEST_MAX 16384

/* Bytes of a signature by the document's key over the challenge, behind that; see
 * response/login.h. */
#define CONVERSATION_SIGNATURE_MAX 512

/* Characters of a ticket, without the NUL. */
#define CONVERSATION_TICKET_MAX 64

/* How a program puts a prompt to whoever wants in. True and *ret_text, allocated,
 * NULL when the answer is none: it is wiped and freed here. Or false and
 * *reterr_answer, as by refusal_give(). */
struct conversation {
	bool (*ask)(void *data, const char *prompt, char **ret_text,
		    struct answer *reterr_answer);
	void *data;
};

/* What was answered: a document or a ticket, never both. */
struct conversation_reply {
	struct buffer document;
	struct buffer manifest;			  /* NULL: none was given */
	struct buffer signature;		  /* NULL: none was given */
	char ticket[CONVERSATION_TICKET_MAX + 1]; /* "": none was given */
};

#define CONVERSATION_REPLY_EMPTY                                               \
	((struct conversation_reply){ .document = BUFFER_EMPTY,                \
				      .manifest = BUFFER_EMPTY,                \
				      .signature = BUFFER_EMPTY })

/* Asks for what answers `challenge`, by prompts that each take at most `max`
 * characters. Gives up when the challenge's lifetime is over (CLOCK_BOOTTIME). True
 * and *ret_reply, to be cleared by the caller; or false and *reterr_answer. */
bool conversation_hold(const struct conversation *conversation,
		       const struct client_challenge *challenge, unsigned max,
		       struct conversation_reply *ret_reply,
		       struct answer *reterr_answer) _must_use_;

/* Wipes and frees. */
void conversation_reply_clear(struct conversation_reply *reply);

#endif
