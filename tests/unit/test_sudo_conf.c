/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/sudo_conf.h"

#include <string.h>

#include "unit.h"

#define OURS "Plugin sudo_nitro_approval /p.so"

/* Edits `before`; the result must be `after`, must hold the line once (or not), and
 * editing it again must change nothing. */
static void assert_edit(const char *before, const char *line, const char *after)
{
	_cleanup_(buffer_freep) struct buffer once = BUFFER_EMPTY;
	_cleanup_(buffer_freep) struct buffer twice = BUFFER_EMPTY;
	struct sudo_conf_found found;

	ck_assert(sudo_conf_edit(span_of_text(before), line, &once));
	ck_assert_uint_eq(once.size, strlen(after));
	ck_assert_mem_eq(once.data, after, once.size);
	ck_assert(sudo_conf_find(buffer_span(&once), &found));
	ck_assert_uint_eq(found.count, line == NULL ? 0 : 1);
	ck_assert_pstr_eq(found.line, line);
	free(found.line);
	ck_assert(sudo_conf_edit(buffer_span(&once), line, &twice));
	ck_assert(span_equal(buffer_span(&once), buffer_span(&twice)));
}

START_TEST(appends_to_whatever_the_text_ends_with)
{
	assert_edit("", OURS, OURS "\n");
	assert_edit("# c\n", OURS, "# c\n" OURS "\n");
	assert_edit("Set a b", OURS, "Set a b\n" OURS "\n");
	assert_edit("Set a \\\n", OURS, "Set a \\\n\n" OURS "\n");
	assert_edit("Set a \\", OURS, "Set a \\\n\n" OURS "\n");
	assert_edit("Set a \\\n# c", OURS, "Set a \\\n# c\n" OURS "\n");
	/* Two backslashes, or one in a comment, go nowhere. */
	assert_edit("Set a \\\\", OURS, "Set a \\\\\n" OURS "\n");
	assert_edit("# c \\\n", OURS, "# c \\\n" OURS "\n");
}
END_TEST

START_TEST(replaces_in_place)
{
	assert_edit("a\n" OURS " x\nb\n", OURS, "a\n" OURS "\nb\n");
	assert_edit("a\n" OURS " x # why\nb\n", OURS, "a\n" OURS "\nb\n");
	assert_edit(OURS "\n" OURS "\nb", OURS, OURS "\nb");
	assert_edit("  PLUGIN\tsudo_nitro_approval \\\n /old.so \\\n  y\nb\n",
		    OURS, OURS "\nb\n");
	assert_edit("Plu\\\n  gin sudo_nitro_approval z\n", OURS, OURS "\n");
	assert_edit(OURS " x", OURS, OURS "\n");
	assert_edit("a\r\n" OURS "\r\nb\r\n", OURS, "a\r\n" OURS "\nb\r\n");
}
END_TEST

START_TEST(removes)
{
	assert_edit("", NULL, "");
	assert_edit("a\n" OURS "\nb", NULL, "a\nb");
	assert_edit(OURS "\n# c\n" OURS " d \\\n e\n", NULL, "# c\n");
	assert_edit("a\n" OURS " \\\n", NULL, "a\n");
	/* A comment ends a line that goes on. */
	assert_edit("Plugin sudo_nitro_approval \\\n /p.so # c\nb\n", NULL,
		    "b\n");
}
END_TEST

START_TEST(leaves_alone_what_is_not_ours)
{
	static const char *const others[] = {
		"# " OURS "\n",
		"Plugins sudo_nitro_approval /p.so\n",
		"Plugni sudo_nitro_approval /p.so\n",
		"Plugin sudo_nitro_approvals /p.so\n",
		"Plugin Sudo_nitro_approval /p.so\n",
		"Plugin other /sudo_nitro.so sudo_nitro_approval\n",
		"Plugin # sudo_nitro_approval\n",
		"Path plugin sudo_nitro_approval\n",
		"Set x \\\n" OURS "\n",
		"Plugin\n",
		"Plugin sudo_nitro_approval \t\n",
		"Plugin sudo_nitro_approval \\\n# c\n /p.so\n",
		"\n\n \t\n\\\n",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_edit(others[i], NULL, others[i]);
}
END_TEST

START_TEST(finds)
{
	struct sudo_conf_found found;

	ck_assert(sudo_conf_find(
		span_of_text("\n# c\nplugin  sudo_nitro_approval \t/p.so \\\n"
			     " \ta   b\n" OURS "\n"),
		&found));
	ck_assert_str_eq(found.line, OURS " a b");
	ck_assert_uint_eq(found.number, 3);
	ck_assert_uint_eq(found.count, 2);
	free(found.line);
}
END_TEST

START_TEST(refuses_what_is_no_text)
{
	_cleanup_(buffer_freep) struct buffer edited = BUFFER_EMPTY;
	struct sudo_conf_found found;

	ck_assert(!sudo_conf_find(span_of("a\0b", 3), &found));
	ck_assert(!sudo_conf_edit(span_of("a\0b", 3), OURS, &edited));
	ck_assert(sudo_conf_find(SPAN_ABSENT, &found));
	ck_assert_uint_eq(found.count, 0);
	ck_assert(sudo_conf_edit(SPAN_ABSENT, NULL, &edited));
	ck_assert_uint_eq(edited.size, 0);
}
END_TEST

START_TEST(makes_lines)
{
	char debug[] = "debug", timeout[] = "timeout=3";
	char *const options[] = { debug, timeout, NULL };
	_cleanup_free_ char *line = sudo_conf_make_line("/p.so", 2, options);
	_cleanup_free_ char *bare = sudo_conf_make_line("/p.so", 0, NULL);

	ck_assert_str_eq(line, OURS " debug timeout=3");
	ck_assert_str_eq(bare, OURS);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, appends_to_whatever_the_text_ends_with);
	tcase_add_test(tests, replaces_in_place);
	tcase_add_test(tests, removes);
	tcase_add_test(tests, leaves_alone_what_is_not_ours);
	tcase_add_test(tests, finds);
	tcase_add_test(tests, refuses_what_is_no_text);
	tcase_add_test(tests, makes_lines);
}

UNIT_MAIN("sudo conf", add_tests)
