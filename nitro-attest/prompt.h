/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conversation "nitro-attest/1" as text (DESIGN: section 8): reads the
 * module's prompt, strictly, and cuts a document into answers. Whoever runs the
 * server writes the prompt, so nothing but this one form is ever answered.
 */
#ifndef NITRO_ATTEST_PROMPT_H
#define NITRO_ATTEST_PROMPT_H

#include "base/compiler.h"
#include "base/span.h"

#define PROMPT_NONCE_SIZE 32u

/* Parts of one document, and characters of one answer. OpenSSH cuts a reply
 * silently at 1023 characters, so that no more are used of a host that takes more:
 * one that takes a whole document in one answer of another client. */
#define PROMPT_PART_MAX	  64u
#define PROMPT_ANSWER_MIN 64u
#define PROMPT_ANSWER_MAX 1000u
#define PROMPT_OFFER_MAX  22000u

/* Bytes of a document, and of a manifest behind it, that the conversation
 * carries. */
#define PROMPT_DOCUMENT_MAX 16384u
#define PROMPT_MANIFEST_MAX 16384u

/* Bytes of a signature over the challenge, behind both. */
#define PROMPT_SIGNATURE_MAX 512u

/* The text of all parts: base64url of the document, and behind marks that of the
 * others. */
#define PROMPT_EVIDENCE_MAX 45056u

/* A longer prompt is not read at all: the form takes about 100 characters, and
 * OpenSSH puts "(user@host) " in front. */
#define PROMPT_TEXT_MAX 1024u

/* Characters of user and of host in "(user@host) ". */
#define PROMPT_NAME_MAX 256u

struct prompt {
	/* Of OpenSSH's own "(user@host) "; "" without. */
	char user[PROMPT_NAME_MAX + 1];
	char host[PROMPT_NAME_MAX + 1];
	uint8_t nonce[PROMPT_NONCE_SIZE];
	unsigned max;  /* characters of the answer: PROMPT_ANSWER_MIN.._MAX */
	unsigned part; /* 1..PROMPT_PART_MAX */
};

/* Reads "nitro-attest/1 nonce=<base64url> max=<number> part=<number>:", with or
 * without OpenSSH's "(user@host) " before it, or what sudo-rs puts around it. 0, or
 * -EINVAL for anything else. */
int prompt_parse(struct span text, struct prompt *ret_prompt) _must_use_;

struct prompt_answer {
	char line[PROMPT_ANSWER_MAX + 2]; /* with its newline and NUL */
	unsigned total;
};

/* What answers a challenge; the last two may be SPAN_ABSENT. */
struct prompt_evidence {
	struct span document;
	struct span manifest;
	struct span signature;
};

/* Makes one text of it: the document, behind ".m" the manifest, and behind ".s" the
 * signature. 0 and a text that the caller frees; -EFBIG when one of them is too
 * large; -ENOMEM. */
int prompt_evidence_text(const struct prompt_evidence *evidence,
			 char **ret_text) _must_use_;

/* Writes the answer to `prompt`: "<part>/<total> <characters>\n", of which at most
 * `max` stand before the newline. All parts together are `text`. 0; -EFBIG when it
 * does not fit into PROMPT_PART_MAX answers of this size; -ERANGE when there is no
 * such part. */
int prompt_answer(const struct prompt *prompt, struct span text,
		  struct prompt_answer *ret_answer) _must_use_;

/* Writes the answer "ticket <ticket>\n" to a prompt for the first part; every
 * prompt has room for it. 0, or -EINVAL for what has not the form of a ticket. */
int prompt_answer_ticket(const char *ticket,
			 struct prompt_answer *ret_answer) _must_use_;

#endif
