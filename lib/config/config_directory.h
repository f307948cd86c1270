/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration directory on disk -> policy and trusted roots, or the list of
 * everything that is wrong with it. The one place that knows the layout:
 * policyd.conf, roots.d/LABEL.pem, images.d/NAME.conf, rules.d/NAME.conf.
 */
#ifndef NITRO_CONFIG_CONFIG_DIRECTORY_H
#define NITRO_CONFIG_CONFIG_DIRECTORY_H

#include "attest/anchors.h"
#include "policy/policy.h"

/* One consistent reading of the whole directory; immutable. */
struct config {
	struct policy *policy;
	struct anchors *anchors; /* the AWS root and roots.d */
	/* SHA-256 over names and contents of all files that were read. */
	uint8_t digest[ATTEST_SHA256_SIZE];
};

/* Reads `directory`. Files belong to root or `owner` and are not writable by
 * others. Absent files and sub-directories count as empty; names that do not end
 * in .conf (.pem) or begin with a dot are left alone. POLICY_OK; POLICY_E_INVALID
 * with the errors in `diagnostics`; POLICY_E_NO_MEMORY. */
enum policy_error config_load(const char *directory, uid_t owner,
			      struct config **ret_config,
			      struct diagnostics *diagnostics) _must_use_;
void config_free(struct config *config);
DEFINE_CLEANUP(struct config *, config_free)

#endif
