/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chain below a simulated root, shaped like AWS's: regional, zonal, instance
 * and leaf certificate with their key types, extensions and lifetimes. One chain
 * signs any number of documents of its instance for three hours.
 */
#ifndef NITRO_SIM_CHAIN_H
#define NITRO_SIM_CHAIN_H

#include "nitro-sim/authority.h"
#include "nitro-sim/options.h"

enum chain_position {
	POSITION_ROOT,
	POSITION_REGIONAL,
	POSITION_ZONAL,
	POSITION_INSTANCE,
	POSITION_LEAF,
};

/* More than any verifier should take. */
#define CHAIN_BUNDLE_MAX 12u

/* The leaf begins this long before the document and ends this long after it:
 * 3:00:03 in all. Seconds. */
#define CHAIN_LEAF_BEFORE INT64_C(3)
#define CHAIN_LEAF_AFTER  (INT64_C(3) * 60 * 60)

struct chain {
	struct bytes bundle[CHAIN_BUNDLE_MAX]; /* DER, root first */
	size_t bundle_count;
	struct certificate leaf;
};

/* A chain for the instance and the time in `options`, disturbed as its break
 * says. 0, -ENOMEM or -EIO. */
int chain_new(const struct authority *authority,
	      const struct document_options *options,
	      struct chain **ret_chain) _must_use_;
void chain_free(struct chain *chain);
DEFINE_CLEANUP(struct chain *, chain_free)
#define _cleanup_chain_ _cleanup_(chain_freep)

#endif
