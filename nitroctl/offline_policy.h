/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy and its roots for a verb that works without the daemon: read from disk
 * as the daemon reads them, or none. Prints complaints about what it reads.
 */
#ifndef NITRO_NITROCTL_OFFLINE_POLICY_H
#define NITRO_NITROCTL_OFFLINE_POLICY_H

#include "attest/anchors.h"
#include "config/config_directory.h"
#include "nitroctl/command.h"
#include "policy/policy.h"

struct offline_policy {
	struct policy *policy;
	struct anchors *anchors;
};

#define OFFLINE_POLICY_NONE ((struct offline_policy){ NULL, NULL })

/* EXIT_ALLOWED, or EXIT_NOT_JUDGED after complaints. */
enum exit_code
offline_policy_load(const struct config_layers *layers,
		    struct offline_policy *ret_policy) _must_use_;
/* A policy of no files, which knows no image and has the defaults; the AWS root. */
enum exit_code
offline_policy_make_empty(struct offline_policy *ret_policy) _must_use_;

/* Trusts one more root; its label is the file's name without the last suffix. */
enum exit_code offline_policy_add_root(struct offline_policy *policy,
				       const char *file) _must_use_;

static inline void offline_policy_free(struct offline_policy policy)
{
	policy_free(policy.policy);
	anchors_free(policy.anchors);
}

DEFINE_CLEANUP(struct offline_policy, offline_policy_free)

#endif
