/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy in force, and how another takes its place: read as a whole, accepted
 * as a whole, or the old one stays. Whoever judges keeps the snapshot that he
 * began with.
 */
#ifndef NITRO_POLICYD_POLICY_STORE_H
#define NITRO_POLICYD_POLICY_STORE_H

#include <stdint.h>
#include <sys/types.h>

#include "base/hex.h"
#include "config/config_directory.h"

/* One accepted configuration. References are counted by the loop's thread alone;
 * what is inside is immutable and may be read by any. */
struct snapshot {
	unsigned references;
	uint64_t generation; /* 1, 2, … since the daemon started */
	char digest[HEX_SIZE(ATTEST_SHA256_SIZE)];
	struct config *config;
};

struct snapshot *snapshot_ref(struct snapshot *snapshot);
void snapshot_unref(struct snapshot *snapshot);
DEFINE_CLEANUP(struct snapshot *, snapshot_unref)

/* Reads `layers`: POLICY_OK and a snapshot, or the error. Errors and warnings
 * are in `diagnostics`. Touches no other state, so that any thread may do it. */
enum policy_error snapshot_load(const struct config_layers *layers,
				uint64_t generation,
				struct snapshot **ret_snapshot,
				struct diagnostics *diagnostics) _must_use_;

struct policy_store {
	struct snapshot *current;
	char **errors;	 /* of the last reading, ends with NULL */
	char **warnings; /* of the last reading, ends with NULL */
};

/* Takes the outcome of a reading: `loaded` becomes the policy in force, NULL
 * leaves the one that is. -ENOMEM: nothing was changed. */
int policy_store_update(struct policy_store *store, struct snapshot *loaded,
			const struct diagnostics *diagnostics) _must_use_;
void policy_store_clear(struct policy_store *store);

#endif
