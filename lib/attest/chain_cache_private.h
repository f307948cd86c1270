/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading and filling the memory of verified chains: for chain.c alone, because
 * whoever can add to it can make any chain pass. Private to lib/attest.
 */
#ifndef NITRO_ATTEST_CHAIN_CACHE_PRIVATE_H
#define NITRO_ATTEST_CHAIN_CACHE_PRIVATE_H

#include <stdbool.h>

#include "attest/chain_cache.h"

/* The signatures of the chain with this digest were found good. */
bool chain_cache_contains(const struct chain_cache *cache,
			  const uint8_t digest[static ATTEST_SHA256_SIZE]);

/* Remembers a chain until after the second `not_after`. `now` (seconds) tells
 * which other chains can be forgotten. */
void chain_cache_add(struct chain_cache *cache,
		     const uint8_t digest[static ATTEST_SHA256_SIZE],
		     int64_t not_after, int64_t now);

#endif
