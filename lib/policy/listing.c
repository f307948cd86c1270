/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a policy says, for listings and comparisons; decides nothing.
 */
#include "config.h"

#include <inttypes.h>

#include "base/hex.h"
#include "base/time_text.h"
#include "policy/rules.h"

size_t policy_image_count(const struct policy *policy)
{
	return policy->image_count;
}

const char *policy_image_name(const struct policy *policy, size_t index)
{
	return policy->images[index]->name;
}

size_t policy_image_release_count(const struct policy *policy, size_t index)
{
	return policy->images[index]->release_count;
}

size_t policy_rule_count(const struct policy *policy)
{
	return policy->rule_count;
}

const struct rule *policy_rule(const struct policy *policy, size_t index)
{
	return policy->rules[index];
}

const char *release_state_name(enum release_state state)
{
	static const char *const names[] = {
		[RELEASE_CURRENT] = "current",
		[RELEASE_RETIRING] = "retiring",
		[RELEASE_REVOKED] = "revoked",
	};

	return names[state];
}

void policy_image_info(const struct policy *policy, size_t image,
		       struct policy_image_info *ret_info)
{
	const struct image *from = policy->images[image];

	*ret_info = (struct policy_image_info){
		.name = from->name,
		.description =
			from->description != NULL ? from->description : "",
		.kind = from->kind,
		.file = from->origin->file,
		.line = from->origin->line,
	};
}

void policy_release_info(const struct policy *policy, size_t image,
			 size_t release, struct policy_release_info *ret_info)
{
	const struct release *from = policy->images[image]->releases[release];

	*ret_info = (struct policy_release_info){
		.name = from->name,
		.state = from->state,
		.not_before_ms = from->not_before_ms,
		.not_after_ms = from->not_after_ms,
		.user_data_sha256 = release_user_data(from),
		.file = from->origin->file,
		.line = from->origin->line,
	};
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
		ret_info->pcrs[i] = release_pcr(from, i);
}

bool policy_expiring(const struct policy *policy, size_t image, int64_t now_ms,
		     uint64_t within_ms, struct policy_expiry *ret_expiry)
{
	const struct image *from = policy->images[image];
	const struct release *last = NULL;

	for (size_t i = 0; i < from->release_count; i++) {
		const struct release *release = from->releases[i];

		if (release->state == RELEASE_REVOKED)
			continue;
		if (last == NULL || release->not_after_ms > last->not_after_ms)
			last = release;
	}
	if (last == NULL || last->not_after_ms == INT64_MAX)
		return false;
	/* In unsigned numbers the difference fits, whatever the two are. */
	if (last->not_after_ms > now_ms &&
	    (uint64_t)last->not_after_ms - (uint64_t)now_ms > within_ms)
		return false;
	*ret_expiry = (struct policy_expiry){ from->name, last->name,
					      last->not_after_ms };
	return true;
}
