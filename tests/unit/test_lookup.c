/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents of the simulator among many releases: found by lookup, whatever stands
 * beside them; told apart by user_data; and rules on trial.
 */
#include "config.h"

#include "policy/policy.h"

#include "base/hex.h"
#include "base/time_text.h"
#include "nitro-sim/breaks.h"
#include "tests/unit/policy_unit.h"

static struct authority *authority;
static struct anchors *anchors;
static struct evidence *enclave, *nitrotpm, *silent;
static int64_t now_ms;

static struct evidence *make_evidence(enum evidence_kind kind,
				      const char *user_data)
{
	_cleanup_bytes_ struct bytes document = BYTES_EMPTY;
	struct document_options options;
	struct evidence *evidence = NULL;
	struct attest_input input = { .anchors = anchors, .max_age_ms = 60000 };
	struct attest_failure failure;

	document_options_init(&options, now_ms);
	options.kind = kind;
	if (user_data != NULL)
		options.user_data = span_of_text(user_data);
	ck_assert_int_eq(
		document_make(authority, &options, &document, &input.now_ms),
		0);
	input.document = bytes_span(&document);
	ck_assert_int_eq(attest_verify(&input, &evidence, &failure), ATTEST_OK);
	return evidence;
}

/* Once for all tests: each runs in a process of its own, forked after this. */
static void setup(void)
{
	_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;

	ck_assert_int_eq(time_parse("2026-11-22T12:00:00Z", &now_ms), 0);
	ck_assert_int_eq(authority_new(&authority), 0);
	ck_assert_int_eq(authority_root_pem(authority, &pem), 0);
	ck_assert_int_eq(anchors_new(&anchors), ATTEST_OK);
	ck_assert_int_eq(anchors_add_pem(anchors, "sim", bytes_span(&pem)),
			 ATTEST_OK);
	enclave = make_evidence(EVIDENCE_ENCLAVE, "abc");
	silent = make_evidence(EVIDENCE_ENCLAVE, NULL);
	nitrotpm = make_evidence(EVIDENCE_NITROTPM, NULL);
}

static void teardown(void)
{
	evidence_free(enclave);
	evidence_free(silent);
	evidence_free(nitrotpm);
	anchors_free(anchors);
	authority_free(authority);
}

static void put_pcr(FILE *stream, const struct evidence *evidence,
		    unsigned index)
{
	char hex[HEX_SIZE(ATTEST_PCR_SIZE_MAX)];

	hex_encode(evidence_pcr(evidence, index), hex);
	fprintf(stream, "pcr%u = %s\n", index, hex);
}

/* `text` with "$" in place of PCR0 to PCR2 of the enclave, and "%" of PCR4, PCR7
 * and PCR12 of the instance. */
static char *expand(const char *text)
{
	size_t size = 0;
	char *expanded = NULL;
	FILE *stream = open_memstream(&expanded, &size);

	for (; *text != '\0'; text++)
		switch (*text) {
		case '$':
			put_pcr(stream, enclave, 0);
			put_pcr(stream, enclave, 1);
			put_pcr(stream, enclave, 2);
			break;
		case '%':
			put_pcr(stream, nitrotpm, 4);
			put_pcr(stream, nitrotpm, 7);
			put_pcr(stream, nitrotpm, 12);
			break;
		default:
			fputc(*text, stream);
		}
	/* Only now do pointer and size hold. */
	fclose(stream);
	return expanded;
}

static struct loaded load(const char *images, const char *rules)
{
	_cleanup_free_ char *expanded = expand(images);
	struct loaded loaded = load_texts(NULL, expanded, rules);
	_cleanup_free_ char *text = loaded_text(&loaded);

	ck_assert_msg(loaded.policy != NULL, "%s", text);
	return loaded;
}

static struct verdict *judge(const struct loaded *loaded,
			     const struct requirements *requirements,
			     const struct evidence *evidence)
{
	struct verdict *verdict = verdict_new();

	ck_assert_ptr_nonnull(verdict);
	policy_appraise(
		loaded->policy, requirements,
		&(struct claim){ .evidence = evidence, .now_ms = now_ms },
		verdict);
	return verdict;
}

static const char *const sim[] = { "sim" };
static const struct requirements any_image = { .level = 2,
					       .roots = sim,
					       .root_count = 1 };

#define IMAGE(name) "[image/" name "]\nkind = enclave\n"
#define TPM(name)   "[image/" name "]\nkind = nitrotpm\n"
#define ABC	    "user_data = 616263\n"
#define OTHER	    "user_data = 78\n"

static const struct row {
	const char *images;
	struct evidence *const *evidence;
	const char *reason;
	const char *release; /* "IMAGE/RELEASE", or "" */
} table[] = {
	{ IMAGE("a") "[release/a/1]\n$" ABC, &enclave, "allowed", "a/1" },
	{ IMAGE("a") "[release/a/1]\n$" OTHER, &enclave, "user-data-different",
	  "" },
	{ IMAGE("a") "[release/a/1]\n$" ABC, &silent, "user-data-different",
	  "" },
	{ IMAGE("a") "[release/a/1]\n$", &enclave, "allowed", "a/1" },
	/* One build with several configurations. */
	{ IMAGE("a") "[release/a/1]\n$" OTHER "[release/a/2]\n$" ABC, &enclave,
	  "allowed", "a/2" },
	{ IMAGE("a") "[release/a/1]\n$" OTHER "[release/a/2]\n$" ABC
		     "state = revoked\n",
	  &enclave, "release-revoked", "a/2" },
	/* Both kinds side by side. */
	{ TPM("t") "[release/t/1]\n%" IMAGE("a") "[release/a/1]\n$", &enclave,
	  "allowed", "a/1" },
	{ TPM("t") "[release/t/1]\n%" IMAGE("a") "[release/a/1]\n$", &nitrotpm,
	  "allowed", "t/1" },
	{ TPM("t") "[release/t/1]\npcr7=" HEX48("a") "\n" IMAGE(
		  "a") "[release/a/1]\n$",
	  &nitrotpm, "measurements-unknown", "" },
	{ IMAGE("a") "[release/a/1]\n$" IMAGE("b") "[release/b/1]\n$not_after "
						   "= 2026-01-01\npcr8=" HEX48(
							   "0") "\n",
	  &enclave, "allowed", "a/1" },
	/* Of two releases the one in force, also with other PCRs. */
	{ IMAGE("a") "[release/a/1]\n$not_after = 2026-01-01\n" IMAGE(
		  "b") "[release/b/1]\n$pcr8=" HEX48("0") "\n",
	  &enclave, "allowed", "b/1" },
};

START_TEST(tells_releases_apart)
{
	const struct row *row = &table[_i];
	_cleanup_(loaded_deinit) struct loaded loaded = load(row->images, NULL);
	_cleanup_(verdict_freep) struct verdict *verdict =
		judge(&loaded, &any_image, *row->evidence);
	char release[2 * VERDICT_NAME_SIZE] = "";

	if (verdict->image[0] != '\0')
		snprintf(release, sizeof(release), "%s/%s", verdict->image,
			 verdict->release);
	ck_assert_str_eq(verdict->reason, row->reason);
	ck_assert_str_eq(release, row->release);
	ck_assert_int_eq(verdict->level,
			 strcmp(row->reason, "allowed") == 0 ? 2 : 1);
}
END_TEST

START_TEST(says_which_user_data)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load(IMAGE("a") "[release/a/1]\n$" OTHER, NULL);
	_cleanup_(verdict_freep) struct verdict *verdict =
		judge(&loaded, &any_image, enclave);
	const struct check_result *check = &verdict->checks[CHECK_USER_DATA];

	ck_assert_int_eq(check->state, CHECK_FAILED);
	ck_assert_str_eq(check->expected,
			 "user_data sha256:2d711642b726b04401627ca9fbac32f5c853"
			 "0fb1903cc4db02258717921a4881 (a/1)");
	ck_assert_str_eq(check->actual,
			 "user_data sha256:ba7816bf8f01cfea414140de5dae2223b003"
			 "61a396177a9cb410ff61f20015ad");
	verdict_free(verdict);
	verdict = judge(&loaded, &any_image, silent);
	ck_assert_str_eq(verdict->checks[CHECK_USER_DATA].actual,
			 "user_data absent");
}
END_TEST

#define MANY 3000u

/* Neighbours that share beginnings, PCRs or all but the user_data. */
START_TEST(finds_one_among_many)
{
	size_t size = 0;
	char *images = NULL;
	FILE *stream = open_memstream(&images, &size);
	_cleanup_(loaded_deinit) struct loaded loaded = { 0 };
	_cleanup_(verdict_freep) struct verdict *verdict = NULL;

	fputs(IMAGE("a"), stream);
	for (unsigned i = 0; i < MANY; i++) {
		if (i == MANY / 2)
			fputs("[release/a/sought]\n$" ABC, stream);
		fprintf(stream, "[release/a/v%u]\n$user_data = %08x\n", i, i);
		fprintf(stream,
			"[release/a/p%u]\npcr0=%0*x%s\npcr1=%s\npcr2=%s\n", i,
			8, i, &HEX48("a")[8], HEX48("b"), HEX48("c"));
	}
	fclose(stream);
	loaded = load(images, NULL);
	free(images);
	verdict = judge(&loaded, &any_image, enclave);
	ck_assert_str_eq(verdict->reason, "allowed");
	ck_assert_str_eq(verdict->release, "sought");
	verdict_free(verdict);
	verdict = judge(&loaded, &any_image, silent);
	ck_assert_str_eq(verdict->reason, "user-data-different");
}
END_TEST

static const struct collision {
	const char *images;
	const char *text; /* "": accepted */
} collisions[] = {
	{ IMAGE("a") "[release/a/1]\n$" ABC "[release/a/2]\n$" OTHER, "" },
	{ IMAGE("a") "[release/a/1]\n$" ABC "[release/a/2]\n$user_data = "
		     "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb"
		     "410ff61f20015ad\n",
	  "only one release could count of these PCRs and this user_data" },
	{ IMAGE("a") "[release/a/1]\n$[release/a/2]\n$" ABC,
	  "[release/a/2]: this release has no effect" },
	{ IMAGE("a") "[release/a/1]\n$[image/b]\nkind=enclave\n"
		     "[release/b/1]\n$" ABC,
	  "" },
	{ IMAGE("a") "[release/a/1]\n$[image/b]\nkind=enclave\n"
		     "[release/b/1]\n$state=revoked\n" ABC,
	  "[release/b/1]: the revocation has no effect" },
	{ IMAGE("a") "[release/a/1]\n$" ABC "[release/a/2]\n$" ABC
		     "pcr8=" HEX48("a") "\n",
	  "[release/a/2]: this release has no effect" },
	{ IMAGE("a") "[release/a/1]\n$" OTHER "[release/a/2]\n$" ABC
		     "pcr8=" HEX48("a") "\n",
	  "" },
};

START_TEST(refuses_what_could_not_count)
{
	_cleanup_free_ char *images = expand(collisions[_i].images);
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(NULL, images, NULL);
	_cleanup_free_ char *text = loaded_text(&loaded);

	if (collisions[_i].text[0] == '\0')
		ck_assert_str_eq(text, "");
	else
		ck_assert_msg(strstr(text, collisions[_i].text) != NULL, "%s",
			      text);
}
END_TEST

#define TRIAL                                                                  \
	"[rule/r]\nservice = s\nuser = *\nlevel = 2\nimage = a\nroots = sim\n" \
	"session_max = 1h\nmode = "
#define UNKNOWN IMAGE("a") "[release/a/1]\n" TUPLE("a")

static struct verdict *judge_by_rule(const struct loaded *loaded,
				     const struct evidence *evidence)
{
	const struct rule *rule = policy_rule(loaded->policy, 0);
	struct verdict *verdict =
		judge(loaded, rule_requirements(rule), evidence);

	policy_conclude(rule, verdict);
	return verdict;
}

START_TEST(allows_on_trial_and_says_so)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load(UNKNOWN, TRIAL "audit\n");
	_cleanup_(verdict_freep) struct verdict *verdict =
		judge_by_rule(&loaded, enclave);

	ck_assert(verdict->allowed);
	ck_assert(verdict->audited);
	ck_assert_uint_eq(verdict->level, 1);
	ck_assert_str_eq(verdict->reason, "measurements-unknown");
	ck_assert_uint_eq(verdict->session_max_ms, 3600000);
}
END_TEST

START_TEST(says_nothing_of_a_trial_that_was_passed)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load(IMAGE("a") "[release/a/1]\n$", TRIAL "audit\n");
	_cleanup_(verdict_freep) struct verdict *verdict =
		judge_by_rule(&loaded, enclave);

	ck_assert(verdict->allowed);
	ck_assert(!verdict->audited);
	ck_assert_str_eq(verdict->reason, "allowed");
}
END_TEST

/* What failed was not asked for: nothing was forgiven. */
START_TEST(forgives_only_what_decided)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load(UNKNOWN, "[rule/r]\nservice = s\nuser = *\nlevel = 1\n"
			      "roots = sim\nmode = audit\n");
	_cleanup_(verdict_freep) struct verdict *verdict =
		judge_by_rule(&loaded, enclave);

	ck_assert_int_eq(verdict->checks[CHECK_MEASUREMENTS].state,
			 CHECK_FAILED);
	ck_assert(verdict->allowed);
	ck_assert(!verdict->audited);
}
END_TEST

/* The same bytes, divided into PCRs of another size. */
START_TEST(compares_whole_pcrs)
{
	char hex[2 * HEX_SIZE(ATTEST_SHA384_SIZE)];
	_cleanup_free_ char *images = NULL;
	_cleanup_(loaded_deinit) struct loaded loaded = { 0 };
	_cleanup_(verdict_freep) struct verdict *verdict = NULL;

	hex_encode(evidence_pcr(enclave, 0), hex);
	hex_encode(evidence_pcr(enclave, 1), hex + 96);
	ck_assert_int_gt(asprintf(&images,
				  IMAGE("a") "[release/a/1]\npcr0=%.64s\n"
					     "pcr1=%.64s\npcr2=%.64s\n",
				  hex, hex + 64, hex + 128),
			 0);
	loaded = load(images, NULL);
	verdict = judge(&loaded, &any_image, enclave);
	ck_assert_str_eq(verdict->reason, "measurements-unknown");
}
END_TEST

START_TEST(enforces_unless_on_trial)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load(UNKNOWN, TRIAL "enforce\n");
	_cleanup_(verdict_freep) struct verdict *verdict =
		judge_by_rule(&loaded, enclave);

	ck_assert(!verdict->allowed);
	ck_assert(!verdict->audited);
	ck_assert_uint_eq(verdict->session_max_ms, 3600000);
}
END_TEST

/* The document was refused, so that there is no evidence; or nobody could look. */
START_TEST(allows_on_trial_without_evidence_but_not_without_a_decision)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load(UNKNOWN, TRIAL "audit\n");
	const struct rule *rule = policy_rule(loaded.policy, 0);
	struct attest_failure failure = { .error = ATTEST_E_SIGNATURE_INVALID };
	_cleanup_(verdict_freep) struct verdict *verdict = verdict_new();

	verdict_take_failure(verdict, &failure);
	policy_conclude(rule, verdict);
	ck_assert(verdict->allowed && verdict->audited);
	ck_assert_str_eq(verdict->reason, "signature-invalid");

	verdict_free(verdict);
	verdict = verdict_new();
	policy_conclude(rule, verdict);
	ck_assert(!verdict->allowed);

	verdict_free(verdict);
	verdict = judge_by_rule(&loaded, NULL);
	ck_assert(!verdict->allowed);

	verdict_free(verdict);
	verdict = verdict_new();
	failure.error = ATTEST_E_NO_MEMORY;
	verdict_fail(verdict, REASON_CHALLENGE_REQUIRED, "", "");
	verdict_take_failure(verdict, &failure);
	policy_conclude(rule, verdict);
	ck_assert(!verdict->allowed && !verdict->audited);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_unchecked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, tells_releases_apart, 0, ARRAY_SIZE(table));
	tcase_add_test(tests, says_which_user_data);
	tcase_add_test(tests, finds_one_among_many);
	tcase_add_loop_test(tests, refuses_what_could_not_count, 0,
			    ARRAY_SIZE(collisions));
	tcase_add_test(tests, allows_on_trial_and_says_so);
	tcase_add_test(tests, says_nothing_of_a_trial_that_was_passed);
	tcase_add_test(tests, forgives_only_what_decided);
	tcase_add_test(tests, compares_whole_pcrs);
	tcase_add_test(tests, enforces_unless_on_trial);
	tcase_add_test(
		tests,
		allows_on_trial_without_evidence_but_not_without_a_decision);
}

UNIT_MAIN("lookup", add_tests)
