/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Remembers chains whose certificate checks and signatures were found good, so
 * that in steady state one P-384 verification is left per document. Validity
 * periods are judged again on every use; a chain is forgotten when its first
 * certificate expires, or when the cache is full and it is the oldest.
 */
#ifndef NITRO_ATTEST_CHAIN_CACHE_H
#define NITRO_ATTEST_CHAIN_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "attest/error.h"
#include "base/cleanup.h"
#include "base/compiler.h"

#define CHAIN_CACHE_MAX 1024u

/* Belongs to one thread. A chain counts only with the anchors that it was verified
 * with; the cache may outlive them. */
struct chain_cache;

/* Room for `capacity` chains, 1..CHAIN_CACHE_MAX, each of about 40 kB. Errors:
 * ATTEST_E_NO_MEMORY, ATTEST_E_INTERNAL (capacity). */
enum attest_error chain_cache_new(size_t capacity,
				  struct chain_cache **ret_cache) _must_use_;
void chain_cache_free(struct chain_cache *cache);
DEFINE_CLEANUP(struct chain_cache *, chain_cache_free)

#endif
