/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/conversation.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "client/refusal.h"

#define TEXT_MAX                                                               \
	(BASE64_SIZE(CONVERSATION_DOCUMENT_MAX) + strlen(manifest_mark) +      \
	 BASE64_SIZE(CONVERSATION_MANIFEST_MAX) + strlen(signature_mark) +     \
	 BASE64_SIZE(CONVERSATION_SIGNATURE_MAX))
#define PROMPT_SIZE 128

/* What a manifest and a signature begin with, behind the document. */
static const char manifest_mark[] = ".m";
static const char signature_mark[] = ".s";

/* The document's text as far as it is known, and where all of it goes. */
struct collection {
	struct conversation_reply *reply;
	char *text;
	size_t length;
	unsigned total; /* parts; 0 before the first answer */
};

static uint64_t deadline_of(const struct client_challenge *challenge)
{
	uint64_t deadline;

	if (__builtin_add_overflow(clock_boottime_usec(),
				   challenge->lifetime_usec, &deadline))
		return UINT64_MAX;
	return deadline;
}

static void wipe_text(char **text)
{
	if (*text != NULL)
		explicit_bzero(*text, strlen(*text));
	free(*text);
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
		return refusal_give(REFUSAL_ANSWER_MALFORMED, NULL,
				    reterr_answer);
	if (length > TEXT_MAX - collection->length)
		return refusal_give(REFUSAL_ANSWER_TOO_LARGE, NULL,
				    reterr_answer);

	memcpy(collection->text + collection->length, part, length);
	collection->length += length;
	return true;
}

/* Reads "PART/TOTAL CHARACTERS", of which part `wanted` was asked for. */
static bool read_part(struct collection *collection, const char *text,
		      unsigned wanted, struct answer *reterr_answer)
{
	unsigned part, total;

	if (!take_number(&text, &part) || !take_character(&text, '/') ||
	    !take_number(&text, &total) || !take_character(&text, ' '))
		return refusal_give(REFUSAL_ANSWER_MALFORMED, NULL,
				    reterr_answer);
	if (part != wanted)
		return refusal_give(REFUSAL_ANSWER_WRONG_PART, NULL,
				    reterr_answer);
	if (total > CONVERSATION_PARTS_MAX ||
	    (collection->total != 0 && total != collection->total))
		return refusal_give(REFUSAL_ANSWER_TOTAL, NULL, reterr_answer);

	collection->total = total;
	return append_part(collection, text, reterr_answer);
}

/* Shows one prompt and takes over the answer, which is within bounds. */
static bool ask_part(const struct conversation *conversation,
		     const char *prompt, unsigned max, char **ret_text,
		     struct answer *reterr_answer)
{
	_cleanup_(wipe_text) char *text = NULL;

	if (!conversation->ask(conversation->data, prompt, &text,
			       reterr_answer))
		return false;
	if (text == NULL || *text == '\0')
		return refusal_give(REFUSAL_ANSWER_MISSING, NULL,
				    reterr_answer);
	if (strlen(text) > max)
		return refusal_give(REFUSAL_ANSWER_TOO_LONG, NULL,
				    reterr_answer);

	*ret_text = TAKE_PTR(text);
	return true;
}

/* Whether an answer is "ticket ID" rather than a part of a document. A ticket is
 * letters and digits; the daemon knows which. */
static bool read_ticket(const char *text, struct conversation_reply *reply,
			struct answer *reterr_answer)
{
	static const char characters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	size_t length = strlen(text);

	if (length == 0 || length > CONVERSATION_TICKET_MAX ||
	    strspn(text, characters) != length)
		return refusal_give(REFUSAL_ANSWER_TICKET, NULL, reterr_answer);
	memcpy(reply->ticket, text, length + 1);
	return true;
}

/* The text behind "ticket ", or NULL. Only the first answer may be a ticket. */
static const char *find_ticket(const char *text, unsigned part)
{
	static const char word[] = "ticket ";

	if (part != 1 || strncmp(text, word, strlen(word)) != 0)
		return NULL;
	return text + strlen(word);
}

/* All parts, in order, or a ticket. */
static bool collect(const struct conversation *conversation,
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
		const char *ticket;
		char prompt[PROMPT_SIZE];

		snprintf(prompt, sizeof(prompt),
			 "nitro-attest/1 nonce=%s max=%u part=%u:", nonce, max,
			 ++part);
		if (!ask_part(conversation, prompt, max, &text, reterr_answer))
			return false;
		if (clock_boottime_usec() >= deadline)
			return refusal_give(REFUSAL_ANSWER_LATE, NULL,
					    reterr_answer);
		ticket = find_ticket(text, part);
		if (ticket != NULL)
			return read_ticket(ticket, collection->reply,
					   reterr_answer);
		if (!read_part(collection, text, part, reterr_answer))
			return false;
	} while (part < collection->total);
	return true;
}

static bool decode_bytes(struct span text, size_t max, struct buffer *ret_bytes,
			 struct answer *reterr_answer)
{
	int r;

	ret_bytes->data = malloc(max);
	if (ret_bytes->data == NULL)
		return refusal_give(REFUSAL_NO_MEMORY, NULL, reterr_answer);
	r = base64_decode(BASE64_URL, text, ret_bytes->data, max,
			  &ret_bytes->size);
	if (r == -ENOSPC)
		return refusal_give(REFUSAL_ANSWER_TOO_LARGE, NULL,
				    reterr_answer);
	if (r < 0)
		return refusal_give(REFUSAL_ANSWER_NOT_BASE64, NULL,
				    reterr_answer);
	return true;
}

/* What stands behind a mark: nothing is not the same as no mark. */
static bool decode_section(struct span text, size_t max,
			   struct buffer *ret_bytes,
			   struct answer *reterr_answer)
{
	if (span_is_absent(text))
		return true;
	if (text.size == 0)
		return refusal_give(REFUSAL_ANSWER_MALFORMED, NULL,
				    reterr_answer);
	return decode_bytes(text, max, ret_bytes, reterr_answer);
}

/* Cuts `text` at the mark and gives what stands behind it; SPAN_ABSENT without. */
static struct span cut_at(struct span *text, const char *mark)
{
	const uint8_t *at = memmem(text->data, text->size, mark, strlen(mark));
	struct span behind;

	if (at == NULL)
		return SPAN_ABSENT;
	behind.data = at + strlen(mark);
	behind.size = text->size - (size_t)(behind.data - text->data);
	text->size = (size_t)(at - text->data);
	return behind;
}

/* The document's base64, and behind marks that of its manifest and of a signature,
 * in this order. */
static bool decode(const struct collection *collection,
		   struct answer *reterr_answer)
{
	struct conversation_reply *reply = collection->reply;
	struct span text = span_of(collection->text, collection->length);
	const struct span signature = cut_at(&text, signature_mark);
	const struct span manifest = cut_at(&text, manifest_mark);

	if (*reply->ticket != '\0')
		return true;
	return decode_bytes(text, CONVERSATION_DOCUMENT_MAX, &reply->document,
			    reterr_answer) &&
	       decode_section(manifest, CONVERSATION_MANIFEST_MAX,
			      &reply->manifest, reterr_answer) &&
	       decode_section(signature, CONVERSATION_SIGNATURE_MAX,
			      &reply->signature, reterr_answer);
}

bool conversation_hold(const struct conversation *conversation,
		       const struct client_challenge *challenge, unsigned max,
		       struct conversation_reply *ret_reply,
		       struct answer *reterr_answer)
{
	_cleanup_(conversation_reply_clear) struct conversation_reply reply =
		CONVERSATION_REPLY_EMPTY;
	_cleanup_free_ char *text = malloc(TEXT_MAX);
	struct collection collection = { .text = text, .reply = &reply };

	if (text == NULL)
		return refusal_give(REFUSAL_NO_MEMORY, NULL, reterr_answer);
	if (!collect(conversation, challenge, max, &collection,
		     reterr_answer) ||
	    !decode(&collection, reterr_answer))
		return false;

	*ret_reply = reply;
	reply = CONVERSATION_REPLY_EMPTY;
	return true;
}

void conversation_reply_clear(struct conversation_reply *reply)
{
	buffer_free(reply->document);
	buffer_free(reply->manifest);
	buffer_free(reply->signature);
	explicit_bzero(reply, sizeof(*reply));
}
