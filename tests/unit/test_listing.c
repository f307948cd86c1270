/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a policy says of itself: items that change exactly when their meaning does,
 * and images of which soon nothing is in force.
 */
#include "config.h"

#include "policy/policy.h"

#include "base/time_text.h"
#include "tests/unit/policy_unit.h"

static char *describe(const struct loaded *loaded)
{
	_cleanup_(policy_description_freep) struct policy_description
		description = { NULL, 0 };
	size_t size = 0;
	char *text = NULL;
	FILE *stream = open_memstream(&text, &size);

	ck_assert_int_eq(policy_describe(loaded->policy, &description),
			 POLICY_OK);
	for (size_t i = 0; i < description.count; i++)
		fprintf(stream, "[%s]\n%s", description.items[i].name,
			description.items[i].text);
	/* Only now do pointer and size hold. */
	fclose(stream);
	return text;
}

START_TEST(writes_all_that_counts)
{
	_cleanup_(loaded_deinit) struct loaded loaded = load_texts(
		"[policyd]\nmax_document_age = 2min\n",
		"# a comment\n[release/a/1]\n" TUPLE(
			"A") "user_data = 616263\nnot_after = 2027-01-01\n"
			     "[image/a]\ndescription =  An image\nkind = "
			     "enclave\n",
		"[rule/b]\nuser=u,v\nservice=sshd\nlevel=2\nimage=a\n"
		"session_max=1h\nmode=audit\nfrom=remote\ngroup=g\nbind=nonce\n"
		"[rule/a]\nuser=*\nservice=x\nlevel=1\n");
	_cleanup_free_ char *text = NULL;

	ck_assert_ptr_nonnull(loaded.policy);
	text = describe(&loaded);
	ck_assert_str_eq(
		text,
		"[image/a]\nkind = enclave\ndescription = An image\n"
		"[release/a/1]\nstate = current\n"
		"not_after = 2027-01-01T23:59:59.999Z\n"
		"pcr0 = " HEX48("a") "\npcr1 = " HEX48("a") "\npcr2 = " HEX48(
			"a") "\nuser_data = sha256:ba7816bf8f01cfea414140de5dae"
			     "2223b00361a396177a9cb410ff61f20015ad\n"
			     "[rule/b]\nservice = sshd\nuser = u, v\ngroup = "
			     "g\nfrom = remote\nimage = a\nlevel = 2\n"
			     "roots = aws\nbind = nonce\nmax_age = 120000ms\n"
			     "session_max = 3600000ms\non_revoke = log\nmode = "
			     "audit\n"
			     "[rule/a]\nservice = x\nuser = *\nlevel = 1\n"
			     "roots = aws\nmax_age = 120000ms\n"
			     "on_revoke = log\nmode = enforce\n");
}
END_TEST

START_TEST(lists_images_and_releases)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(NULL,
			   IMAGE_A "state = retiring\n"
				   "[image/t]\nkind=nitrotpm\ndescription=T\n"
				   "[release/t/1]\npcr7=" HEX48("b") "\n",
			   NULL);
	struct policy_image_info image;
	struct policy_release_info release;

	ck_assert_ptr_nonnull(loaded.policy);
	policy_image_info(loaded.policy, 0, &image);
	ck_assert_str_eq(image.name, "a");
	ck_assert_str_eq(image.description, "");
	ck_assert_str_eq(image.file, "images.d/i.conf");
	ck_assert_uint_eq(image.line, 1);
	policy_release_info(loaded.policy, 0, 0, &release);
	ck_assert_str_eq(release.name, "1");
	ck_assert_str_eq(release_state_name(release.state), "retiring");
	ck_assert(release.not_before_ms == INT64_MIN);
	ck_assert(release.not_after_ms == INT64_MAX);
	ck_assert_uint_eq(release.pcrs[2].size, 48);
	ck_assert(span_is_absent(release.pcrs[3]));
	ck_assert(span_is_absent(release.user_data_sha256));
	ck_assert_uint_eq(release.line, 3);
	policy_image_info(loaded.policy, 1, &image);
	ck_assert_int_eq(image.kind, EVIDENCE_NITROTPM);
	ck_assert_str_eq(image.description, "T");
}
END_TEST

#define NOW  "2026-11-22T12:00:00Z"
#define DAYS UINT64_C(86400000)

#define FIRST(lines)  "[image/a]\nkind=enclave\n[release/a/1]\n" TUPLE("a") lines
#define SECOND(lines) "[release/a/2]\n" TUPLE("b") lines

static const struct expiry {
	const char *images;
	uint64_t within_ms;
	const char *release; /* NULL: does not expire */
} expiries[] = {
	{ FIRST(""), 14 * DAYS, NULL },
	{ FIRST("not_after = 2026-12-01\n"), 14 * DAYS, "1" },
	{ FIRST("not_after = 2026-12-01\n"), 5 * DAYS, NULL },
	/* Exactly within, and a millisecond more. */
	{ FIRST("not_after = 2026-11-23T12:00:00Z\n"), DAYS, "1" },
	{ FIRST("not_after = 2026-11-23T12:00:00.001Z\n"), DAYS, NULL },
	/* Has ended, or never will. */
	{ FIRST("not_after = 2026-11-01\n"), 0, "1" },
	{ FIRST("not_after = 2026-12-01\n") SECOND(""), 14 * DAYS, NULL },
	{ FIRST("not_after = 2026-12-01\n") SECOND("not_after = 2026-12-02\n"),
	  14 * DAYS, "2" },
	{ FIRST("not_after = 2026-12-01\n") SECOND("not_after = 2027-12-02\n"),
	  14 * DAYS, NULL },
	/* What was revoked does not help, nor is it missed. */
	{ FIRST("not_after = 2026-12-01\n") SECOND("state = revoked\n"),
	  14 * DAYS, "1" },
	{ FIRST("state = revoked\nnot_after = 2026-12-01\n"), 14 * DAYS, NULL },
	{ "[image/a]\nkind=enclave\n", 14 * DAYS, NULL },
};

START_TEST(tells_what_expires)
{
	const struct expiry *row = &expiries[_i];
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(NULL, row->images, NULL);
	struct policy_expiry expiry = { NULL, NULL, 0 };
	int64_t now_ms;

	ck_assert_ptr_nonnull(loaded.policy);
	ck_assert_int_eq(time_parse(NOW, &now_ms), 0);
	ck_assert_int_eq(policy_expiring(loaded.policy, 0, now_ms,
					 row->within_ms, &expiry),
			 row->release != NULL);
	if (row->release == NULL)
		return;
	ck_assert_str_eq(expiry.image, "a");
	ck_assert_str_eq(expiry.release, row->release);
}
END_TEST

START_TEST(compares_all_points_in_time)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(NULL, FIRST("not_after = 9999-12-31\n"), NULL);
	struct policy_expiry expiry;

	ck_assert(policy_expiring(loaded.policy, 0, INT64_MAX, 0, &expiry));
	ck_assert(!policy_expiring(loaded.policy, 0, INT64_MIN, 14 * DAYS,
				   &expiry));
	ck_assert(policy_expiring(loaded.policy, 0, 0, UINT64_MAX, &expiry));
}
END_TEST

START_TEST(knows_how_early_to_warn)
{
	_cleanup_(loaded_deinit) struct loaded silent =
		load_texts(NULL, NULL, NULL);
	_cleanup_(loaded_deinit) struct loaded given =
		load_texts("[policyd]\nexpiry_warning = 3d\n", NULL, NULL);
	_cleanup_(loaded_deinit) struct loaded bad =
		load_texts("[policyd]\nexpiry_warning = 400d\n", NULL, NULL);
	_cleanup_free_ char *text = loaded_text(&bad);

	ck_assert_uint_eq(policy_settings(silent.policy)->expiry_warning_ms,
			  14 * DAYS);
	ck_assert_uint_eq(policy_settings(given.policy)->expiry_warning_ms,
			  3 * DAYS);
	ck_assert_str_eq(text,
			 "policyd.conf:2: [policyd] expiry_warning: expected a "
			 "span of time from 0s to 366d, such as 90s or "
			 "'1min 30s'; found '400d'\n");
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, writes_all_that_counts);
	tcase_add_test(tests, lists_images_and_releases);
	tcase_add_loop_test(tests, tells_what_expires, 0, ARRAY_SIZE(expiries));
	tcase_add_test(tests, compares_all_points_in_time);
	tcase_add_test(tests, knows_how_early_to_warn);
}

UNIT_MAIN("listing", add_tests)
