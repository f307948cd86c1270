/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-attest/prompt.h"

#include "base/base64.h"
#include "base/cleanup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Characters of the base64url text of a nonce. */
#define NONCE_TEXT_SIZE 43u

/* Of nitro-policyd. */
#define TICKET_LENGTH 26u

/* What a manifest and a signature begin with, behind the document. */
#define MANIFEST_MARK  ".m"
#define SIGNATURE_MARK ".s"

/* "64/64 " */
#define ANSWER_HEAD_MAX 6u

_Static_assert(PROMPT_EVIDENCE_MAX >=
		       BASE64_SIZE(PROMPT_DOCUMENT_MAX) +
			       BASE64_SIZE(PROMPT_MANIFEST_MAX) +
			       BASE64_SIZE(PROMPT_SIGNATURE_MAX) + 4,
	       "all sections fit");

/* The readers below take what they expect off the front of `text`. */

static bool take_text(struct span *text, const char *expected)
{
	size_t size = strlen(expected);

	if (text->size < size || memcmp(text->data, expected, size) != 0)
		return false;
	*text = span_of(text->data + size, text->size - size);
	return true;
}

/* Decimal as one would write it: no sign, no leading zero. */
static bool take_number(struct span *text, unsigned min, unsigned max,
			unsigned *ret_number)
{
	unsigned number = 0;
	size_t i;

	for (i = 0; i < text->size; i++) {
		if (text->data[i] < '0' || text->data[i] > '9')
			break;
		number = number * 10 + (unsigned)(text->data[i] - '0');
		if (number > max)
			return false;
	}
	if (i == 0 || text->data[0] == '0' || number < min)
		return false;
	*text = span_of(text->data + i, text->size - i);
	*ret_number = number;
	return true;
}

static bool take_nonce(struct span *text,
		       uint8_t ret_nonce[static PROMPT_NONCE_SIZE])
{
	size_t size;

	if (text->size < NONCE_TEXT_SIZE)
		return false;
	if (base64_decode(BASE64_URL, span_of(text->data, NONCE_TEXT_SIZE),
			  ret_nonce, PROMPT_NONCE_SIZE, &size) < 0)
		return false;
	*text = span_of(text->data + NONCE_TEXT_SIZE,
			text->size - NONCE_TEXT_SIZE);
	return size == PROMPT_NONCE_SIZE;
}

/* Up to `end`, which is taken too: printable, and neither space nor bracket. */
static bool take_name(struct span *text, uint8_t end,
		      char ret_name[static PROMPT_NAME_MAX + 1])
{
	size_t i;

	for (i = 0; i < text->size && text->data[i] != end; i++)
		if (text->data[i] <= ' ' || text->data[i] == '(' ||
		    text->data[i] == ')' || i == PROMPT_NAME_MAX)
			return false;
	if (i == text->size)
		return false;
	memcpy(ret_name, text->data, i);
	ret_name[i] = '\0';
	*text = span_of(text->data + i + 1, text->size - i - 1);
	return true;
}

/* OpenSSH shows "(user@host) PROMPT" (sshconnect2.c), both as its user named them; a
 * server's text cannot be told apart from that by more than this form. */
static bool take_login(struct span *text, struct prompt *prompt)
{
	prompt->user[0] = prompt->host[0] = '\0';
	if (text->size == 0 || text->data[0] != '(')
		return true;
	return take_text(text, "(") && take_name(text, '@', prompt->user) &&
	       take_name(text, ')', prompt->host) && take_text(text, " ");
}

/* What sudo-rs puts around a prompt: "[sudo: input needed] PROMPT ", where versions like
 * 0.2.15 leave the second bracket out. It says nothing about the login. */
static bool take_sudo_rs(struct span *text)
{
	if (!take_text(text, "[sudo: input needed"))
		return false;
	(void)take_text(text, "]");
	return take_text(text, " ");
}

int prompt_parse(struct span text, struct prompt *ret_prompt)
{
	struct prompt prompt;
	bool is_of_sudo_rs;

	if (text.size > PROMPT_TEXT_MAX)
		return -EINVAL;
	is_of_sudo_rs = take_sudo_rs(&text);
	if (!take_login(&text, &prompt) ||
	    !take_text(&text, "nitro-attest/1 nonce=") ||
	    !take_nonce(&text, prompt.nonce) || !take_text(&text, " max=") ||
	    !take_number(&text, PROMPT_ANSWER_MIN, PROMPT_OFFER_MAX,
			 &prompt.max) ||
	    !take_text(&text, " part=") ||
	    !take_number(&text, 1, PROMPT_PART_MAX, &prompt.part) ||
	    !take_text(&text, ":"))
		return -EINVAL;
	if (is_of_sudo_rs && !take_text(&text, " "))
		return -EINVAL;
	if (text.size != 0)
		return -EINVAL;
	if (prompt.max > PROMPT_ANSWER_MAX)
		prompt.max = PROMPT_ANSWER_MAX;
	*ret_prompt = prompt;
	return 0;
}

/* Characters of each answer but the last: whole groups of base64, so that the
 * document's parts can be decoded one by one or joined as text. */
static size_t characters_per_part(unsigned max)
{
	return (max - ANSWER_HEAD_MAX) / 4 * 4;
}

/* Appends mark and base64url; nothing for what is absent. */
static char *put_section(char *at, const char *mark, struct span bytes)
{
	if (span_is_absent(bytes))
		return at;
	at = stpcpy(at, mark);
	return at + base64_encode(BASE64_URL, bytes, at);
}

int prompt_evidence_text(const struct prompt_evidence *evidence,
			 char **ret_text)
{
	char *text, *at;

	if (evidence->document.size > PROMPT_DOCUMENT_MAX ||
	    evidence->manifest.size > PROMPT_MANIFEST_MAX ||
	    evidence->signature.size > PROMPT_SIGNATURE_MAX)
		return -EFBIG;
	text = malloc(PROMPT_EVIDENCE_MAX);
	if (text == NULL)
		return -ENOMEM;
	*text = '\0';
	at = put_section(text, "", evidence->document);
	at = put_section(at, MANIFEST_MARK, evidence->manifest);
	put_section(at, SIGNATURE_MARK, evidence->signature);
	*ret_text = text;
	return 0;
}

int prompt_answer(const struct prompt *prompt, struct span text,
		  struct prompt_answer *ret_answer)
{
	const size_t step = characters_per_part(prompt->max);
	const size_t start = (prompt->part - 1) * step;
	const size_t total = (text.size + step - 1) / step;
	size_t length;

	if (total > PROMPT_PART_MAX)
		return -EFBIG;
	if (prompt->part > total)
		return -ERANGE;
	length = text.size - start < step ? text.size - start : step;
	snprintf(ret_answer->line, sizeof(ret_answer->line), "%u/%zu %.*s\n",
		 prompt->part, total, (int)length,
		 (const char *)text.data + start);
	ret_answer->total = (unsigned)total;
	return 0;
}

int prompt_answer_ticket(const char *ticket, struct prompt_answer *ret_answer)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

	if (strnlen(ticket, TICKET_LENGTH + 1) != TICKET_LENGTH ||
	    strspn(ticket, alphabet) != TICKET_LENGTH)
		return -EINVAL;
	snprintf(ret_answer->line, sizeof(ret_answer->line), "ticket %s\n",
		 ticket);
	ret_answer->total = 1;
	return 0;
}
