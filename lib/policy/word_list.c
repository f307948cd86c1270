/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/word_list.h"

#include <stdlib.h>
#include <string.h>

static const char separators[] = ", \t";

static size_t count_words(const char *text)
{
	size_t count = 0;

	for (text += strspn(text, separators); *text != '\0'; count++) {
		text += strcspn(text, separators);
		text += strspn(text, separators);
	}
	return count;
}

bool word_list_init(struct word_list *ret_list, const char *text)
{
	struct word_list list = { .count = count_words(text) };
	char *next;

	list.text = strdup(text);
	list.words = calloc(list.count + 1, sizeof(*list.words));
	if (list.text == NULL || list.words == NULL) {
		word_list_deinit(&list);
		return false;
	}
	next = list.text;
	for (size_t i = 0; i < list.count; i++) {
		next += strspn(next, separators);
		list.words[i] = next;
		next += strcspn(next, separators);
		if (*next != '\0')
			*next++ = '\0';
	}
	*ret_list = list;
	return true;
}

void word_list_deinit(struct word_list *list)
{
	free(list->text);
	free(list->words);
}

bool word_list_contains(const struct word_list *list, const char *word)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->words[i], word) == 0)
			return true;
	return false;
}

/* Whether `pattern` stands for the one byte `c` at its beginning. A `*` in a text
 * that is itself a pattern may stand for several bytes, which only `*` covers. */
static bool takes_byte(char pattern, char c, bool text_is_pattern)
{
	if (text_is_pattern && c == '*')
		return false;
	return pattern == c || pattern == '?';
}

/* Goes back to the last `*` only: an earlier one could not do better. */
static bool match(const char *pattern, const char *text, bool text_is_pattern)
{
	const char *after_star = NULL;
	const char *retry = NULL;

	while (*text != '\0') {
		if (*pattern == '*') {
			after_star = ++pattern;
			retry = text;
		} else if (*pattern != '\0' &&
			   takes_byte(*pattern, *text, text_is_pattern)) {
			pattern++;
			text++;
		} else if (after_star != NULL) {
			pattern = after_star;
			text = ++retry;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

bool pattern_matches(const char *pattern, const char *text)
{
	return match(pattern, text, false);
}

bool pattern_covers(const char *wide, const char *narrow)
{
	return match(wide, narrow, true);
}

bool word_list_matches(const struct word_list *patterns, const char *text)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (pattern_matches(patterns->words[i], text))
			return true;
	return false;
}
