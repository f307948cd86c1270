/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What another policy would change, and what of it is a loss.
 */
#include "config.h"

#include "policy/compare.h"

#include "base/time_text.h"
#include "tests/unit/policy_unit.h"

#define IMAGE	   "[image/a]\nkind = enclave\n"
#define RELEASE(d) "[release/a/1]\n" TUPLE(d)
#define RULES                                                                  \
	"[rule/x]\nservice=s\nuser=x\nlevel=1\n"                               \
	"[rule/y]\nservice=s\nuser=y\nlevel=1\n"

static const struct comparison {
	const char *images; /* NULL: as before */
	const char *rules;
	const char *text; /* "CHANGE NAME[: LOSS]\n"… */
} comparisons[] = {
	{ NULL, NULL, "" },
	{ "# words\n" IMAGE RELEASE("a") "state = current\n", NULL, "" },
	{ IMAGE RELEASE("a") "not_before = 2026-01-02\nstate = retiring\n",
	  NULL, "changed release/a/1\n" },
	{ IMAGE RELEASE("a") "not_after = 2026-01-02\n", NULL,
	  "changed release/a/1\n" },
	{ IMAGE RELEASE("a") "[release/a/2]\n" TUPLE("b"), NULL,
	  "added release/a/2\n" },
	{ IMAGE "description = d\n" RELEASE("a"), NULL, "changed image/a\n" },

	{ IMAGE RELEASE("a") "state = revoked\n", NULL,
	  "changed release/a/1: it is no longer in force\n" },
	{ IMAGE RELEASE("a") "not_before = 2026-01-02T00:00:00.001Z\n", NULL,
	  "changed release/a/1: it is no longer in force\n" },
	{ IMAGE RELEASE("a") "not_after = 2026-01-01T23:59:59.999Z\n", NULL,
	  "changed release/a/1: it is no longer in force\n" },
	{ IMAGE RELEASE("b"), NULL,
	  "changed release/a/1: it measures something else now\n" },
	{ IMAGE RELEASE("a") "pcr8 = " HEX48("c") "\n", NULL,
	  "changed release/a/1: it measures something else now\n" },
	{ IMAGE RELEASE("a") "user_data = 00\n", NULL,
	  "changed release/a/1: it measures something else now\n" },
	{ IMAGE, NULL, "removed release/a/1: it is gone\n" },
	{ IMAGE "[release/a/2]\n" TUPLE("a"), NULL,
	  "removed release/a/1: it is gone\nadded release/a/2\n" },
	{ "", NULL,
	  "removed image/a\nremoved release/a/1: its image is gone\n" },
	{ "[image/a]\nkind = nitrotpm\n[release/a/1]\npcr4=" HEX48(
		  "a") "\npcr12=" HEX48("a") "\n",
	  NULL,
	  "changed image/a\n"
	  "changed release/a/1: its image has another kind now\n" },

	{ NULL, RULES "[rule/z]\nservice=s\nuser=z\nlevel=1\n",
	  "added rule/z\n" },
	{ NULL, "[rule/x]\nservice=s\nuser=x\nlevel=1\n",
	  "removed rule/y: it is gone\n" },
	{ NULL, RULES "max_age = 1s\n",
	  "changed rule/y: it says something else now\n" },
	{ NULL, RULES "on_revoke = lock\n",
	  "changed rule/y: it says something else now\n" },
	{ NULL, RULES "bind = key\n",
	  "changed rule/y: it says something else now\n" },
	{ NULL, "[rule/0]\nservice=s\nuser=0\nlevel=1\n" RULES,
	  "changed rule/x: the rules before it are others now\n"
	  "changed rule/y: the rules before it are others now\n"
	  "added rule/0\n" },
};

static char *compare_texts(const struct policy *old, const struct policy *new)
{
	_cleanup_(
		policy_description_freep) struct policy_description was = { 0 },
								    is = { 0 };
	_cleanup_(policy_differences_freep) struct policy_differences found = {
		0
	};
	int64_t now_ms;
	size_t size = 0;
	char *text = NULL;
	FILE *stream = open_memstream(&text, &size);

	ck_assert_int_eq(time_parse("2026-01-02T00:00:00Z", &now_ms), 0);
	ck_assert_int_eq(policy_describe(old, &was), POLICY_OK);
	ck_assert_int_eq(policy_describe(new, &is), POLICY_OK);
	ck_assert_int_eq(policy_compare(&was, &is, now_ms, &found), POLICY_OK);
	for (size_t i = 0; i < found.count; i++)
		fprintf(stream, "%s %s%s%s\n",
			policy_change_name(found.items[i].change),
			found.items[i].item->name,
			found.items[i].loss != NULL ? ": " : "",
			found.items[i].loss != NULL ? found.items[i].loss : "");
	/* Only now do pointer and size hold. */
	fclose(stream);
	return text;
}

START_TEST(finds_differences_and_losses)
{
	const struct comparison *row = &comparisons[_i];
	const char *images = IMAGE RELEASE("a");
	_cleanup_(loaded_deinit) struct loaded old =
		load_texts(NULL, images, RULES);
	_cleanup_(loaded_deinit) struct loaded new =
		load_texts(NULL, row->images != NULL ? row->images : images,
			   row->rules != NULL ? row->rules : RULES);
	_cleanup_free_ char *errors = loaded_text(&new);
	_cleanup_free_ char *text = NULL;

	ck_assert_ptr_nonnull(old.policy);
	ck_assert_msg(new.policy != NULL, "%s", errors);
	text = compare_texts(old.policy, new.policy);
	ck_assert_str_eq(text, row->text);
}
END_TEST

/* What was not in force before cannot be lost. */
START_TEST(lets_go_what_is_not_in_force)
{
	static const char *const gone[] = {
		RELEASE("a") "state = revoked\n",
		RELEASE("a") "not_after = 2026-01-01\n",
		RELEASE("a") "not_before = 2026-01-03\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(gone); i++) {
		_cleanup_free_ char *images = NULL;
		_cleanup_(loaded_deinit) struct loaded old = { 0 }, new = { 0 };
		_cleanup_free_ char *text = NULL;

		ck_assert_int_gt(asprintf(&images, IMAGE "%s", gone[i]), 0);
		old = load_texts(NULL, images, NULL);
		new = load_texts(NULL, NULL, NULL);
		text = compare_texts(old.policy, new.policy);
		ck_assert_str_eq(text, "removed image/a\nremoved "
				       "release/a/1\n");
	}
}
END_TEST

START_TEST(says_where_things_are_declared)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(NULL, IMAGE RELEASE("a"), "\n" RULES);
	_cleanup_(policy_description_freep) struct policy_description
		description = { 0 };

	ck_assert_int_eq(policy_describe(loaded.policy, &description),
			 POLICY_OK);
	ck_assert_str_eq(description.items[1].file, "images.d/i.conf");
	ck_assert_uint_eq(description.items[1].line, 3);
	ck_assert_str_eq(description.items[2].file, "rules.d/r.conf");
	ck_assert_uint_eq(description.items[2].line, 2);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_loop_test(tests, finds_differences_and_losses, 0,
			    ARRAY_SIZE(comparisons));
	tcase_add_test(tests, lets_go_what_is_not_in_force);
	tcase_add_test(tests, says_where_things_are_declared);
}

UNIT_MAIN("policy_compare", add_tests)
