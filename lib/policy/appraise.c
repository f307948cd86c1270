/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence x requirements -> verdict. The only code of the project that allows
 * anything: policy_appraise() at the end, and only when every required level holds.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/hex.h"
#include "base/time_text.h"
#include "policy/binding_check.h"
#include "policy/decide.h"
#include "policy/recognise.h"
#include "policy/rules.h"

/* What one appraisal knows and has found so far. */
struct appraisal {
	struct query query;
	struct verdict *verdict;
	bool boot_holds;	       /* level 2, as far as it was looked at */
	const struct release *release; /* in force; NULL: none was recognised */
};

/* A failed check of a level that is not asked for is on record, but does not
 * decide. */
static void fail(struct appraisal *appraisal, enum verdict_reason reason,
		 const char *expected, const char *actual)
{
	appraisal->boot_holds = false;
	if (appraisal->query.requirements->level >= 2)
		verdict_fail(appraisal->verdict, reason, expected, actual);
	else
		verdict_note(appraisal->verdict, reason, expected, actual);
}

/* "a, b, c", cut to fit. */
static void join(const char *const *words, size_t count,
		 char ret_text[static ATTEST_DETAIL_SIZE])
{
	size_t length = 0;

	ret_text[0] = '\0';
	for (size_t i = 0; i < count && length < ATTEST_DETAIL_SIZE; i++) {
		int n = snprintf(ret_text + length, ATTEST_DETAIL_SIZE - length,
				 "%s%s", i == 0 ? "" : ", ", words[i]);

		if (n < 0)
			return;
		length += (size_t)n;
	}
}

static void check_root(const struct appraisal *appraisal)
{
	const struct requirements *requirements = appraisal->query.requirements;
	const char *label = evidence_root_label(appraisal->query.evidence);
	char expected[ATTEST_DETAIL_SIZE];

	for (size_t i = 0; i < requirements->root_count; i++) {
		if (strcmp(requirements->roots[i], label) != 0)
			continue;
		verdict_pass(appraisal->verdict, CHECK_ROOT_LABEL);
		return;
	}
	join(requirements->roots, requirements->root_count, expected);
	verdict_fail(appraisal->verdict, REASON_ROOT_NOT_ALLOWED, expected,
		     label);
}

static void check_debug_mode(struct appraisal *appraisal)
{
	if (evidence_is_debug(appraisal->query.evidence))
		fail(appraisal, REASON_DEBUG_ENCLAVE,
		     "PCR0, PCR1 and PCR2 measure the image",
		     "PCR0, PCR1 and PCR2 are zero");
	else
		verdict_pass(appraisal->verdict, CHECK_DEBUG_MODE);
}

static void check_leaf_name(struct appraisal *appraisal)
{
	const char *module_id = evidence_module_id(appraisal->query.evidence);
	const char *name = evidence_leaf_common_name(appraisal->query.evidence);
	char expected[ATTEST_DETAIL_SIZE];

	if (leaf_is_named(name, module_id)) {
		verdict_pass(appraisal->verdict, CHECK_LEAF_NAME);
		return;
	}
	snprintf(expected, sizeof(expected), "CN=%s.REGION.aws", module_id);
	fail(appraisal, REASON_LEAF_NAME_MISMATCH, expected, name);
}

/* Room for "PCR31 " and the digits of the longest PCR. */
#define PCR_TEXT_SIZE (6 + HEX_SIZE(ATTEST_PCR_SIZE_MAX))

/* "PCR4 HEX" or "PCR4 absent" */
static void describe_pcr(unsigned index, struct span value,
			 char ret_text[static PCR_TEXT_SIZE])
{
	char hex[HEX_SIZE(ATTEST_PCR_SIZE_MAX)] = "absent";

	if (!span_is_absent(value))
		hex_encode(value, hex);
	snprintf(ret_text, PCR_TEXT_SIZE, "PCR%u %s", index % ATTEST_PCR_COUNT,
		 hex);
}

static void check_instance(struct appraisal *appraisal)
{
	const struct evidence *evidence = appraisal->query.evidence;
	const struct span expected = evidence_expected_pcr4(evidence);
	const struct span actual = evidence_pcr(evidence, 4);
	char expected_text[PCR_TEXT_SIZE];
	char actual_text[PCR_TEXT_SIZE];

	if (evidence_kind(evidence) == EVIDENCE_NITROTPM) {
		verdict_skip(appraisal->verdict, CHECK_INSTANCE,
			     "PCR4 of a NitroTPM measures the boot loader, not "
			     "the instance");
		return;
	}
	if (!span_is_absent(expected) && !span_is_absent(actual) &&
	    span_equal(expected, actual)) {
		verdict_pass(appraisal->verdict, CHECK_INSTANCE);
		return;
	}
	describe_pcr(4, expected, expected_text);
	describe_pcr(4, actual, actual_text);
	fail(appraisal, REASON_INSTANCE_MISMATCH, expected_text, actual_text);
}

/* Names the closest release and the PCR in which the document differs from it. */
static void fail_measurements(struct appraisal *appraisal)
{
	const struct closest found = find_closest(&appraisal->query);
	const struct release *closest = found.release;
	char expected[ATTEST_DETAIL_SIZE];
	char actual[PCR_TEXT_SIZE];
	char pcr[PCR_TEXT_SIZE];

	if (closest == NULL) {
		const char *kind = evidence_kind_name(
			evidence_kind(appraisal->query.evidence));

		snprintf(expected, sizeof(expected),
			 "a release of kind %s of an allowed image", kind);
		fail(appraisal, REASON_MEASUREMENTS_UNKNOWN, expected,
		     "there is none");
		return;
	}
	describe_pcr(found.different, release_pcr(closest, found.different),
		     pcr);
	snprintf(expected, sizeof(expected), "%s (%.30s/%.30s)", pcr,
		 closest->image_name, closest->name);
	describe_pcr(found.different,
		     evidence_pcr(appraisal->query.evidence, found.different),
		     actual);
	fail(appraisal, REASON_MEASUREMENTS_UNKNOWN, expected, actual);
}

/* The lookup found no release: for the PCRs, or for the user_data alone. */
static void fail_tuple(struct appraisal *appraisal, const struct search *search)
{
	const struct release *release = search->other_user_data;
	const struct span actual =
		evidence_user_data_sha256(appraisal->query.evidence);
	char hex[HEX_SIZE(ATTEST_SHA256_SIZE)] = "absent";
	char expected[ATTEST_DETAIL_SIZE];
	char found[ATTEST_DETAIL_SIZE];

	if (release == NULL) {
		fail_measurements(appraisal);
		verdict_skip(appraisal->verdict, CHECK_USER_DATA,
			     "no release was recognised");
		return;
	}
	verdict_pass(appraisal->verdict, CHECK_MEASUREMENTS);
	if (!span_is_absent(actual))
		hex_encode(actual, hex);
	snprintf(found, sizeof(found), "user_data %s%s",
		 span_is_absent(actual) ? "" : "sha256:", hex);
	hex_encode(release_user_data(release), hex);
	snprintf(expected, sizeof(expected),
		 "user_data sha256:%s (%.30s/%.30s)", hex, release->image_name,
		 release->name);
	fail(appraisal, REASON_USER_DATA_DIFFERENT, expected, found);
}

static void fail_release(struct appraisal *appraisal,
			 const struct search *search)
{
	const struct release *release = search->match;
	const bool is_early = search->force == FORCE_NOT_YET;
	char expected[ATTEST_DETAIL_SIZE];
	char now[TIME_TEXT_SIZE];
	char limit[TIME_TEXT_SIZE];

	if (search->force == FORCE_REVOKED) {
		fail(appraisal, REASON_RELEASE_REVOKED, "current or retiring",
		     "revoked");
		return;
	}
	time_format(appraisal->query.now_ms, now);
	time_format(is_early ? release->not_before_ms : release->not_after_ms,
		    limit);
	snprintf(expected, sizeof(expected), "%s %s",
		 is_early ? "not before" : "not after", limit);
	fail(appraisal,
	     is_early ? REASON_RELEASE_NOT_YET : REASON_RELEASE_EXPIRED,
	     expected, now);
}

/* Not checked is not the same as no match: level 2 is not reached, but neither is
 * it claimed that the measurements were compared. */
static void skip_measurements(struct appraisal *appraisal, const char *why)
{
	appraisal->boot_holds = false;
	verdict_skip(appraisal->verdict, CHECK_MEASUREMENTS, why);
	verdict_skip(appraisal->verdict, CHECK_USER_DATA, why);
	verdict_skip(appraisal->verdict, CHECK_RELEASE, why);
}

static void check_measurements(struct appraisal *appraisal)
{
	struct verdict *verdict = appraisal->verdict;
	struct search search;

	if (evidence_is_debug(appraisal->query.evidence)) {
		skip_measurements(appraisal,
				  "debug mode hides the measurements");
		return;
	}
	if (appraisal->query.policy->image_count == 0 &&
	    appraisal->query.requirements->level < 2) {
		skip_measurements(appraisal, "the policy has no image");
		return;
	}
	search = search_releases(&appraisal->query);
	if (search.match == NULL) {
		fail_tuple(appraisal, &search);
		verdict_skip(verdict, CHECK_RELEASE,
			     "no release was recognised");
		return;
	}
	verdict_pass(verdict, CHECK_MEASUREMENTS);
	if (search.match->has_user_data)
		verdict_pass(verdict, CHECK_USER_DATA);
	else
		verdict_skip(verdict, CHECK_USER_DATA,
			     "the release names no user_data");
	snprintf(verdict->image, sizeof(verdict->image), "%s",
		 search.match->image_name);
	snprintf(verdict->release, sizeof(verdict->release), "%s",
		 search.match->name);
	verdict->release_not_after_ms = search.match->not_after_ms;
	if (search.force != FORCE_IN) {
		fail_release(appraisal, &search);
		return;
	}
	appraisal->release = search.match;
	verdict->release_retiring = search.match->state == RELEASE_RETIRING;
	verdict_pass(verdict, CHECK_RELEASE);
}

/* Level 2 and above, or level 3. */
static void skip_levels(struct verdict *verdict, unsigned from, const char *why)
{
	for (size_t i = 0; i < CHECK_COUNT; i++)
		if (verdict_check_level((enum verdict_check)i) >= from)
			verdict_skip(verdict, (enum verdict_check)i, why);
}

static void appraise_boot(struct appraisal *appraisal)
{
	check_debug_mode(appraisal);
	check_leaf_name(appraisal);
	check_instance(appraisal);
	check_measurements(appraisal);
	appraisal->verdict->level = appraisal->boot_holds ? 2 : 1;
}

/* Marks what came of level 3. That memory ran out, or the library failed, says
 * nothing about the document: nobody may allow it then. */
static void take_judgement(struct appraisal *appraisal,
			   const struct manifest_judgement *judgement)
{
	const struct qos_failure *failure = &judgement->failure;
	const enum verdict_reason reason = manifest_reason(judgement->error);
	struct verdict *verdict = appraisal->verdict;
	const bool decides = appraisal->query.requirements->level >= 3;

	if (decides)
		verdict_fail(verdict, reason, failure->expected,
			     failure->actual);
	else if (judgement->error == QOS_E_MANIFEST_NOT_CHECKED)
		verdict_skip(verdict, CHECK_MANIFEST,
			     "no manifest came with the document");
	else
		verdict_note(verdict, reason, failure->expected,
			     failure->actual);
	if (decides && (judgement->error == QOS_E_NO_MEMORY ||
			judgement->error == QOS_E_INTERNAL))
		verdict->is_unjudged = true;
}

static void appraise_application(struct appraisal *appraisal)
{
	struct verdict *verdict = appraisal->verdict;
	struct manifest_judgement judgement;

	if (!appraisal->boot_holds || appraisal->release == NULL) {
		skip_levels(verdict, 3, "level 2 does not hold");
		return;
	}
	/* Who did not name an application does not miss one. */
	if (appraisal->release->manifest.kind == MANIFEST_NONE &&
	    appraisal->query.requirements->level < 3) {
		skip_levels(verdict, 3, "the release names no manifest");
		return;
	}
	manifest_judge(appraisal->query.manifest, appraisal->release,
		       &judgement);
	skip_levels(verdict, 3, "an earlier check decided");
	for (size_t i = 0; i < judgement.done; i++) {
		const enum verdict_check check =
			(enum verdict_check)(CHECK_MANIFEST + i);

		if (judgement.skipped[i] != NULL)
			verdict_skip(verdict, check, judgement.skipped[i]);
		else
			verdict_pass(verdict, check);
	}
	if (judgement.error == QOS_OK)
		verdict->level = 3;
	else
		take_judgement(appraisal, &judgement);
}

void policy_appraise(const struct policy *policy,
		     const struct requirements *requirements,
		     const struct claim *claim, struct verdict *verdict)
{
	const struct evidence *evidence = claim->evidence;
	_cleanup_(manifest_claim_deinit) struct manifest_claim manifest = {
		.policy = policy,
		.claim = claim,
	};
	struct appraisal appraisal = {
		.query = { policy, requirements, evidence, claim->now_ms,
			   &manifest },
		.verdict = verdict,
		.boot_holds = true,
	};

	verdict->allowed = false;
	verdict->level = 0;
	if (evidence == NULL) {
		verdict->is_denied = true;
		return;
	}
	verdict_take_evidence(verdict, evidence);
	check_root(&appraisal);
	/* Also when a challenge or a replay decided before. */
	if (verdict->is_denied) {
		skip_levels(verdict, 2, "level 1 does not hold");
		return;
	}
	appraise_boot(&appraisal);
	appraise_application(&appraisal);
	bindings_check(policy, requirements->bindings, claim, verdict);
	if (requirements->level >= 1 && verdict->level >= requirements->level)
		verdict_allow(verdict);
}

static unsigned find_unknown(const struct requirements *requirements,
			     const struct claim *claim)
{
	unsigned unknown = 0;

	if (span_is_absent(claim->ssh_key))
		unknown |= BIND_SSH_KEY;
	if (claim->evidence != NULL &&
	    !span_is_absent(evidence_public_key(claim->evidence)))
		unknown |= BIND_KEY;
	return unknown & requirements->bindings;
}

unsigned policy_foresee(const struct policy *policy,
			const struct requirements *requirements,
			const struct claim *claim, struct verdict *verdict)
{
	const unsigned unknown = find_unknown(requirements, claim);
	struct requirements known = *requirements;

	known.bindings &= ~unknown;
	policy_appraise(policy, &known, claim, verdict);
	if ((unknown & BIND_SSH_KEY) != 0)
		verdict_skip(verdict, CHECK_SSH_KEY,
			     "which key a login proves is not known before");
	if ((unknown & BIND_KEY) != 0)
		verdict_skip(verdict, CHECK_KEY,
			     "no challenge was signed without a login");
	return unknown;
}

void policy_reappraise(const struct policy *policy, const struct rule *rule,
		       const struct claim *claim, struct verdict *verdict)
{
	const unsigned bindings = rule->requirements.bindings;
	char expected[BINDINGS_TEXT_SIZE];
	char actual[BINDINGS_TEXT_SIZE];

	snprintf(verdict->rule, sizeof(verdict->rule), "%s", rule->name);
	verdict_pass(verdict, CHECK_RULE);
	if ((claim->held & BIND_NONCE) != 0)
		verdict_pass(verdict, CHECK_CHALLENGE);
	if ((bindings & ~claim->held) == 0) {
		verdict_pass(verdict, CHECK_VERDICT);
	} else {
		bindings_text(bindings, expected);
		bindings_text(claim->held, actual);
		verdict_fail(verdict, REASON_BINDING_MISSING, expected, actual);
	}
	policy_appraise(policy, &rule->requirements, claim, verdict);
}

static bool some_check_failed(const struct verdict *verdict)
{
	for (size_t i = 0; i < CHECK_COUNT; i++)
		if (verdict->checks[i].state == CHECK_FAILED)
			return true;
	return false;
}

void policy_conclude(const struct rule *rule, struct verdict *verdict)
{
	verdict->session_max_ms = rule->session_max_ms;
	/* Only what was decided can be decided otherwise. */
	if (rule->is_audit && verdict->is_denied && !verdict->is_unjudged &&
	    some_check_failed(verdict))
		verdict_audit(verdict);
}
