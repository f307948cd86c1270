/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-attest/deposit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {
	[DEPOSIT_TICKET] = "ticket",
	[DEPOSIT_SEALED] = "sealed",
	[DEPOSIT_REFUSED] = "refused",
	[DEPOSIT_FAILED] = "failed",
};

void deposit_write_head(size_t size, uint8_t ret_head[static DEPOSIT_HEAD_SIZE])
{
	for (unsigned i = 0; i < DEPOSIT_HEAD_SIZE; i++)
		ret_head[i] = (uint8_t)(size >> (24 - 8 * i));
}

size_t deposit_read_head(const uint8_t head[static DEPOSIT_HEAD_SIZE])
{
	size_t size = 0;

	for (unsigned i = 0; i < DEPOSIT_HEAD_SIZE; i++)
		size = size << 8 | head[i];
	return size;
}

/* The line with its newline; cut so that the newline is always there. */
static size_t write_line(const struct deposit_answer *answer,
			 char ret_line[static DEPOSIT_LINE_MAX])
{
	const char *word = words[answer->kind];
	int length = 0;

	switch (answer->kind) {
	case DEPOSIT_TICKET:
		length = snprintf(ret_line, DEPOSIT_LINE_MAX,
				  "%s %" PRIu64 " %s", word,
				  answer->lifetime_usec, answer->ticket);
		break;
	case DEPOSIT_SEALED:
		length = snprintf(ret_line, DEPOSIT_LINE_MAX, "%s %" PRIu64,
				  word, answer->lifetime_usec);
		break;
	case DEPOSIT_REFUSED:
	case DEPOSIT_FAILED:
		length = snprintf(ret_line, DEPOSIT_LINE_MAX, "%s %s %s", word,
				  answer->reason, answer->message);
		break;
	}
	if (length < 0)
		length = 0;
	if ((size_t)length > DEPOSIT_LINE_MAX - 1)
		length = DEPOSIT_LINE_MAX - 1;
	ret_line[length++] = '\n';
	return (size_t)length;
}

size_t deposit_write_answer(
	const struct deposit_answer *answer,
	uint8_t ret_frame[static DEPOSIT_HEAD_SIZE + DEPOSIT_ANSWER_MAX])
{
	uint8_t *body = ret_frame + DEPOSIT_HEAD_SIZE;
	size_t size = write_line(answer, (char *)body);

	if (answer->kind == DEPOSIT_SEALED &&
	    answer->sealed.size <= DEPOSIT_ANSWER_MAX / 2) {
		memcpy(body + size, answer->sealed.data, answer->sealed.size);
		size += answer->sealed.size;
	}
	deposit_write_head(size, ret_frame);
	return DEPOSIT_HEAD_SIZE + size;
}

/* Takes the word up to the next space, or what is left when `is_last`, off the
 * front of a line. NULL when there is none. */
static char *take_word(char **line, bool is_last)
{
	char *word = *line;
	char *end = is_last ? word + strlen(word) : strchr(word, ' ');

	if (end == NULL || end == word)
		return NULL;
	*line = *end == '\0' ? end : end + 1;
	*end = '\0';
	return word;
}

static bool read_lifetime(const char *word, uint64_t *ret_lifetime)
{
	char *end;

	if (word == NULL || word[0] < '1' || word[0] > '9')
		return false;
	errno = 0;
	*ret_lifetime = strtoull(word, &end, 10);
	return errno == 0 && *end == '\0';
}

static bool read_kind(const char *word, enum deposit_kind *ret_kind)
{
	for (unsigned i = 0; word != NULL && i < ARRAY_SIZE(words); i++)
		if (strcmp(word, words[i]) == 0) {
			*ret_kind = (enum deposit_kind)i;
			return true;
		}
	return false;
}

static bool read_line(char *line, struct deposit_answer *answer)
{
	bool is_sealed = strncmp(line, words[DEPOSIT_SEALED],
				 strlen(words[DEPOSIT_SEALED])) == 0;

	if (!read_kind(take_word(&line, false), &answer->kind))
		return false;

	switch (answer->kind) {
	case DEPOSIT_TICKET:
	case DEPOSIT_SEALED:
		if (!read_lifetime(take_word(&line, is_sealed),
				   &answer->lifetime_usec))
			return false;
		answer->ticket = is_sealed ? NULL : take_word(&line, true);
		return is_sealed ||
		       (answer->ticket != NULL &&
			strlen(answer->ticket) <= DEPOSIT_TICKET_MAX &&
			strchr(answer->ticket, ' ') == NULL);
	case DEPOSIT_REFUSED:
	case DEPOSIT_FAILED:
		answer->reason = take_word(&line, false);
		answer->message = take_word(&line, true);
		return answer->reason != NULL && answer->message != NULL;
	}
	return false;
}

/* Printable ASCII: it goes to terminals and prompts. */
static bool is_printable(const uint8_t *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	return true;
}

int deposit_read_answer(uint8_t *bytes, size_t size,
			struct deposit_answer *ret_answer)
{
	struct deposit_answer answer = { .sealed = SPAN_ABSENT };
	uint8_t *end = memchr(bytes, '\n', size);
	size_t length = end == NULL ? 0 : (size_t)(end - bytes);
	struct span rest;

	if (end == NULL || length >= DEPOSIT_LINE_MAX ||
	    !is_printable(bytes, length))
		return -EBADMSG;
	*end = '\0';
	rest = span_of(end + 1, size - length - 1);
	if (!read_line((char *)bytes, &answer))
		return -EBADMSG;
	if ((answer.kind == DEPOSIT_SEALED) != (rest.size > 0))
		return -EBADMSG;
	answer.sealed = rest;
	*ret_answer = answer;
	return 0;
}
