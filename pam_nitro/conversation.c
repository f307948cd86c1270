/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/conversation.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/base64.h"
#include "pam_nitro/refusal.h"

#define TEXT_MAX    BASE64_SIZE(CONVERSATION_DOCUMENT_MAX)
#define PROMPT_SIZE 128

/* The document's text as far as it is known. */
struct collection {
	char *text;
	size_t length;
	unsigned total; /* parts; 0 before the first answer */
};

static uint64_t now_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static uint64_t deadline_of(const struct client_challenge *challenge)
{
	uint64_t deadline;

	if (__builtin_add_overflow(now_usec(), challenge->lifetime_usec,
				   &deadline))
		return UINT64_MAX;
	return deadline;
}

static void wipe_text(char **text)
{
	if (*text != NULL)
		explicit_bzero(*text, strlen(*text));
	free(*text);
}

/* Gives the prompt to the program and takes over its answer, which may be NULL. */
static bool prompt_once(const struct pam_conv *conv, const char *prompt,
			char **ret_text, struct answer *reterr_answer)
{
	const struct pam_message message = { PAM_PROMPT_ECHO_ON, prompt };
	const struct pam_message *messages = &message;
	struct pam_response *response = NULL;
	int r = conv->conv(1, &messages, &response, conv->appdata_ptr);

	/* An answer that comes later (PAM_CONV_AGAIN) cannot be waited for: the
	 * challenge lives for this one conversation. */
	if (r == PAM_CONV_AGAIN)
		return refuse(REFUSAL_CONVERSATION_FAILED,
			      "it asks to come back later", reterr_answer);
	if (r != PAM_SUCCESS)
		return refuse(REFUSAL_CONVERSATION_FAILED, NULL, reterr_answer);
	if (response == NULL)
		return refuse(REFUSAL_ANSWER_MISSING, NULL, reterr_answer);

	*ret_text = response->resp;
	free(response);
	return true;
}

/* A number from 1 to 99 without leading zero; moves *text behind it. */
static bool take_number(const char **text, unsigned *ret_number)
{
	unsigned number = 0;
	int digits = 0;

	if (**text == '0')
		return false;
	for (; **text >= '0' && **text <= '9' && digits < 2; (*text)++) {
		number = number * 10 + (unsigned)(**text - '0');
		digits++;
	}
	*ret_number = number;
	return digits > 0;
}

static bool take_character(const char **text, char wanted)
{
	if (**text != wanted)
		return false;
	(*text)++;
	return true;
}

/* Adds the characters of one part. What they are worth is seen when all are
 * there: a part may end in the middle of a group. */
static bool append_part(struct collection *collection, const char *part,
			struct answer *reterr_answer)
{
	size_t length = strlen(part);

	if (length == 0)
		return refuse(REFUSAL_ANSWER_MALFORMED, NULL, reterr_answer);
	if (length > TEXT_MAX - collection->length)
		return refuse(REFUSAL_ANSWER_TOO_LARGE, NULL, reterr_answer);

	memcpy(collection->text + collection->length, part, length);
	collection->length += length;
	return true;
}

/* Reads "PART/TOTAL CHARACTERS", of which part `wanted` was asked for. */
static bool read_part(struct collection *collection, const char *text,
		      unsigned wanted, struct answer *reterr_answer)
{
	static const char ticket[] = "ticket ";
	unsigned part, total;

	if (strncmp(text, ticket, strlen(ticket)) == 0)
		return refuse(REFUSAL_ANSWER_TICKET, NULL, reterr_answer);
	if (!take_number(&text, &part) || !take_character(&text, '/') ||
	    !take_number(&text, &total) || !take_character(&text, ' '))
		return refuse(REFUSAL_ANSWER_MALFORMED, NULL, reterr_answer);
	if (part != wanted)
		return refuse(REFUSAL_ANSWER_WRONG_PART, NULL, reterr_answer);
	if (total > CONVERSATION_PARTS_MAX ||
	    (collection->total != 0 && total != collection->total))
		return refuse(REFUSAL_ANSWER_TOTAL, NULL, reterr_answer);

	collection->total = total;
	return append_part(collection, text, reterr_answer);
}

static bool ask_part(const struct pam_conv *conv, const char *prompt,
		     unsigned max, char **ret_text,
		     struct answer *reterr_answer)
{
	_cleanup_(wipe_text) char *text = NULL;

	if (!prompt_once(conv, prompt, &text, reterr_answer))
		return false;
	if (text == NULL || *text == '\0')
		return refuse(REFUSAL_ANSWER_MISSING, NULL, reterr_answer);
	if (strlen(text) > max)
		return refuse(REFUSAL_ANSWER_TOO_LONG, NULL, reterr_answer);

	*ret_text = TAKE_PTR(text);
	return true;
}

/* All parts, in order. */
static bool collect(const struct pam_conv *conv,
		    const struct client_challenge *challenge, unsigned max,
		    struct collection *collection, struct answer *reterr_answer)
{
	uint64_t deadline = deadline_of(challenge);
	char nonce[BASE64_SIZE(NITRO_NONCE_SIZE)];
	unsigned part = 0;

	base64_encode(BASE64_URL,
		      span_of(challenge->nonce, sizeof(challenge->nonce)),
		      nonce);
	do {
		_cleanup_(wipe_text) char *text = NULL;
		char prompt[PROMPT_SIZE];

		snprintf(prompt, sizeof(prompt),
			 "nitro-attest/1 nonce=%s max=%u part=%u:", nonce, max,
			 ++part);
		if (!ask_part(conv, prompt, max, &text, reterr_answer))
			return false;
		if (now_usec() >= deadline)
			return refuse(REFUSAL_ANSWER_LATE, NULL, reterr_answer);
		if (!read_part(collection, text, part, reterr_answer))
			return false;
	} while (part < collection->total);
	return true;
}

static bool decode(const struct collection *collection,
		   struct buffer *ret_document, struct answer *reterr_answer)
{
	_cleanup_(buffer_freep) struct buffer document = {
		malloc(CONVERSATION_DOCUMENT_MAX), 0
	};
	int r;

	if (document.data == NULL)
		return refuse(REFUSAL_NO_MEMORY, NULL, reterr_answer);
	r = base64_decode(
		BASE64_URL, span_of(collection->text, collection->length),
		document.data, CONVERSATION_DOCUMENT_MAX, &document.size);
	if (r == -ENOSPC)
		return refuse(REFUSAL_ANSWER_TOO_LARGE, NULL, reterr_answer);
	if (r < 0)
		return refuse(REFUSAL_ANSWER_NOT_BASE64, NULL, reterr_answer);

	*ret_document = document;
	document = BUFFER_EMPTY;
	return true;
}

bool conversation_hold(const struct pam_conv *conv,
		       const struct client_challenge *challenge, unsigned max,
		       struct buffer *ret_document,
		       struct answer *reterr_answer)
{
	_cleanup_free_ char *text = malloc(TEXT_MAX);
	struct collection collection = { .text = text };

	if (text == NULL)
		return refuse(REFUSAL_NO_MEMORY, NULL, reterr_answer);
	return collect(conv, challenge, max, &collection, reterr_answer) &&
	       decode(&collection, ret_document, reterr_answer);
}
