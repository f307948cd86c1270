/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/word_list.h"

#include <string.h>
#include <time.h>

#include "tests/unit/unit.h"

static void assert_words(const char *text, size_t count, const char *last)
{
	struct word_list list;

	ck_assert(word_list_init(&list, text));
	ck_assert_uint_eq(list.count, count);
	if (count > 0)
		ck_assert_str_eq(list.words[count - 1], last);
	word_list_deinit(&list);
}

START_TEST(splits_at_commas_and_blanks)
{
	assert_words("", 0, NULL);
	assert_words(" , ,\t", 0, NULL);
	assert_words("a", 1, "a");
	assert_words("a, b", 2, "b");
	assert_words("a b", 2, "b");
	assert_words(",a,,\tb , c,", 3, "c");
}
END_TEST

START_TEST(finds_words_and_patterns)
{
	struct word_list list;

	ck_assert(word_list_init(&list, "sshd, deploy-*"));
	ck_assert(word_list_contains(&list, "sshd"));
	ck_assert(!word_list_contains(&list, "deploy-x"));
	ck_assert(word_list_matches(&list, "deploy-x"));
	ck_assert(!word_list_matches(&list, "root"));
	word_list_deinit(&list);
}
END_TEST

static const struct matching {
	const char *pattern;
	const char *text;
	bool matches;
} matchings[] = {
	{ "root", "root", true },
	{ "root", "roo", false },
	{ "root", "roott", false },
	{ "root", "Root", false },
	{ "*", "", true },
	{ "*", "anything", true },
	{ "", "", true },
	{ "", "a", false },
	{ "?", "", false },
	{ "?", "a", true },
	{ "?", "ab", false },
	{ "a*", "a", true },
	{ "a*c", "abc", true },
	{ "a*c", "ac", true },
	{ "a*c", "acb", false },
	{ "*a*b*", "xxaxxbxx", true },
	{ "*a*b*", "xxbxxa", false },
	{ "a*b*c", "abbbcbc", true },
	{ "**", "x", true },
	{ "a?c*", "abcd", true },
	{ "[ab]", "a", false },
	{ "[ab]", "[ab]", true },
	{ "\\*", "*", false },
	{ "DOM\\u*", "DOM\\user", true },
};

START_TEST(matches_as_a_table_says)
{
	const struct matching *row = &matchings[_i];

	ck_assert_msg(pattern_matches(row->pattern, row->text) == row->matches,
		      "%s against %s", row->pattern, row->text);
}
END_TEST

/* Many stars must not make a login slow: the user's name is his to choose. */
START_TEST(stays_fast_with_many_stars)
{
	char pattern[257], text[257];
	clock_t start = clock();

	for (size_t i = 0; i < 256; i += 2)
		memcpy(pattern + i, "*a", 2);
	pattern[255] = 'b';
	pattern[256] = '\0';
	memset(text, 'a', 256);
	text[256] = '\0';
	for (int i = 0; i < 1000; i++)
		ck_assert(!pattern_matches(pattern, text));
	ck_assert_int_lt(clock() - start, 5 * CLOCKS_PER_SEC);
}
END_TEST

static const struct covering {
	const char *wide;
	const char *narrow;
	bool covers;
} coverings[] = {
	{ "*", "*", true },
	{ "*", "deploy-*", true },
	{ "*", "root", true },
	{ "root", "root", true },
	{ "root", "*", false },
	{ "deploy-*", "deploy-x*", true },
	{ "deploy-?", "deploy-*", false },
	{ "deploy-*", "deploy-?", true },
	{ "a?", "a?", true },
	{ "a?", "ab", true },
	{ "ab", "a?", false },
	{ "a*c", "a*c", true },
	{ "*a", "*", false },
};

START_TEST(covers_as_a_table_says)
{
	const struct covering *row = &coverings[_i];

	ck_assert_msg(pattern_covers(row->wide, row->narrow) == row->covers,
		      "%s over %s", row->wide, row->narrow);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, splits_at_commas_and_blanks);
	tcase_add_test(tests, finds_words_and_patterns);
	tcase_add_loop_test(tests, matches_as_a_table_says, 0,
			    ARRAY_SIZE(matchings));
	tcase_add_test(tests, stays_fast_with_many_stars);
	tcase_add_loop_test(tests, covers_as_a_table_says, 0,
			    ARRAY_SIZE(coverings));
}

UNIT_MAIN("word_list", add_tests)
