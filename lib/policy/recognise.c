/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/recognise.h"

#include <string.h>

#include "policy/lookup.h"

static enum force release_force(const struct release *release, int64_t now_ms)
{
	if (release->state == RELEASE_REVOKED)
		return FORCE_REVOKED;
	if (now_ms < release->not_before_ms)
		return FORCE_NOT_YET;
	if (now_ms > release->not_after_ms)
		return FORCE_EXPIRED;
	return FORCE_IN;
}

static bool image_is_wanted(const struct requirements *requirements,
			    const struct image *image)
{
	for (size_t i = 0; i < requirements->image_count; i++)
		if (strcmp(requirements->images[i], image->name) == 0)
			return true;
	return requirements->images == NULL;
}

static bool is_proven(const struct query *query, const struct release *release)
{
	struct manifest_judgement judgement;

	manifest_judge(query->manifest, release, &judgement);
	return judgement.error == QOS_OK;
}

/* One release of a group that is told apart by manifests; NULL: none is wanted.
 * Which one an unproven document is of, nobody knows: a revoked one counts then. */
static const struct release *choose(const struct query *query,
				    const struct run *group)
{
	const struct release *chosen = NULL;

	for (size_t i = 0; i < group->count; i++) {
		const struct release *release = group->releases[i];

		if (!image_is_wanted(query->requirements, release->image))
			continue;
		if (group->count > 1 && is_proven(query, release))
			return release;
		if (chosen == NULL ||
		    (release_force(chosen, query->now_ms) == FORCE_IN &&
		     release_force(release, query->now_ms) != FORCE_IN))
			chosen = release;
	}
	return chosen;
}

static void consider(const struct query *query, struct run group,
		     struct search *search)
{
	const struct release *release = choose(query, &group);
	enum force force;

	if (release == NULL)
		return;
	force = release_force(release, query->now_ms);
	if (search->match != NULL && force >= search->force)
		return;
	search->match = release;
	search->force = force;
}

/* The values that the document has for the PCRs of a run; false when it lacks
 * one. */
static bool collect_values(const struct evidence *evidence,
			   const struct run *run,
			   uint8_t ret_values[static TUPLE_SIZE_MAX])
{
	const struct release *shape = run->releases[0];
	uint8_t *next = ret_values;

	if (shape->image->kind != evidence_kind(evidence))
		return false;
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		const struct span value = evidence_pcr(evidence, i);

		if ((shape->pcr_mask & (UINT32_C(1) << i)) == 0)
			continue;
		if (span_is_absent(value) || value.size != shape->pcr_size)
			return false;
		memcpy(next, value.data, value.size);
		next += value.size;
	}
	return true;
}

static void search_run(const struct query *query, const struct run *run,
		       struct search *search)
{
	const struct span user_data =
		evidence_user_data_sha256(query->evidence);
	uint8_t values[TUPLE_SIZE_MAX];
	struct run same;

	if (!collect_values(query->evidence, run, values))
		return;
	consider(query, run_find(run, values, SPAN_ABSENT), search);
	if (!span_is_absent(user_data))
		consider(query, run_find(run, values, user_data), search);
	if (search->match != NULL || search->other_user_data != NULL)
		return;
	same = run_find_values(run, values);
	for (size_t i = 0; i < same.count; i++)
		if (image_is_wanted(query->requirements,
				    same.releases[i]->image)) {
			search->other_user_data = same.releases[i];
			return;
		}
}

struct search search_releases(const struct query *query)
{
	const struct lookup *lookup = &query->policy->lookup;
	struct search search = { 0 };

	for (size_t i = 0; i < lookup->run_count; i++)
		search_run(query, &lookup->runs[i], &search);
	return search;
}

/* A denial names the release that comes closest. More than these are not looked at:
 * a refused document must not cost more than an accepted one. */
#define CLOSEST_SEARCH_MAX 1000u

static void compare_release(const struct evidence *evidence,
			    const struct release *release,
			    struct closest *closest)
{
	unsigned matches = 0;
	unsigned different = ATTEST_PCR_COUNT;

	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		const struct span expected = release_pcr(release, i);
		const struct span actual = evidence_pcr(evidence, i);

		if (span_is_absent(expected))
			continue;
		if (!span_is_absent(actual) && span_equal(expected, actual))
			matches++;
		else if (different == ATTEST_PCR_COUNT)
			different = i;
	}
	closest->seen++;
	if (closest->release != NULL && matches <= closest->matches)
		return;
	closest->release = release;
	closest->matches = matches;
	closest->different = different;
}

struct closest find_closest(const struct query *query)
{
	const struct policy *policy = query->policy;
	const struct evidence *evidence = query->evidence;
	struct closest closest = { 0 };

	for (size_t i = 0; i < policy->image_count; i++) {
		const struct image *image = policy->images[i];

		if (image->kind != evidence_kind(evidence) ||
		    !image_is_wanted(query->requirements, image))
			continue;
		for (size_t j = 0; j < image->release_count &&
				   closest.seen < CLOSEST_SEARCH_MAX;
		     j++)
			compare_release(evidence, image->releases[j], &closest);
	}
	return closest;
}
