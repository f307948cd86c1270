/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/sudo_conf.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define KEYWORD "Plugin"
#define BLANKS	" \t"

/* A place in the text, and the room in which lines are put together. */
struct scanner {
	struct span text;
	size_t at;
	unsigned number; /* of the line at `at`, from 1 */
	char *room;	 /* text.size + 1 bytes */
};

/* One line as sudo sees it, of one or more lines of the file. */
struct line {
	size_t begin, end; /* bytes of the text, newline included */
	unsigned number;
	char *words;  /* in the scanner's room */
	bool is_open; /* the text ends where the line would go on */
};

static bool scanner_init(struct scanner *scanner, struct span text)
{
	*scanner = (struct scanner){ .text = text, .number = 1 };
	if (memchr(text.data == NULL ? (const void *)"" : text.data, '\0',
		   text.size) != NULL)
		return false;
	scanner->room = malloc(text.size + 1);
	return scanner->room != NULL;
}

static void scanner_deinit(struct scanner *scanner)
{
	free(scanner->room);
}

/* Moves behind the next line of the file; *ret_length is without its end. */
static const char *take_file_line(struct scanner *scanner, size_t *ret_length)
{
	const char *begin = (const char *)scanner->text.data + scanner->at;
	size_t left = scanner->text.size - scanner->at;
	const char *newline = memchr(begin, '\n', left);
	size_t length = newline == NULL ? left : (size_t)(newline - begin);

	scanner->at += length + (newline == NULL ? 0 : 1);
	scanner->number++;
	while (length > 0 && begin[length - 1] == '\r')
		length--;
	*ret_length = length;
	return begin;
}

/* A backslash at the end, but not two. */
static bool goes_on(const char *text, size_t length)
{
	return length > 0 && text[length - 1] == '\\' &&
	       (length == 1 || text[length - 2] != '\\');
}

/* False at the end of the text. A comment hides a backslash, and so ends a line
 * that goes on. */
static bool next_line(struct scanner *scanner, struct line *ret_line)
{
	char *to = scanner->room;
	bool is_open = false;

	if (scanner->at == scanner->text.size)
		return false;
	*ret_line = (struct line){ .begin = scanner->at,
				   .number = scanner->number,
				   .words = scanner->room };
	do {
		size_t length;
		const char *from = take_file_line(scanner, &length);
		const char *comment = memchr(from, '#', length);

		if (comment != NULL)
			length = (size_t)(comment - from);
		is_open = comment == NULL && goes_on(from, length);
		if (is_open)
			length--;
		while (length > 0 && strchr(BLANKS, *from) != NULL) {
			from++;
			length--;
		}
		memcpy(to, from, length);
		to += length;
	} while (is_open && scanner->at < scanner->text.size);
	*to = '\0';
	ret_line->end = scanner->at;
	ret_line->is_open = is_open;
	return true;
}

/* The next word of *rest, ended by a NUL in place; NULL: there is none. */
static char *take_word(char **rest)
{
	char *word = *rest + strspn(*rest, BLANKS);
	size_t length = strcspn(word, BLANKS);

	if (length == 0)
		return NULL;
	*rest = word + length;
	if (**rest != '\0')
		*(*rest)++ = '\0';
	return word;
}

/* Whether sudo would load our plugin for this line. Leaves the rest of the words,
 * from the path on, in *ret_rest. */
static bool is_ours(const struct line *line, char **ret_rest)
{
	char *rest = line->words;
	const char *keyword = take_word(&rest);
	const char *symbol = keyword == NULL ? NULL : take_word(&rest);

	*ret_rest = rest;
	return symbol != NULL && strcasecmp(keyword, KEYWORD) == 0 &&
	       strcmp(symbol, SUDO_CONF_SYMBOL) == 0 &&
	       rest[strspn(rest, BLANKS)] != '\0';
}

/* The words with one space between them. */
static char *normalise(char *rest)
{
	_cleanup_free_ char *line = NULL;
	size_t size;
	FILE *out = open_memstream(&line, &size);
	const char *word;

	if (out == NULL)
		return NULL;
	fputs(KEYWORD " " SUDO_CONF_SYMBOL, out);
	while ((word = take_word(&rest)) != NULL)
		fprintf(out, " %s", word);
	if (fclose(out) != 0)
		return NULL;
	return TAKE_PTR(line);
}

char *sudo_conf_make_line(const char *path, size_t option_count,
			  char *const *options)
{
	_cleanup_free_ char *line = NULL;
	size_t size;
	FILE *out = open_memstream(&line, &size);

	if (out == NULL)
		return NULL;
	fprintf(out, KEYWORD " " SUDO_CONF_SYMBOL " %s", path);
	for (size_t i = 0; i < option_count; i++)
		fprintf(out, " %s", options[i]);
	if (fclose(out) != 0)
		return NULL;
	return TAKE_PTR(line);
}

bool sudo_conf_find(struct span text, struct sudo_conf_found *ret_found)
{
	_cleanup_(scanner_deinit) struct scanner scanner;
	struct sudo_conf_found found = { .line = NULL };
	struct line line;
	char *rest;

	if (!scanner_init(&scanner, text))
		return false;
	while (next_line(&scanner, &line)) {
		if (!is_ours(&line, &rest) || found.count++ > 0)
			continue;
		found.number = line.number;
		found.line = normalise(rest);
		if (found.line == NULL)
			return false;
	}
	*ret_found = found;
	return true;
}

static void append(struct buffer *to, const void *bytes, size_t size)
{
	memcpy(to->data + to->size, bytes, size);
	to->size += size;
}

static void append_line(struct buffer *to, const char *line)
{
	append(to, line, strlen(line));
	append(to, "\n", 1);
}

/* After whatever the text ends with: half a line, or a line that would go on. */
static void append_last_line(struct buffer *to, const char *line, bool is_open)
{
	if (to->size > 0 && to->data[to->size - 1] != '\n')
		append(to, "\n", 1);
	if (is_open)
		append(to, "\n", 1);
	append_line(to, line);
}

bool sudo_conf_edit(struct span text, const char *line, struct buffer *ret_text)
{
	_cleanup_(scanner_deinit) struct scanner scanner;
	size_t room = text.size + (line == NULL ? 0 : strlen(line)) + 4;
	_cleanup_(buffer_freep) struct buffer edited = { malloc(room), 0 };
	bool is_open = false;
	struct line found;
	char *rest;

	if (!scanner_init(&scanner, text) || edited.data == NULL)
		return false;
	while (next_line(&scanner, &found)) {
		if (!is_ours(&found, &rest)) {
			append(&edited, text.data + found.begin,
			       found.end - found.begin);
			is_open = found.is_open;
			continue;
		}
		if (line != NULL)
			append_line(&edited, line);
		line = NULL;
	}
	if (line != NULL)
		append_last_line(&edited, line, is_open);
	*ret_text = edited;
	edited = BUFFER_EMPTY;
	return true;
}
