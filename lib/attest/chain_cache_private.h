/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading and filling the memory of verified chains: for chain.c alone, because
 * whoever can add to it can make any chain pass. Private to lib/attest.
 */
#ifndef NITRO_ATTEST_CHAIN_CACHE_PRIVATE_H
#define NITRO_ATTEST_CHAIN_CACHE_PRIVATE_H

#include "attest/chain_cache.h"

struct anchors;
struct chain;

/* A new reference to the chain with this digest that was verified with these
 * anchors, or NULL. */
struct chain *chain_cache_find(const struct chain_cache *cache,
			       const struct anchors *anchors,
			       const uint8_t digest[static ATTEST_SHA256_SIZE]);

/* Remembers a verified chain, by a reference of its own. `now` (seconds) tells
 * which other chains can be forgotten. */
void chain_cache_add(struct chain_cache *cache, struct chain *chain,
		     int64_t now);

#endif
