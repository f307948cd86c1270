/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-attest/1: the challenge goes out as a prompt, the document comes back in
 * parts that fit through every login program. Nothing that is said here is
 * believed; it is only put together, strictly and within bounds.
 */
#ifndef NITRO_PAM_CONVERSATION_H
#define NITRO_PAM_CONVERSATION_H

#include <security/pam_appl.h>
#include <stdbool.h>

#include "base/read_file.h"
#include "client/client.h"

/* Parts, and bytes of the document that they make. */
#define CONVERSATION_PARTS_MAX	  64
#define CONVERSATION_DOCUMENT_MAX 16384

/* Asks for the document that answers `challenge`, by one PAM_PROMPT_ECHO_ON per
 * call of the conversation function, each with at most `max` characters of answer.
 * Gives up when the challenge's lifetime is over (CLOCK_BOOTTIME). True and
 * *ret_document, which the caller frees; or false and *reterr_answer. */
bool conversation_hold(const struct pam_conv *conv,
		       const struct client_challenge *challenge, unsigned max,
		       struct buffer *ret_document,
		       struct answer *reterr_answer) _must_use_;

#endif
