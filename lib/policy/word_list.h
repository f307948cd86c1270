/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists in configuration values ("a, b c": separated by commas, blanks or both),
 * and the plain patterns that services and users are matched with.
 */
#ifndef NITRO_POLICY_WORD_LIST_H
#define NITRO_POLICY_WORD_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

struct word_list {
	char *text; /* holds the characters of all words */
	const char **words;
	size_t count;
};

/* Splits a copy of `text`. False when memory is exhausted. */
bool word_list_init(struct word_list *ret_list, const char *text) _must_use_;
void word_list_deinit(struct word_list *list);

bool word_list_contains(const struct word_list *list, const char *word);

/* `*` stands for any characters, also none, `?` for exactly one byte; everything
 * else for itself, case included. Takes at most strlen(pattern) * strlen(text)
 * steps: the text may come from an attacker. */
bool pattern_matches(const char *pattern, const char *text);

/* True when every text that `narrow` matches is matched by `wide` too. May miss a
 * case, never claims one. */
bool pattern_covers(const char *wide, const char *narrow);

/* True when one of the patterns in the list matches. */
bool word_list_matches(const struct word_list *patterns, const char *text);

#endif
