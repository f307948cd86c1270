/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/closest.h"

#include <string.h>

#include "nitroctl/configuration.h"

#define PCR_BIT(index) (UINT32_C(1) << (index))

void measurements_of(const struct evidence *evidence,
		     struct measurements *ret_measurements)
{
	ret_measurements->kind = evidence_kind(evidence);
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
		ret_measurements->pcrs[i] = evidence_pcr(evidence, i);
}

static uint32_t named_pcrs(const struct policy_release_info *release)
{
	uint32_t named = 0;

	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
		if (!span_is_absent(release->pcrs[i]))
			named |= PCR_BIT(i);
	return named;
}

uint32_t closest_different(const struct policy_release_info *release,
			   const struct measurements *measurements)
{
	uint32_t different = 0;

	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		const struct span actual = measurements->pcrs[i];

		if (!span_is_absent(release->pcrs[i]) &&
		    (span_is_absent(actual) ||
		     !span_equal(release->pcrs[i], actual)))
			different |= PCR_BIT(i);
	}
	return different;
}

static bool is_better(const struct closest_release *candidate,
		      const struct closest_release *best, int64_t now_ms)
{
	const unsigned candidate_equal =
		closest_count(candidate->named & ~candidate->different);
	const unsigned best_equal =
		closest_count(best->named & ~best->different);
	const bool candidate_is_whole = candidate->different == 0;
	const bool best_is_whole = best->different == 0;

	if (!best->found)
		return true;
	if (candidate_is_whole != best_is_whole)
		return candidate_is_whole;
	if (candidate_equal != best_equal)
		return candidate_equal > best_equal;
	return release_in_force(&candidate->release, now_ms) &&
	       !release_in_force(&best->release, now_ms);
}

static bool is_named(const struct requirements *requirements, const char *image)
{
	if (requirements->images == NULL)
		return true;
	for (size_t i = 0; i < requirements->image_count; i++)
		if (strcmp(requirements->images[i], image) == 0)
			return true;
	return false;
}

void closest_find(const struct policy *policy,
		  const struct requirements *requirements,
		  enum closest_where where,
		  const struct measurements *measurements, int64_t now_ms,
		  struct closest_release *ret_closest)
{
	struct closest_release best = { 0 };
	struct closest_release candidate = { .found = true };

	for (size_t i = 0; i < policy_image_count(policy); i++) {
		policy_image_info(policy, i, &candidate.image);
		if (candidate.image.kind != measurements->kind ||
		    is_named(requirements, candidate.image.name) !=
			    (where == CLOSEST_AMONG))
			continue;
		for (size_t j = 0; j < policy_image_release_count(policy, i);
		     j++) {
			policy_release_info(policy, i, j, &candidate.release);
			candidate.named = named_pcrs(&candidate.release);
			candidate.different = closest_different(
				&candidate.release, measurements);
			if (is_better(&candidate, &best, now_ms))
				best = candidate;
		}
	}
	*ret_closest = best;
}
