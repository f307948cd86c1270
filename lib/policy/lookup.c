/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/lookup.h"

#include <string.h>

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static size_t tuple_size(const struct release *release)
{
	return (size_t)__builtin_popcount(release->pcr_mask) *
	       release->pcr_size;
}

/* Brings releases that name the same PCRs together. */
static int compare_shapes(const struct release *x, const struct release *y)
{
	int order = compare_numbers(x->image->kind, y->image->kind);

	if (order == 0)
		order = compare_numbers(x->pcr_size, y->pcr_size);
	if (order == 0)
		order = compare_numbers(x->pcr_mask, y->pcr_mask);
	return order;
}

/* None before any. */
static int compare_user_data(struct span x, struct span y)
{
	if (span_is_absent(x) || span_is_absent(y))
		return span_is_absent(y) - span_is_absent(x);
	return memcmp(x.data, y.data, ATTEST_SHA256_SIZE);
}

static int compare_tuples(const void *a, const void *b)
{
	const struct release *const *x = a, *const *y = b;
	int order = compare_shapes(*x, *y);

	if (order == 0)
		order = memcmp((*x)->values, (*y)->values, tuple_size(*x));
	if (order == 0)
		order = compare_user_data(release_user_data(*x),
					  release_user_data(*y));
	if (order == 0)
		order = compare_numbers((*x)->origin->sequence,
					(*y)->origin->sequence);
	return order;
}

bool release_has_same_values(const struct release *a, const struct release *b)
{
	return compare_shapes(a, b) == 0 &&
	       memcmp(a->values, b->values, tuple_size(a)) == 0;
}

static void split_into_runs(struct lookup *lookup)
{
	for (size_t i = 0; i < lookup->count; i++) {
		struct release **at = &lookup->sorted[i];

		if (i == 0 || compare_shapes(at[-1], at[0]) != 0)
			lookup->runs[lookup->run_count++] =
				(struct run){ at, 0 };
		lookup->runs[lookup->run_count - 1].count++;
	}
}

enum policy_error lookup_build(struct policy *policy)
{
	struct lookup *lookup = &policy->lookup;

	lookup->sorted =
		calloc(policy->release_count + 1, sizeof(*lookup->sorted));
	lookup->runs = calloc(policy->release_count + 1, sizeof(*lookup->runs));
	if (lookup->sorted == NULL || lookup->runs == NULL)
		return POLICY_E_NO_MEMORY;
	for (size_t i = 0; i < policy->release_count; i++) {
		struct release *release = policy->releases[i];

		/* Both are errors, reported elsewhere. */
		if (release->image != NULL && release->pcr_mask != 0)
			lookup->sorted[lookup->count++] = release;
	}
	if (lookup->count > 0)
		qsort(lookup->sorted, lookup->count, sizeof(*lookup->sorted),
		      compare_tuples);
	split_into_runs(lookup);
	return POLICY_OK;
}

void lookup_deinit(struct lookup *lookup)
{
	free(lookup->sorted);
	free(lookup->runs);
}

size_t run_tuple_size(const struct run *run)
{
	return tuple_size(run->releases[0]);
}

/* How many releases of the run stand before `values` and, unless it is NULL,
 * `user_data`; with `past`, those that are equal count too. */
static size_t count_before(const struct run *run, const uint8_t *values,
			   const struct span *user_data, bool past)
{
	const size_t size = run_tuple_size(run);
	size_t low = 0, high = run->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct release *release = run->releases[middle];
		int order = memcmp(release->values, values, size);

		if (order == 0 && user_data != NULL)
			order = compare_user_data(release_user_data(release),
						  *user_data);
		if (order < 0 || (past && order == 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct run run_find(const struct run *run, const uint8_t *values,
		    struct span user_data_sha256)
{
	const size_t first =
		count_before(run, values, &user_data_sha256, false);
	const size_t end = count_before(run, values, &user_data_sha256, true);

	return (struct run){ run->releases + first, end - first };
}

struct run run_find_values(const struct run *run, const uint8_t *values)
{
	const size_t first = count_before(run, values, NULL, false);
	const size_t end = count_before(run, values, NULL, true);

	return (struct run){ run->releases + first, end - first };
}
