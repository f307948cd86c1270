/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a document travels to a host that deposits it, and a ticket back: one frame
 * each way on a stream, then the connection ends. A frame is its length, four bytes
 * with the most significant first, and so many bytes. Only bytes are known here.
 *
 * The request is the document. The answer is one line of ASCII, of these:
 *
 *     ticket LIFETIME TICKET     the ticket, and for how many microseconds it counts
 *     sealed LIFETIME            the same, and behind the line, to the frame's end,
 *                                the ticket in a CMS message (DER)
 *     refused REASON MESSAGE     the document is no good; a code and a sentence
 *     failed REASON MESSAGE      nobody judged it: try again, or ask the host's admin
 */
#ifndef NITRO_ATTEST_DEPOSIT_H
#define NITRO_ATTEST_DEPOSIT_H

#include <stdint.h>

#include "base/compiler.h"
#include "base/span.h"

#define DEPOSIT_HEAD_SIZE 4u

/* As the daemon has it, attest/limits.h: a COSE_Sign1 around 16 KiB. */
#define DEPOSIT_DOCUMENT_MAX 16640u

/* Bytes of an answer, without the head of its frame. */
#define DEPOSIT_ANSWER_MAX 8192u

#define DEPOSIT_LINE_MAX   1024u
#define DEPOSIT_TICKET_MAX 64u

enum deposit_kind {
	DEPOSIT_TICKET,
	DEPOSIT_SEALED,
	DEPOSIT_REFUSED,
	DEPOSIT_FAILED,
};

/* What an answer says. Texts and span are borrowed by whoever writes one, and point
 * into the bytes that were read; the texts end with a NUL. */
struct deposit_answer {
	enum deposit_kind kind;
	uint64_t lifetime_usec; /* TICKET, SEALED */
	const char *ticket;	/* TICKET */
	struct span sealed;	/* SEALED */
	const char *reason;	/* REFUSED, FAILED: without spaces */
	const char *message;	/* REFUSED, FAILED */
};

void deposit_write_head(size_t size,
			uint8_t ret_head[static DEPOSIT_HEAD_SIZE]);
size_t deposit_read_head(const uint8_t head[static DEPOSIT_HEAD_SIZE]);

/* Writes the whole frame of an answer and returns its size. A message that is too
 * long is cut; a sealed ticket has at most half of DEPOSIT_ANSWER_MAX bytes. */
size_t deposit_write_answer(
	const struct deposit_answer *answer,
	uint8_t ret_frame[static DEPOSIT_HEAD_SIZE + DEPOSIT_ANSWER_MAX]);

/* Reads an answer without its head, and replaces the ends of its words by NULs. 0,
 * or -EBADMSG. */
int deposit_read_answer(uint8_t *bytes, size_t size,
			struct deposit_answer *ret_answer) _must_use_;

#endif
