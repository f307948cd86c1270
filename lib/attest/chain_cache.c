/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/chain_cache.h"

#include <stdint.h>
#include <string.h>

#include "attest/anchors_private.h"
#include "attest/chain.h"
#include "attest/chain_cache_private.h"

struct entry {
	struct chain *chain; /* NULL: free */
	uint64_t arrival;    /* 0: free; else its place in the order */
};

struct chain_cache {
	size_t capacity;
	uint64_t arrivals;
	struct entry entries[];
};

enum attest_error chain_cache_new(size_t capacity,
				  struct chain_cache **ret_cache)
{
	struct chain_cache *cache;

	if (capacity == 0 || capacity > CHAIN_CACHE_MAX)
		return ATTEST_E_INTERNAL;
	cache = calloc(1, sizeof(*cache) + capacity * sizeof(struct entry));
	if (cache == NULL)
		return ATTEST_E_NO_MEMORY;
	cache->capacity = capacity;
	*ret_cache = cache;
	return ATTEST_OK;
}

static void clear(struct entry *entry)
{
	chain_unref(entry->chain);
	*entry = (struct entry){ .chain = NULL };
}

void chain_cache_free(struct chain_cache *cache)
{
	if (cache == NULL)
		return;
	for (size_t i = 0; i < cache->capacity; i++)
		clear(&cache->entries[i]);
	free(cache);
}

struct chain *chain_cache_find(const struct chain_cache *cache,
			       const struct anchors *anchors,
			       const uint8_t digest[static ATTEST_SHA256_SIZE])
{
	for (size_t i = 0; i < cache->capacity; i++) {
		struct chain *chain = cache->entries[i].chain;

		/* Not by the address of the anchors, which can come again. */
		if (chain != NULL && chain->crypto == anchors_crypto(anchors) &&
		    memcmp(chain->digest, digest, ATTEST_SHA256_SIZE) == 0)
			return chain_ref(chain);
	}
	return NULL;
}

/* Forgets what has expired, then finds a free place or the oldest entry. */
static struct entry *make_room(struct chain_cache *cache, int64_t now)
{
	struct entry *oldest = &cache->entries[0];

	for (size_t i = 0; i < cache->capacity; i++) {
		struct entry *entry = &cache->entries[i];

		if (entry->chain != NULL && entry->chain->not_after < now)
			clear(entry);
		if (entry->arrival < oldest->arrival)
			oldest = entry;
	}
	return oldest;
}

void chain_cache_add(struct chain_cache *cache, struct chain *chain,
		     int64_t now)
{
	struct entry *entry = make_room(cache, now);

	clear(entry);
	entry->chain = chain_ref(chain);
	entry->arrival = ++cache->arrivals;
}
