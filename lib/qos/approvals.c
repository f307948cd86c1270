/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "qos/approvals.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/printable.h"
#include "qos/failure.h"
#include "qos/key_pair.h"

/* Room for an alias, for people. */
#define ALIAS_SIZE 64

/* An alias in quotes, printable. */
static void describe(const struct qos_member *member,
		     char ret_text[static ALIAS_SIZE])
{
	char alias[ALIAS_SIZE];

	snprintf(alias, sizeof(alias), "%.*s",
		 (int)(member->alias.size < ALIAS_SIZE ? member->alias.size
						       : ALIAS_SIZE),
		 (const char *)member->alias.data);
	printable_copy(ret_text, ALIAS_SIZE, alias);
}

static enum qos_error refuse(struct qos_failure *failure, enum qos_error error,
			     const char *expected,
			     const struct qos_member *member)
{
	char alias[ALIAS_SIZE];

	describe(member, alias);
	return qos_fail(failure, error, expected, "\"%s\"", alias);
}

/* What two members of a set may not share. */
static enum qos_error compare_members(const struct qos_member *a,
				      const struct qos_member *b)
{
	struct qos_key_pair x, y;

	if (span_equal(a->alias, b->alias))
		return QOS_E_MEMBER_ALIAS_TWICE;
	if (!qos_key_pair_split(a->key, &x) || !qos_key_pair_split(b->key, &y))
		return QOS_E_MEMBER_KEY;
	if (span_equal(x.signing, y.signing) ||
	    span_equal(x.encryption, y.encryption))
		return QOS_E_MEMBER_KEY_TWICE;
	return QOS_OK;
}

static enum qos_error check_member(const struct curve *curve,
				   const struct qos_set *set, size_t index,
				   struct qos_failure *failure)
{
	const struct qos_member *member = &set->members[index];
	enum qos_error e = qos_key_pair_check(curve, member->key);

	for (size_t i = 0; e == QOS_OK && i < index; i++)
		e = compare_members(&set->members[i], member);
	return e == QOS_OK ? e : refuse(failure, e, "", member);
}

enum qos_error qos_set_check(const struct curve *curve,
			     const struct qos_set *set,
			     struct qos_failure *reterr_failure)
{
	enum qos_error e = QOS_OK;

	if (set->threshold == 0)
		return qos_fail(reterr_failure, QOS_E_THRESHOLD_ZERO,
				"a threshold of 1 or more", "0");
	if (set->threshold > set->count)
		return qos_fail(reterr_failure, QOS_E_THRESHOLD_HIGH,
				"a threshold that the members can reach",
				"%" PRIu32 " of %zu members", set->threshold,
				set->count);
	for (size_t i = 0; e == QOS_OK && i < set->count; i++)
		e = check_member(curve, set, i, reterr_failure);
	return e;
}

static bool is_same(const struct qos_member *a, const struct qos_member *b)
{
	return span_equal(a->alias, b->alias) && span_equal(a->key, b->key);
}

static bool is_member(const struct qos_set *set,
		      const struct qos_member *member)
{
	for (size_t i = 0; i < set->count; i++)
		if (is_same(&set->members[i], member))
			return true;
	return false;
}

/* Whether an approval before this one is by the same member. */
static bool is_repeated(const struct qos_manifest *manifest, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (is_same(&manifest->approvals[i].member,
			    &manifest->approvals[index].member))
			return true;
	return false;
}

/* The message is the hash itself, which ECDSA hashes once more. */
static enum qos_error check_approval(const struct curve *curve,
				     const struct qos_manifest *manifest,
				     const struct qos_set *trusted,
				     size_t index)
{
	const struct qos_approval *approval = &manifest->approvals[index];
	const struct span message =
		span_of(manifest->hash, sizeof(manifest->hash));
	struct qos_key_pair pair;

	if (!is_member(&manifest->manifest_set, &approval->member) ||
	    !is_member(trusted, &approval->member))
		return QOS_E_APPROVAL_STRANGER;
	if (is_repeated(manifest, index))
		return QOS_E_APPROVAL_TWICE;
	if (!qos_key_pair_split(approval->member.key, &pair))
		return QOS_E_MEMBER_KEY;
	return curve_verify(curve, pair.signing, message, approval->signature);
}

enum qos_error qos_approvals_check(const struct curve *curve,
				   const struct qos_manifest *manifest,
				   const struct qos_set *trusted,
				   struct qos_failure *reterr_failure)
{
	const struct qos_set *own = &manifest->manifest_set;
	uint32_t threshold = own->threshold;
	enum qos_error e;

	if (!manifest->is_envelope)
		return qos_fail_plain(reterr_failure, QOS_E_APPROVALS_ABSENT);
	e = qos_set_check(curve, own, reterr_failure);
	if (e != QOS_OK)
		return e;
	if (trusted == NULL)
		trusted = own;
	if (trusted->threshold > threshold)
		threshold = trusted->threshold;
	for (size_t i = 0; i < manifest->approval_count; i++) {
		e = check_approval(curve, manifest, trusted, i);
		if (e != QOS_OK)
			return refuse(reterr_failure, e, "",
				      &manifest->approvals[i].member);
	}
	if (manifest->approval_count < threshold)
		return qos_fail(reterr_failure, QOS_E_APPROVALS_FEW,
				threshold == 1 ? "an approval"
					       : "as many as the threshold",
				"%zu of %" PRIu32, manifest->approval_count,
				threshold);
	return QOS_OK;
}
