/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did enough of those who have a say approve a manifest? QOS's own rules, and
 * beyond them the members whom the host trusts: who is asked is never decided by
 * the envelope alone.
 */
#ifndef NITRO_QOS_APPROVALS_H
#define NITRO_QOS_APPROVALS_H

#include "qos/curve.h"
#include "qos/manifest.h"

/* A set that can decide: a threshold of 1 to its members, and members who differ in
 * alias, in signing key and in encryption key, all of whose keys are points on
 * P-256. */
enum qos_error qos_set_check(const struct curve *curve,
			     const struct qos_set *set,
			     struct qos_failure *reterr_failure) _must_use_;

/* Each approval of the envelope is by a member of the manifest's own set and of
 * `trusted`, no one's twice, and verifies over the manifest's hash; and there are
 * enough for both thresholds. NULL for `trusted` leaves the manifest's own set,
 * which proves no more than that the envelope is whole. `trusted` was checked. */
enum qos_error
qos_approvals_check(const struct curve *curve,
		    const struct qos_manifest *manifest,
		    const struct qos_set *trusted,
		    struct qos_failure *reterr_failure) _must_use_;

#endif
