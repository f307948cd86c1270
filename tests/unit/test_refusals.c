/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every refusal of the verifier, each provoked by a document that is wrong in
 * exactly one way; and that documents which are wrong in no way pass.
 */
#include "config.h"

#include <stdint.h>

#include "attest/attest.h"
#include "nitro-sim/breaks.h"
#include "policy/policy.h"
#include "tests/unit/unit.h"

#define ROOT_LABEL  "sim"
#define MAX_AGE_MS  60000u
#define CLOCK_SKEW  2000u
#define DOCUMENT_AT INT64_C(1780000000123) /* 2026-05-28 */

static const uint8_t nonce[] = "nonce of the challenge";
static const uint8_t public_key[] = "public key";

static struct authority *authority;
static struct anchors *anchors;

/* Once for all tests: each runs in a process of its own, forked after this. */
static void setup(void)
{
	_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;

	ck_assert_int_eq(authority_new(&authority), 0);
	ck_assert_int_eq(authority_root_pem(authority, &pem), 0);
	ck_assert_int_eq(anchors_new(&anchors), ATTEST_OK);
	ck_assert_int_eq(anchors_add_aws(anchors), ATTEST_OK);
	ck_assert_int_eq(anchors_add_pem(anchors, ROOT_LABEL, bytes_span(&pem)),
			 ATTEST_OK);
}

static void teardown(void)
{
	authority_free(authority);
	anchors_free(anchors);
}

static struct document_options usual_options(void)
{
	struct document_options options;

	document_options_init(&options, DOCUMENT_AT);
	options.nonce = span_of(nonce, sizeof(nonce));
	options.public_key = span_of(public_key, sizeof(public_key));
	return options;
}

/* Details are for people: printable, and they end. */
static void check_text(const char *text)
{
	ck_assert_uint_lt(strnlen(text, ATTEST_DETAIL_SIZE),
			  ATTEST_DETAIL_SIZE);
	for (; *text != '\0'; text++)
		ck_assert_msg((uint8_t)*text >= ' ' && *text != 0x7f,
			      "control character in a detail");
}

static enum attest_error verify(struct span document, int64_t now_ms,
				struct evidence **ret_evidence)
{
	const struct attest_input input = {
		.document = document,
		.anchors = anchors,
		.now_ms = now_ms,
		.clock_skew_ms = CLOCK_SKEW,
		.max_age_ms = MAX_AGE_MS,
		.nonce = span_of(nonce, sizeof(nonce)),
	};
	struct attest_failure failure = { .error = ATTEST_OK };
	enum attest_error e = attest_verify(&input, ret_evidence, &failure);

	ck_assert_int_eq(failure.error, e);
	check_text(failure.expected);
	check_text(failure.actual);
	return e;
}

/* What level 2 says about evidence, without any image to compare it with. */
static void appraise(const struct evidence *evidence, struct verdict *verdict)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_(diagnostics_freep) struct diagnostics *diagnostics =
		diagnostics_new();
	const char *const roots[] = { ROOT_LABEL };
	const struct requirements requirements = { .level = 2,
						   .roots = roots,
						   .root_count = 1 };

	ck_assert_int_eq(
		policy_load(&(struct policy_input){ .root_labels = roots,
						    .label_count = 1 },
			    &policy, diagnostics),
		POLICY_OK);
	policy_appraise(
		policy, &requirements,
		&(struct claim){ .evidence = evidence, .now_ms = DOCUMENT_AT },
		verdict);
}

static const char *reason_of(struct span document, int64_t now_ms)
{
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	_cleanup_(verdict_freep) struct verdict *verdict = verdict_new();
	enum attest_error e = verify(document, now_ms, &evidence);

	if (e != ATTEST_OK)
		return attest_error_name(e);
	appraise(evidence, verdict);
	ck_assert(!verdict->allowed);
	return verdict->reason;
}

static void check_break(const struct sim_break *broken, enum evidence_kind kind)
{
	_cleanup_bytes_ struct bytes document = BYTES_EMPTY;
	struct document_options options = usual_options();
	const char *reason;
	int64_t now_ms;

	options.kind = kind;
	options.broken = broken;
	ck_assert_int_eq(document_make(authority, &options, &document, &now_ms),
			 0);
	reason = reason_of(bytes_span(&document), now_ms);
	ck_assert_msg(strcmp(reason, broken->reason) == 0,
		      "break '%s' met '%s', not '%s'", broken->name, reason,
		      broken->reason);
}

/* A loop test: one process for each break. */
START_TEST(test_break)
{
	const struct sim_break *broken = breaks_at((size_t)_i);

	check_break(broken, EVIDENCE_ENCLAVE);
	/* PCR4 of a NitroTPM does not measure the instance. */
	if (strcmp(broken->reason, "instance-mismatch") != 0)
		check_break(broken, EVIDENCE_NITROTPM);
}
END_TEST

static bool has_break(const char *reason)
{
	const struct sim_break *broken;

	for (size_t i = 0; (broken = breaks_at(i)) != NULL; i++)
		if (strcmp(broken->reason, reason) == 0)
			return true;
	return false;
}

START_TEST(test_every_refusal_has_a_break)
{
	for (int i = ATTEST_OK + 1; i < ATTEST_ERROR_COUNT; i++) {
		enum attest_error error = (enum attest_error)i;

		if (attest_error_check(error) != ATTEST_CHECK_NONE)
			ck_assert_msg(has_break(attest_error_name(error)),
				      "no break is refused with '%s'",
				      attest_error_name(error));
	}
	ck_assert(has_break("leaf-name-mismatch"));
	ck_assert(has_break("instance-mismatch"));
}
END_TEST

START_TEST(test_names_are_unique)
{
	const struct sim_break *broken;

	for (size_t i = 0; (broken = breaks_at(i)) != NULL; i++)
		ck_assert_msg(breaks_find(broken->name) == broken,
			      "two breaks are called '%s'", broken->name);
	ck_assert_ptr_null(breaks_find("no-such-break"));
}
END_TEST

static struct evidence *make_and_verify(const struct document_options *options)
{
	_cleanup_bytes_ struct bytes document = BYTES_EMPTY;
	struct evidence *evidence = NULL;
	int64_t now_ms;

	ck_assert_int_eq(document_make(authority, options, &document, &now_ms),
			 0);
	ck_assert_int_eq(now_ms, options->time_ms);
	ck_assert_int_eq(verify(bytes_span(&document), now_ms, &evidence),
			 ATTEST_OK);
	return evidence;
}

static void check_common(const struct evidence *evidence,
			 const struct document_options *options)
{
	char module_id[OPTIONS_MODULE_ID_SIZE];
	const char *name = evidence_leaf_common_name(evidence);

	options_module_id(options, module_id);
	ck_assert_int_eq(evidence_kind(evidence), options->kind);
	ck_assert_str_eq(evidence_module_id(evidence), module_id);
	ck_assert_int_eq(strncmp(name, module_id, strlen(module_id)), 0);
	ck_assert_str_eq(name + strlen(module_id), ".eu-central-1.aws");
	ck_assert_str_eq(evidence_root_label(evidence), ROOT_LABEL);
	ck_assert_str_eq(evidence_digest(evidence), "SHA384");
	ck_assert_uint_eq(evidence_chain_length(evidence), 5);
	ck_assert_int_eq((int64_t)evidence_timestamp_ms(evidence),
			 options->time_ms);
	ck_assert_int_eq(evidence_map_is_indefinite(evidence),
			 !options->definite_map);
	ck_assert(span_equal(evidence_nonce(evidence), options->nonce));
	ck_assert(
		span_equal(evidence_public_key(evidence), options->public_key));
	ck_assert(span_is_absent(evidence_user_data(evidence)));
	ck_assert(evidence_nonce_was_checked(evidence));
	ck_assert(evidence_age_was_checked(evidence));
}

static struct document_options other_options(enum evidence_kind kind)
{
	struct document_options options = usual_options();

	options.kind = kind;
	options.region = "eu-central-1";
	options.instance_id = "i-0aabbccddeeff0011";
	options.enclave_id = "fedcba9876543210";
	return options;
}

START_TEST(test_enclave)
{
	struct document_options options = other_options(EVIDENCE_ENCLAVE);
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	uint8_t zero[ATTEST_SHA384_SIZE] = { 0 };

	memset(options.pcrs[16].value, 0xab, ATTEST_SHA384_SIZE);
	options.pcrs[16].is_set = true;
	evidence = make_and_verify(&options);
	check_common(evidence, &options);
	ck_assert(!evidence_is_debug(evidence));
	ck_assert(span_equal(evidence_pcr(evidence, 4),
			     evidence_expected_pcr4(evidence)));
	ck_assert(span_equal(evidence_pcr(evidence, 3),
			     span_of(zero, sizeof(zero))));
	ck_assert(span_equal(
		evidence_pcr(evidence, 16),
		span_of(options.pcrs[16].value, ATTEST_SHA384_SIZE)));
	ck_assert(span_is_absent(evidence_pcr(evidence, 17)));
}
END_TEST

START_TEST(test_nitrotpm)
{
	struct document_options options = other_options(EVIDENCE_NITROTPM);
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	uint8_t ones[ATTEST_SHA384_SIZE];

	memset(ones, 0xff, sizeof(ones));
	options.definite_map = true;
	options.tagged = true;
	memset(options.pcrs[7].value, 0x77, ATTEST_SHA384_SIZE);
	options.pcrs[7].is_set = true;
	evidence = make_and_verify(&options);
	check_common(evidence, &options);
	ck_assert(
		span_equal(evidence_pcr(evidence, 7),
			   span_of(options.pcrs[7].value, ATTEST_SHA384_SIZE)));
	ck_assert(span_equal(evidence_pcr(evidence, 17),
			     span_of(ones, sizeof(ones))));
	ck_assert(!span_is_absent(evidence_pcr(evidence, 23)));
	ck_assert(span_is_absent(evidence_pcr(evidence, 24)));
}
END_TEST

START_TEST(test_debug)
{
	struct document_options options = other_options(EVIDENCE_ENCLAVE);
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;

	options.debug = true;
	evidence = make_and_verify(&options);
	check_common(evidence, &options);
	ck_assert(evidence_is_debug(evidence));
	ck_assert(!span_is_zero(evidence_pcr(evidence, 4)));
}
END_TEST

/* One chain signs many documents, within the leaf's three hours and no longer. */
START_TEST(test_chain_again)
{
	struct document_options options = usual_options();
	_cleanup_chain_ struct chain *chain = NULL;
	const struct {
		int64_t shift_ms;
		enum attest_error error;
	} times[] = {
		{ -CHAIN_LEAF_BEFORE * 1000 - 124,
		  ATTEST_E_CERTIFICATE_NOT_YET_VALID },
		{ -CHAIN_LEAF_BEFORE * 1000 - 123, ATTEST_OK },
		{ 0, ATTEST_OK },
		{ CHAIN_LEAF_AFTER * 1000 + 876, ATTEST_OK },
		{ CHAIN_LEAF_AFTER * 1000 + 877, ATTEST_E_CERTIFICATE_EXPIRED },
	};

	ck_assert_int_eq(chain_new(authority, &options, &chain), 0);
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		_cleanup_bytes_ struct bytes document = BYTES_EMPTY;
		_cleanup_(evidence_freep) struct evidence *evidence = NULL;

		options.time_ms = DOCUMENT_AT + times[i].shift_ms;
		ck_assert_int_eq(document_append(chain, &options, &document),
				 0);
		ck_assert_int_eq(verify(bytes_span(&document), options.time_ms,
					&evidence),
				 times[i].error);
	}
}
END_TEST

static void add_tests(TCase *tests)
{
	int count = 0;

	while (breaks_at((size_t)count) != NULL)
		count++;
	tcase_add_unchecked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, test_break, 0, count);
	tcase_add_test(tests, test_every_refusal_has_a_break);
	tcase_add_test(tests, test_names_are_unique);
	tcase_add_test(tests, test_enclave);
	tcase_add_test(tests, test_nitrotpm);
	tcase_add_test(tests, test_debug);
	tcase_add_test(tests, test_chain_again);
}

UNIT_MAIN("refusals", add_tests)
