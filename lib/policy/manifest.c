/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/manifest.h"

#include "base/hex.h"
#include "base/printable.h"
#include "policy/rules.h"
#include "qos/approvals.h"
#include "qos/binding.h"

#define NAMESPACE_SHOWN 128

/* The rows of a verdict repeat the table of lib/qos in its order. */
_Static_assert((int)REASON_QOS_INTERNAL - (int)REASON_QOS_MANIFEST_NOT_NAMED ==
		       (int)QOS_E_INTERNAL - (int)QOS_E_MANIFEST_NOT_NAMED,
	       "VERDICT_REASON_TABLE must repeat QOS_ERROR_TABLE");

enum verdict_reason manifest_reason(enum qos_error error)
{
	return (enum verdict_reason)((int)error -
				     (int)QOS_E_MANIFEST_NOT_NAMED +
				     (int)REASON_QOS_MANIFEST_NOT_NAMED);
}

void manifest_claim_deinit(struct manifest_claim *claim)
{
	qos_manifest_free(claim->manifest);
}

static enum qos_error refuse(struct qos_failure *failure, enum qos_error error,
			     const char *expected, const char *actual)
{
	failure->error = error;
	snprintf(failure->expected, sizeof(failure->expected), "%s", expected);
	snprintf(failure->actual, sizeof(failure->actual), "%s", actual);
	return error;
}

/* One check of level 3 on its way: of this manifest, if the release has one. */
struct examination {
	struct manifest_claim *claim;
	const struct manifest_rule *rule;
	const struct qos_manifest *manifest;
	const struct evidence *evidence;
	struct qos_failure *failure;
};

static const char why_no_manifest[] = "the release checks user_data itself";

static enum qos_error read_claim(struct manifest_claim *claim)
{
	const struct span input = claim->claim->manifest;

	if (claim->was_read)
		return claim->failure.error;
	claim->was_read = true;
	if (span_is_absent(input))
		return refuse(&claim->failure, QOS_E_MANIFEST_NOT_CHECKED,
			      "a manifest envelope", "none");
	return qos_manifest_read(claim->policy->digest, input, &claim->manifest,
				 &claim->failure);
}

static enum qos_error check_manifest(struct examination *examination,
				     const char **ret_why)
{
	enum qos_error e;

	if (examination->rule->kind == MANIFEST_USER_DATA) {
		*ret_why = why_no_manifest;
		return QOS_OK;
	}
	examination->manifest = examination->rule->exact;
	if (examination->manifest != NULL)
		return QOS_OK;
	e = read_claim(examination->claim);
	if (e != QOS_OK) {
		*examination->failure = examination->claim->failure;
		return e;
	}
	examination->manifest = examination->claim->manifest;
	return QOS_OK;
}

static enum qos_error check_hash(struct examination *examination,
				 const char **ret_why)
{
	if (examination->manifest != NULL)
		return qos_binding_check_hash(examination->manifest,
					      examination->evidence,
					      examination->failure);
	*ret_why = why_no_manifest;
	return QOS_OK;
}

static enum qos_error check_pcrs(struct examination *examination,
				 const char **ret_why)
{
	if (examination->manifest != NULL)
		return qos_binding_check_pcrs(examination->manifest,
					      examination->evidence,
					      examination->failure);
	*ret_why = why_no_manifest;
	return QOS_OK;
}

static enum qos_error check_commitment(struct examination *examination,
				       const char **ret_why)
{
	const struct policy *policy = examination->claim->policy;
	bool is_committed = true;
	enum qos_error e;

	if (examination->manifest == NULL) {
		*ret_why = why_no_manifest;
		return QOS_OK;
	}
	e = qos_binding_check_commitment(
		policy->digest, policy->curve, examination->manifest,
		examination->evidence, &is_committed, examination->failure);
	if (e == QOS_OK && !is_committed)
		*ret_why = "PCR16 and PCR17 were never extended: a QOS from "
			   "before mid-2026";
	return e;
}

static enum qos_error compare_pivot(const struct manifest_rule *rule,
				    const struct qos_manifest *manifest,
				    struct qos_failure *failure)
{
	const struct span pivot = span_of(rule->pivot, sizeof(rule->pivot));
	char expected[HEX_SIZE(QOS_HASH_SIZE)];
	char actual[HEX_SIZE(QOS_HASH_SIZE)];

	if (!rule->names_pivot || span_equal(pivot, manifest->pivot))
		return QOS_OK;
	hex_encode(pivot, expected);
	hex_encode(manifest->pivot, actual);
	return refuse(failure, QOS_E_PIVOT_DIFFERENT, expected, actual);
}

static enum qos_error compare_namespace(const struct manifest_rule *rule,
					const struct qos_manifest *manifest,
					struct qos_failure *failure)
{
	const struct span name = manifest->namespace_name;
	char text[NAMESPACE_SHOWN], actual[NAMESPACE_SHOWN];

	if (rule->namespace_name == NULL ||
	    span_equal(span_of_text(rule->namespace_name), name))
		return QOS_OK;
	snprintf(text, sizeof(text), "%.*s",
		 (int)(name.size < sizeof(text) ? name.size : sizeof(text)),
		 (const char *)name.data);
	printable_copy(actual, sizeof(actual), text);
	return refuse(failure, QOS_E_NAMESPACE_DIFFERENT, rule->namespace_name,
		      actual);
}

enum qos_error manifest_compare(const struct manifest_rule *rule,
				const struct qos_manifest *manifest,
				struct qos_failure *reterr_failure)
{
	enum qos_error e = compare_pivot(rule, manifest, reterr_failure);

	return e != QOS_OK ? e
			   : compare_namespace(rule, manifest, reterr_failure);
}

static enum qos_error check_application(struct examination *examination,
					const char **ret_why _unused_)
{
	if (examination->manifest == NULL)
		return checksum_check(examination->rule->checksum,
				      examination->evidence,
				      examination->failure);
	return manifest_compare(examination->rule, examination->manifest,
				examination->failure);
}

/* A manifest that stands on this host was judged when it was loaded. Members that
 * the envelope names for itself may approve whatever they like: an envelope that is
 * not even whole is refused, and yet nobody shall think that somebody was asked. */
static enum qos_error check_approvals(struct examination *examination,
				      const char **ret_why)
{
	const struct manifest_rule *rule = examination->rule;

	if (rule->kind != MANIFEST_QOS) {
		*ret_why = "the release names the application itself";
		return QOS_OK;
	}
	if (!rule->names_trusted)
		*ret_why = "the release names no manifest_set, so anybody may "
			   "have approved it";
	return qos_approvals_check(examination->claim->policy->curve,
				   examination->manifest,
				   rule->names_trusted ? &rule->trusted : NULL,
				   examination->failure);
}

static enum qos_error (*const checks[MANIFEST_CHECK_COUNT])(
	struct examination *examination, const char **ret_why) = {
	[CHECK_MANIFEST - CHECK_MANIFEST] = check_manifest,
	[CHECK_MANIFEST_HASH - CHECK_MANIFEST] = check_hash,
	[CHECK_MANIFEST_PCRS - CHECK_MANIFEST] = check_pcrs,
	[CHECK_COMMITMENT - CHECK_MANIFEST] = check_commitment,
	[CHECK_APPLICATION - CHECK_MANIFEST] = check_application,
	[CHECK_APPROVALS - CHECK_MANIFEST] = check_approvals,
};

void manifest_judge(struct manifest_claim *claim, const struct release *release,
		    struct manifest_judgement *ret_judgement)
{
	struct examination examination = {
		.claim = claim,
		.rule = &release->manifest,
		.evidence = claim->claim->evidence,
		.failure = &ret_judgement->failure,
	};

	*ret_judgement = (struct manifest_judgement){ .error = QOS_OK };
	if (release->manifest.kind == MANIFEST_NONE) {
		ret_judgement->error =
			refuse(&ret_judgement->failure,
			       QOS_E_MANIFEST_NOT_NAMED, "a manifest", "none");
		return;
	}
	while (ret_judgement->error == QOS_OK &&
	       ret_judgement->done < MANIFEST_CHECK_COUNT) {
		const size_t i = ret_judgement->done;

		ret_judgement->error =
			checks[i](&examination, &ret_judgement->skipped[i]);
		if (ret_judgement->error == QOS_OK)
			ret_judgement->done++;
	}
}
