/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Borsh schemas of manifests, as they are read. Private to lib/qos.
 */
#ifndef NITRO_QOS_SCHEMA_H
#define NITRO_QOS_SCHEMA_H

#include "qos/borsh.h"
#include "qos/manifest.h"

/* Reads a manifest of `version` and, if anything follows, the approvals of its
 * envelope. `ret_size` is that of the manifest alone. What was allocated belongs to
 * `manifest` in either case. */
enum qos_error schema_read(struct borsh *borsh, enum qos_version version,
			   struct qos_manifest *manifest,
			   size_t *ret_size) _must_use_;

/* Reads threshold and members. */
void schema_read_set(struct borsh *borsh, struct qos_set *set);

/* How long lists and keys are, which Borsh leaves open. */
enum qos_error schema_check(const struct qos_manifest *manifest,
			    struct qos_failure *reterr_failure) _must_use_;
enum qos_error schema_check_set(const char *name, const struct qos_set *set,
				struct qos_failure *reterr_failure) _must_use_;

/* Says what the reader refused, and where. */
enum qos_error schema_explain(const struct borsh *borsh,
			      struct qos_failure *reterr_failure) _must_use_;

#endif
