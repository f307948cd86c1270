/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "qos/binding.h"

#include <stdio.h>

#include "base/hex.h"
#include "qos/failure.h"
#include "qos/key_pair.h"

static const struct commitment_row {
	unsigned pcr;
	const char *domain;
} commitment_rows[] = {
	[QOS_COMMITMENT_SETUP] = { 16, "qos-setup-manifest-pcr-commitment-v1" },
	[QOS_COMMITMENT_LIVE] = { 17, "qos-live-manifest-pcr-commitment-v1" },
};

/* Room for the text that is hashed, its two values in hex. */
#define PREIMAGE_SIZE (HEX_SIZE(QOS_KEY_SIZE) + HEX_SIZE(QOS_HASH_SIZE) + 120)

enum qos_error qos_commitment_pcr(const struct digest *digest,
				  enum qos_commitment kind, struct span key,
				  const uint8_t hash[static QOS_HASH_SIZE],
				  uint8_t ret_pcr[static QOS_PCR_SIZE])
{
	char key_hex[HEX_SIZE(QOS_KEY_SIZE)], hash_hex[HEX_SIZE(QOS_HASH_SIZE)];
	char preimage[PREIMAGE_SIZE];
	uint8_t commitment[ATTEST_SHA384_SIZE];
	struct span text;

	if (key.size > QOS_KEY_SIZE)
		return QOS_E_EPHEMERAL_KEY;
	hex_encode(key, key_hex);
	hex_encode(span_of(hash, QOS_HASH_SIZE), hash_hex);
	snprintf(preimage, sizeof(preimage),
		 "{\"domain\":\"%s\",\"ephemeralPublicKey\":\"%s\","
		 "\"manifestHash\":\"%s\"}",
		 commitment_rows[kind].domain, key_hex, hash_hex);
	text = span_of_text(preimage);
	if (digest_sha384(digest, &text, 1, commitment) != ATTEST_OK ||
	    digest_pcr_of_text(digest, span_of(commitment, sizeof(commitment)),
			       ret_pcr) != ATTEST_OK)
		return QOS_E_NO_MEMORY;
	return QOS_OK;
}

/* A value in hex, or "absent"; longer ones are cut. */
static const char *describe(struct span value,
			    char ret_text[static HEX_SIZE(ATTEST_PCR_SIZE_MAX)])
{
	if (span_is_absent(value))
		return "absent";
	if (value.size > ATTEST_PCR_SIZE_MAX)
		value.size = ATTEST_PCR_SIZE_MAX;
	hex_encode(value, ret_text);
	return ret_text;
}

enum qos_error qos_binding_check_hash(const struct qos_manifest *manifest,
				      const struct evidence *evidence,
				      struct qos_failure *reterr_failure)
{
	const struct span user_data = evidence_user_data(evidence);
	const struct span hash =
		span_of(manifest->hash, sizeof(manifest->hash));
	char expected[HEX_SIZE(ATTEST_PCR_SIZE_MAX)];
	char actual[HEX_SIZE(ATTEST_PCR_SIZE_MAX)];

	if (!span_is_absent(user_data) && span_equal(user_data, hash))
		return QOS_OK;
	return qos_fail(reterr_failure,
			span_is_absent(user_data) ? QOS_E_HASH_ABSENT
						  : QOS_E_HASH_DIFFERENT,
			describe(hash, expected), "user_data %s",
			describe(user_data, actual));
}

enum qos_error qos_binding_check_pcrs(const struct qos_manifest *manifest,
				      const struct evidence *evidence,
				      struct qos_failure *reterr_failure)
{
	char expected[HEX_SIZE(ATTEST_PCR_SIZE_MAX)];
	char actual[HEX_SIZE(ATTEST_PCR_SIZE_MAX)];

	for (unsigned i = 0; i < ARRAY_SIZE(manifest->pcrs); i++) {
		const struct span pcr = evidence_pcr(evidence, i);

		if (span_is_absent(pcr) || !span_equal(pcr, manifest->pcrs[i]))
			return qos_fail(reterr_failure, QOS_E_PCR_DIFFERENT,
					describe(manifest->pcrs[i], expected),
					"PCR%u %s", i, describe(pcr, actual));
	}
	return QOS_OK;
}

static bool is_extended(const struct evidence *evidence, unsigned index)
{
	const struct span pcr = evidence_pcr(evidence, index);

	return !span_is_absent(pcr) && !span_is_zero(pcr);
}

/* Whether some PCR commits to what the document says. */
static enum qos_error find_commitment(const struct digest *digest,
				      const struct qos_manifest *manifest,
				      const struct evidence *evidence)
{
	for (size_t i = 0; i < ARRAY_SIZE(commitment_rows); i++) {
		const struct span pcr =
			evidence_pcr(evidence, commitment_rows[i].pcr);
		uint8_t value[QOS_PCR_SIZE];
		enum qos_error e = qos_commitment_pcr(
			digest, (enum qos_commitment)i,
			evidence_public_key(evidence), manifest->hash, value);

		if (e != QOS_OK)
			return e;
		if (!span_is_absent(pcr) &&
		    span_equal(pcr, span_of(value, sizeof(value))))
			return QOS_OK;
	}
	return QOS_E_COMMITMENT_DIFFERENT;
}

static enum qos_error check_locked(const struct evidence *evidence,
				   struct qos_failure *failure)
{
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
		if (span_is_absent(evidence_pcr(evidence, i)))
			return qos_fail(failure, QOS_E_COMMITMENT_UNLOCKED,
					"PCR0 to PCR31", "no PCR%u", i);
	return QOS_OK;
}

enum qos_error qos_binding_check_commitment(const struct digest *digest,
					    const struct curve *curve,
					    const struct qos_manifest *manifest,
					    const struct evidence *evidence,
					    bool *ret_is_committed,
					    struct qos_failure *reterr_failure)
{
	const struct span key = evidence_public_key(evidence);
	enum qos_error e = qos_key_pair_check(curve, key);

	if (e == QOS_E_MEMBER_KEY)
		return qos_fail(reterr_failure, QOS_E_EPHEMERAL_KEY,
				"130 bytes, two points on P-256",
				"%zu bytes of another kind", key.size);
	if (e != QOS_OK)
		return qos_fail_plain(reterr_failure, e);
	*ret_is_committed =
		is_extended(evidence, 16) || is_extended(evidence, 17);
	if (!*ret_is_committed)
		return QOS_OK;
	e = check_locked(evidence, reterr_failure);
	if (e != QOS_OK)
		return e;
	e = find_commitment(digest, manifest, evidence);
	if (e == QOS_OK)
		return QOS_OK;
	return qos_fail(reterr_failure, e,
			"a commitment to this manifest and public_key",
			"another one");
}
