/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a tuple to its release without looking at the others. Releases that name
 * the same PCRs form a run, sorted by the values of these; a document is looked up
 * once in each run. Private to lib/policy.
 */
#ifndef NITRO_POLICY_LOOKUP_H
#define NITRO_POLICY_LOOKUP_H

#include "policy/rules.h"

/* Bytes of the largest tuple: all PCRs, all of them long. */
#define TUPLE_SIZE_MAX (ATTEST_PCR_COUNT * ATTEST_PCR_SIZE_MAX)

/* Sorts the releases of the policy, which are linked with their images. */
enum policy_error lookup_build(struct policy *policy) _must_use_;
void lookup_deinit(struct lookup *lookup);

/* Bytes of the values of a release of this run. */
size_t run_tuple_size(const struct run *run);

/* The releases of these values and exactly this user_data, absent being that they
 * name none. Of several each names another manifest. */
struct run run_find(const struct run *run, const uint8_t *values,
		    struct span user_data_sha256);

/* The releases of these values, whatever their user_data is. */
struct run run_find_values(const struct run *run, const uint8_t *values);

/* The same PCRs with the same values. */
bool release_has_same_values(const struct release *a, const struct release *b);

#endif
