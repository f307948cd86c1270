/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence against requirements. The evidence is real: documents of the simulator,
 * verified by attest_verify().
 */
#include "config.h"

#include "policy/policy.h"

#include "base/hex.h"
#include "base/time_text.h"
#include "nitro-sim/breaks.h"
#include "policy/word_list.h"
#include "tests/unit/policy_unit.h"

#define DOCUMENT_AT "2026-11-22T12:00:00Z"

static struct authority *authority;
static struct anchors *anchors;
static int64_t document_at_ms;

/* Once for all tests: each runs in a process of its own, forked after this. */
static void setup(void)
{
	_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;

	ck_assert_int_eq(time_parse(DOCUMENT_AT, &document_at_ms), 0);
	ck_assert_int_eq(authority_new(&authority), 0);
	ck_assert_int_eq(authority_root_pem(authority, &pem), 0);
	ck_assert_int_eq(anchors_new(&anchors), ATTEST_OK);
	ck_assert_int_eq(anchors_add_pem(anchors, "sim", bytes_span(&pem)),
			 ATTEST_OK);
}

static void teardown(void)
{
	authority_free(authority);
	anchors_free(anchors);
}

static struct evidence *make_evidence(const struct document_options *options)
{
	_cleanup_bytes_ struct bytes document = BYTES_EMPTY;
	struct evidence *evidence = NULL;
	struct attest_input input = {
		.anchors = anchors,
		.max_age_ms = 60000,
	};
	struct attest_failure failure;

	ck_assert_int_eq(
		document_make(authority, options, &document, &input.now_ms), 0);
	input.document = bytes_span(&document);
	ck_assert_msg(attest_verify(&input, &evidence, &failure) == ATTEST_OK,
		      "%s", attest_error_name(failure.error));
	return evidence;
}

/* Writes the hex digits of PCR N for "$N", N being a digit. */
static char *expand(const char *text, const struct evidence *evidence)
{
	size_t size = 0;
	char *expanded = NULL;
	FILE *stream = open_memstream(&expanded, &size);

	for (; *text != '\0'; text++) {
		char hex[HEX_SIZE(ATTEST_PCR_SIZE_MAX)];

		if (*text != '$') {
			fputc(*text, stream);
			continue;
		}
		hex_encode(evidence_pcr(evidence, (unsigned)(*++text - '0')),
			   hex);
		fputs(hex, stream);
	}
	/* Only now do pointer and size hold. */
	fclose(stream);
	return expanded;
}

#define SAME  "pcr0=$0\npcr1=$1\npcr2=$2\n"
#define IMAGE "[image/a]\nkind = enclave\n"

static const struct judgement {
	const char *images;
	const char *allowed; /* image names; NULL: any */
	unsigned level;
	const char *roots;
	bool debug;
	enum evidence_kind kind;
	const char *broken; /* a break of the simulator */
	const char *region; /* NULL: the simulator's own */
	/* expected */
	const char *reason;
	unsigned reached;
	const char *release;  /* "IMAGE/RELEASE" that is recognised, or "" */
	const char *expected; /* text of the check that failed, expanded */
	const char *actual;
} judgements[] = {
	/* Allowed */
	{ IMAGE "[release/a/1]\n" SAME, "a", 2, "sim", .reason = "allowed",
	  .reached = 2, .release = "a/1" },
	{ IMAGE "[release/a/1]\n" SAME, NULL, 2, "aws sim", .reason = "allowed",
	  .reached = 2, .release = "a/1" },
	{ IMAGE "[release/a/1]\n" SAME, "b a", 2, "sim", .reason = "allowed",
	  .reached = 2, .release = "a/1" },
	{ IMAGE "[release/a/1]\n" SAME "pcr4=$4\npcr8=$8\n", "a", 2, "sim",
	  .reason = "allowed", .reached = 2, .release = "a/1" },
	{ IMAGE "[release/a/1]\n" SAME "state=retiring\n", "a", 2, "sim",
	  .reason = "allowed", .reached = 2, .release = "a/1" },
	{ IMAGE "[release/a/1]\n" SAME "not_before=" DOCUMENT_AT
		"\nnot_after=" DOCUMENT_AT "\n",
	  "a", 2, "sim", .reason = "allowed", .reached = 2, .release = "a/1" },
	{ IMAGE "[release/a/1]\n" SAME "not_after=2026-11-22\n", "a", 2, "sim",
	  .reason = "allowed", .reached = 2, .release = "a/1" },
	{ "[image/t]\nkind=nitrotpm\n[release/t/1]\npcr4=$4\npcr12=" HEX48(
		  "0") "\npcr7=$7\n",
	  "t", 2, "sim", .kind = EVIDENCE_NITROTPM, .reason = "allowed",
	  .reached = 2, .release = "t/1" },

	/* Level 1 allows, and the verdict says what level 2 would have said. */
	{ "", NULL, 1, "sim", .reason = "allowed", .reached = 1,
	  .release = "" },
	{ IMAGE "[release/a/1]\n" SAME, NULL, 1, "sim", .reason = "allowed",
	  .reached = 2, .release = "a/1" },
	{ IMAGE "[release/a/1]\n" SAME "state=revoked\n", NULL, 1, "sim",
	  .reason = "allowed", .reached = 1, .release = "a/1" },
	{ "", NULL, 1, "sim", .debug = true, .reason = "allowed", .reached = 1,
	  .release = "" },
	{ "", NULL, 1, "sim", .broken = "pcr4-other", .reason = "allowed",
	  .reached = 1, .release = "" },

	/* Roots */
	{ IMAGE "[release/a/1]\n" SAME, "a", 2, "aws",
	  .reason = "root-not-allowed", .release = "", .expected = "aws",
	  .actual = "sim" },
	{ IMAGE "[release/a/1]\n" SAME, "a", 1, "aws si simm",
	  .reason = "root-not-allowed", .release = "",
	  .expected = "aws, si, simm", .actual = "sim" },
	{ IMAGE "[release/a/1]\n" SAME, "a", 2, "",
	  .reason = "root-not-allowed", .release = "", .expected = "",
	  .actual = "sim" },

	/* Level 2 */
	{ IMAGE "[release/a/1]\n" TUPLE("a"), "a", 2, "sim", .debug = true,
	  .reason = "debug-enclave", .reached = 1, .release = "",
	  .expected = "PCR0, PCR1 and PCR2 measure the image",
	  .actual = "PCR0, PCR1 and PCR2 are zero" },
	{ IMAGE "[release/a/1]\n" SAME, "a", 2, "sim",
	  .broken = "leaf-name-org", .reason = "leaf-name-mismatch",
	  .reached = 1, .release = "a/1",
	  .expected = "CN=i-0123456789abcdef0-enc0123456789abcdef.REGION.aws",
	  .actual = NULL },
	{ IMAGE "[release/a/1]\n" SAME, "a", 2, "sim", .broken = "pcr4-other",
	  .reason = "instance-mismatch", .reached = 1, .release = "a/1",
	  .expected = NULL, .actual = "PCR4 $4" },
	{ IMAGE "[release/a/1]\n" SAME "[image/b]\nkind=enclave\n", "b", 2,
	  "sim", .reason = "measurements-unknown", .reached = 1, .release = "",
	  .expected = "a release of kind enclave of an allowed image",
	  .actual = "there is none" },
	{ IMAGE "[release/a/1]\n" SAME, "c", 2, "sim",
	  .reason = "measurements-unknown", .reached = 1, .release = "",
	  .expected = "a release of kind enclave of an allowed image",
	  .actual = "there is none" },
	{ "[image/t]\nkind=nitrotpm\n[release/t/1]\n" SAME
	  "pcr7=" HEX48("a") "\n",
	  "t", 2, "sim", .reason = "measurements-unknown", .reached = 1,
	  .release = "",
	  .expected = "a release of kind enclave of an allowed image",
	  .actual = "there is none" },
	/* Each PCR that a release names counts, also one that is absent. */
	{ IMAGE "[release/a/1]\npcr0=" HEX48("b") "\npcr1=$1\npcr2=$2\n", "a",
	  2, "sim", .reason = "measurements-unknown", .reached = 1,
	  .release = "", .expected = "PCR0 " HEX48("b") " (a/1)",
	  .actual = "PCR0 $0" },
	{ IMAGE "[release/a/1]\npcr0=$0\npcr1=" HEX48("b") "\npcr2=$2\n", "a",
	  2, "sim", .reason = "measurements-unknown", .reached = 1,
	  .release = "", .expected = "PCR1 " HEX48("b") " (a/1)",
	  .actual = "PCR1 $1" },
	{ IMAGE "[release/a/1]\npcr0=$0\npcr1=$1\npcr2=" HEX48("b") "\n", "a",
	  2, "sim", .reason = "measurements-unknown", .reached = 1,
	  .release = "", .expected = "PCR2 " HEX48("b") " (a/1)",
	  .actual = "PCR2 $2" },
	{ IMAGE "[release/a/1]\n" SAME "pcr3=" HEX48("b") "\n", "a", 2, "sim",
	  .reason = "measurements-unknown", .reached = 1, .release = "",
	  .expected = "PCR3 " HEX48("b") " (a/1)", .actual = "PCR3 $3" },
	{ IMAGE "[release/a/1]\n" SAME "pcr31=" HEX48("0") "\n", "a", 2, "sim",
	  .reason = "measurements-unknown", .reached = 1, .release = "",
	  .expected = "PCR31 " HEX48("0") " (a/1)", .actual = "PCR31 absent" },
	/* Another length never matches. */
	{ IMAGE "[release/a/1]\npcr0=" HEX32("b") "\npcr1=" HEX32(
		  "b") "\npcr2=" HEX32("b") "\n",
	  "a", 2, "sim", .reason = "measurements-unknown", .reached = 1,
	  .release = "", .expected = "PCR0 " HEX32("b") " (a/1)",
	  .actual = "PCR0 $0" },
	/* Never a mixture of two releases; the closest one is named. */
	{ IMAGE "[release/a/1]\npcr0=$0\npcr1=" HEX48("b") "\npcr2=" HEX48(
		  "b") "\n[release/a/2]\npcr0=" HEX48("b") "\npcr1=$1\npcr2=$"
							   "2\n",
	  "a", 2, "sim", .reason = "measurements-unknown", .reached = 1,
	  .release = "", .expected = "PCR0 " HEX48("b") " (a/2)",
	  .actual = "PCR0 $0" },

	/* A region is one label. */
	{ IMAGE "[release/a/1]\n" SAME, "a", 2, "sim", .region = "",
	  .reason = "leaf-name-mismatch", .reached = 1, .release = "a/1" },
	{ IMAGE "[release/a/1]\n" SAME, "a", 2, "sim", .region = "us.east",
	  .reason = "leaf-name-mismatch", .reached = 1, .release = "a/1" },
	{ IMAGE "[release/a/1]\n" SAME, "a", 2, "sim", .region = "US",
	  .reason = "leaf-name-mismatch", .reached = 1, .release = "a/1" },
	{ IMAGE "[release/a/1]\n" SAME, "a", 2, "sim",
	  .region = "eu-west-1.aws", .reason = "leaf-name-mismatch",
	  .reached = 1, .release = "a/1" },

	/* Releases that are not in force */
	{ IMAGE "[release/a/1]\n" SAME "state=revoked\n", "a", 2, "sim",
	  .reason = "release-revoked", .reached = 1, .release = "a/1",
	  .expected = "current or retiring", .actual = "revoked" },
	{ IMAGE "[release/a/1]\n" SAME "not_before=2026-11-22T12:00:00.001Z\n",
	  "a", 2, "sim", .reason = "release-not-yet", .reached = 1,
	  .release = "a/1", .expected = "not before 2026-11-22T12:00:00.001Z",
	  .actual = "2026-11-22T12:00:00.000Z" },
	{ IMAGE "[release/a/1]\n" SAME "not_after=2026-11-21\n", "a", 2, "sim",
	  .reason = "release-expired", .reached = 1, .release = "a/1",
	  .expected = "not after 2026-11-21T23:59:59.999Z",
	  .actual = "2026-11-22T12:00:00.000Z" },
	/* Revoked counts more than a period. */
	{ IMAGE "[release/a/1]\n" SAME "not_after=2026-11-21\nstate=revoked\n",
	  "a", 2, "sim", .reason = "release-revoked", .reached = 1,
	  .release = "a/1", .expected = "current or retiring",
	  .actual = "revoked" },
	/* A match in force wins over one that is not, in either order. */
	{ IMAGE "[release/a/1]\n" SAME "state=revoked\n"
		"[image/b]\nkind=enclave\n[release/b/1]\n" SAME "pcr3=$3\n",
	  NULL, 2, "sim", .reason = "allowed", .reached = 2, .release = "b/1" },
	{ "[image/b]\nkind=enclave\n[release/b/1]\n" SAME "pcr3=$3\n" IMAGE
	  "[release/a/1]\n" SAME "state=revoked\n",
	  NULL, 2, "sim", .reason = "allowed", .reached = 2, .release = "b/1" },

	/* Level 3 without anything to compare with, and a level that does not
	 * exist. */
	{ IMAGE "[release/a/1]\n" SAME, "a", 3, "sim",
	  .reason = "manifest-not-named", .reached = 2, .release = "a/1",
	  .expected = "a manifest", .actual = "none" },
	{ IMAGE "[release/a/1]\n" SAME, "a", 0, "sim",
	  .reason = "internal-error", .reached = 2, .release = "a/1" },
};

static const struct check_result *find_failed(const struct verdict *verdict)
{
	for (size_t i = 0; i < CHECK_COUNT; i++)
		if (verdict->checks[i].state == CHECK_FAILED)
			return &verdict->checks[i];
	return NULL;
}

static void check_details(const struct judgement *row,
			  const struct evidence *evidence,
			  const struct verdict *verdict)
{
	const struct check_result *failed = find_failed(verdict);
	_cleanup_free_ char *expected = NULL;
	_cleanup_free_ char *actual = NULL;

	if (row->expected != NULL) {
		expected = expand(row->expected, evidence);
		ck_assert_ptr_nonnull(failed);
		ck_assert_str_eq(failed->expected, expected);
	}
	if (row->actual != NULL) {
		actual = expand(row->actual, evidence);
		ck_assert_ptr_nonnull(failed);
		ck_assert_str_eq(failed->actual, actual);
	}
}

static struct evidence *evidence_for(const struct judgement *row)
{
	struct document_options options;

	document_options_init(&options, document_at_ms);
	options.kind = row->kind;
	options.debug = row->debug;
	if (row->region != NULL)
		options.region = row->region;
	if (row->broken != NULL) {
		options.broken = breaks_find(row->broken);
		ck_assert_ptr_nonnull(options.broken);
	}
	return make_evidence(&options);
}

static void appraise(const struct judgement *row,
		     const struct evidence *evidence, struct verdict *verdict)
{
	_cleanup_free_ char *images = expand(row->images, evidence);
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(NULL, images, NULL);
	_cleanup_free_ char *text = loaded_text(&loaded);
	struct word_list names = { 0 };
	struct word_list roots;
	struct requirements requirements = { .level = row->level };

	ck_assert_msg(loaded.error == POLICY_OK, "%s", text);
	ck_assert(word_list_init(&roots, row->roots));
	requirements.roots = roots.words;
	requirements.root_count = roots.count;
	if (row->allowed != NULL) {
		ck_assert(word_list_init(&names, row->allowed));
		requirements.images = names.words;
		requirements.image_count = names.count;
	}
	policy_appraise(loaded.policy, &requirements,
			&(struct claim){ .evidence = evidence,
					 .now_ms = document_at_ms },
			verdict);
	word_list_deinit(&names);
	word_list_deinit(&roots);
}

START_TEST(judges_as_a_table_says)
{
	const struct judgement *row = &judgements[_i];
	_cleanup_(evidence_freep) struct evidence *evidence = evidence_for(row);
	_cleanup_(verdict_freep) struct verdict *verdict = verdict_new();
	bool is_allowed = strcmp(row->reason, "allowed") == 0;
	char release[2 * VERDICT_NAME_SIZE] = "";

	appraise(row, evidence, verdict);
	if (verdict->image[0] != '\0')
		snprintf(release, sizeof(release), "%s/%s", verdict->image,
			 verdict->release);
	ck_assert_str_eq(verdict->reason, row->reason);
	ck_assert_int_eq(verdict->allowed, is_allowed);
	ck_assert_uint_eq(verdict->level, row->reached);
	ck_assert_str_eq(release, row->release);
	ck_assert_int_eq(verdict->release_retiring,
			 strstr(row->images, "retiring") != NULL);
	check_details(row, evidence, verdict);
	/* Every check is passed, failed, or says why it was not made. */
	for (size_t i = 0; i < CHECK_COUNT; i++)
		ck_assert_int_eq(verdict->checks[i].state == CHECK_NOT_CHECKED,
				 verdict->checks[i].why != NULL);
}
END_TEST

static struct verdict *judge_first(const struct evidence *evidence,
				   void (*before)(struct verdict *verdict))
{
	struct verdict *verdict = verdict_new();

	if (before != NULL)
		before(verdict);
	appraise(&judgements[0], evidence, verdict);
	return verdict;
}

static void mark_replay(struct verdict *verdict)
{
	verdict_fail(verdict, REASON_DOCUMENT_REPLAYED, "", "");
}

static void mark_challenge(struct verdict *verdict)
{
	verdict_fail(verdict, REASON_CHALLENGE_REQUIRED, "", "");
}

static void mark_internal(struct verdict *verdict)
{
	struct attest_failure failure = { .error = ATTEST_E_NO_MEMORY };

	verdict_take_failure(verdict, &failure);
}

/* Whatever decided before the appraisal stays decided. */
START_TEST(never_allows_what_was_denied_before)
{
	static const struct {
		void (*before)(struct verdict *verdict);
		const char *reason;
	} rows[] = {
		{ mark_replay, "document-replayed" },
		{ mark_challenge, "challenge-required" },
		{ mark_internal, "out-of-memory" },
	};
	_cleanup_(evidence_freep) struct evidence *evidence =
		evidence_for(&judgements[0]);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(verdict_freep) struct verdict *verdict =
			judge_first(evidence, rows[i].before);

		ck_assert(!verdict->allowed);
		ck_assert_str_eq(verdict->reason, rows[i].reason);
		ck_assert_uint_eq(verdict->level, 0);
		ck_assert_int_eq(verdict->checks[CHECK_MEASUREMENTS].state,
				 CHECK_NOT_CHECKED);
	}
}
END_TEST

/* A replay that is found after the appraisal takes the allowance back. */
START_TEST(takes_an_allowance_back)
{
	_cleanup_(evidence_freep) struct evidence *evidence =
		evidence_for(&judgements[0]);
	_cleanup_(verdict_freep) struct verdict *verdict =
		judge_first(evidence, NULL);

	ck_assert(verdict->allowed);
	mark_replay(verdict);
	ck_assert(!verdict->allowed);
	ck_assert_str_eq(verdict->reason, "document-replayed");
}
END_TEST

START_TEST(denies_without_evidence)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(NULL, NULL, NULL);
	const struct requirements requirements = { .level = 1 };
	_cleanup_(verdict_freep) struct verdict *verdict = verdict_new();

	policy_appraise(loaded.policy, &requirements,
			&(struct claim){ .now_ms = document_at_ms }, verdict);
	ck_assert(!verdict->allowed);
	ck_assert(verdict->is_denied);
	ck_assert_uint_eq(verdict->level, 0);
}
END_TEST

START_TEST(says_what_was_checked)
{
	_cleanup_(evidence_freep) struct evidence *evidence =
		evidence_for(&judgements[0]);
	_cleanup_(verdict_freep) struct verdict *verdict =
		judge_first(evidence, NULL);

	ck_assert_int_eq(verdict->checks[CHECK_AGE].state, CHECK_PASSED);
	ck_assert_int_eq(verdict->checks[CHECK_NONCE].state, CHECK_NOT_CHECKED);
	ck_assert_str_eq(verdict->checks[CHECK_NONCE].why,
			 "no nonce was asked for");
	for (size_t i = CHECK_ENVELOPE; i <= CHECK_TIMESTAMP; i++)
		ck_assert_int_eq(verdict->checks[i].state, CHECK_PASSED);
	for (size_t i = CHECK_ROOT_LABEL; i <= CHECK_RELEASE; i++)
		ck_assert_int_eq(verdict->checks[i].state,
				 i == CHECK_USER_DATA ? CHECK_NOT_CHECKED
						      : CHECK_PASSED);
	ck_assert_int_eq(verdict->checks[CHECK_MANIFEST].state,
			 CHECK_NOT_CHECKED);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_unchecked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, judges_as_a_table_says, 0,
			    ARRAY_SIZE(judgements));
	tcase_add_test(tests, never_allows_what_was_denied_before);
	tcase_add_test(tests, takes_an_allowance_back);
	tcase_add_test(tests, denies_without_evidence);
	tcase_add_test(tests, says_what_was_checked);
}

UNIT_MAIN("appraise", add_tests)
