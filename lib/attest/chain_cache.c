/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/chain_cache.h"

#include <stdint.h>
#include <string.h>

#include "attest/chain_cache_private.h"

struct entry {
	uint8_t digest[ATTEST_SHA256_SIZE];
	int64_t not_after;
	uint64_t age; /* order of arrival, from 1; 0: free */
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

void chain_cache_free(struct chain_cache *cache)
{
	free(cache);
}

bool chain_cache_contains(const struct chain_cache *cache,
			  const uint8_t digest[static ATTEST_SHA256_SIZE])
{
	for (size_t i = 0; i < cache->capacity; i++)
		if (cache->entries[i].age != 0 &&
		    memcmp(cache->entries[i].digest, digest,
			   ATTEST_SHA256_SIZE) == 0)
			return true;
	return false;
}

/* Forgets what has expired, then finds a free place or the oldest entry. */
static struct entry *make_room(struct chain_cache *cache, int64_t now)
{
	struct entry *oldest = &cache->entries[0];

	for (size_t i = 0; i < cache->capacity; i++) {
		struct entry *entry = &cache->entries[i];

		if (entry->not_after < now)
			entry->age = 0;
		if (entry->age < oldest->age)
			oldest = entry;
	}
	return oldest;
}

void chain_cache_add(struct chain_cache *cache,
		     const uint8_t digest[static ATTEST_SHA256_SIZE],
		     int64_t not_after, int64_t now)
{
	struct entry *entry = make_room(cache, now);

	memcpy(entry->digest, digest, ATTEST_SHA256_SIZE);
	entry->not_after = not_after;
	entry->age = ++cache->arrivals;
}
