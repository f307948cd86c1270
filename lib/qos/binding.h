/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a verified document bind a manifest? By the hash in its user_data, by the
 * PCRs that the manifest was made for, and by what QOS extended into PCR16 and
 * PCR17 before it started the application.
 */
#ifndef NITRO_QOS_BINDING_H
#define NITRO_QOS_BINDING_H

#include "attest/evidence.h"
#include "qos/curve.h"
#include "qos/manifest.h"

enum qos_commitment {
	QOS_COMMITMENT_SETUP, /* PCR16, the key of a boot document */
	QOS_COMMITMENT_LIVE,  /* PCR17, the key after provisioning */
};

/* The value of the PCR that commits to a key and a manifest's hash: extended once,
 * by SHA-384 of {"domain", "ephemeralPublicKey", "manifestHash"} as canonical JSON.
 * QOS_OK, EPHEMERAL_KEY (longer than QOS_KEY_SIZE) or NO_MEMORY. */
enum qos_error
qos_commitment_pcr(const struct digest *digest, enum qos_commitment kind,
		   struct span key, const uint8_t hash[static QOS_HASH_SIZE],
		   uint8_t ret_pcr[static QOS_PCR_SIZE]) _must_use_;

/* The user_data is exactly the manifest's hash. */
enum qos_error
qos_binding_check_hash(const struct qos_manifest *manifest,
		       const struct evidence *evidence,
		       struct qos_failure *reterr_failure) _must_use_;

/* PCR0 to PCR3 are the manifest's. */
enum qos_error
qos_binding_check_pcrs(const struct qos_manifest *manifest,
		       const struct evidence *evidence,
		       struct qos_failure *reterr_failure) _must_use_;

/* The public_key is a QOS key and, where PCR16 or PCR17 was extended, one of them
 * commits to it and to the manifest. A QOS from before mid-2026 extends neither:
 * then only the key is looked at, and ret_is_committed is false. */
enum qos_error qos_binding_check_commitment(
	const struct digest *digest, const struct curve *curve,
	const struct qos_manifest *manifest, const struct evidence *evidence,
	bool *ret_is_committed, struct qos_failure *reterr_failure) _must_use_;

#endif
