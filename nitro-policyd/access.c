/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/access.h"

#include <errno.h>
#include <string.h>

#include "dbus/nitro_bus.h"
#include "nitro-policyd/limits.h"
#include "policy/match.h"

int access_refuse_keys(sd_bus_error *reterr_error)
{
	return sd_bus_error_set(reterr_error, NITRO_ERROR_ACCESS_DENIED,
				"User '" CALLER_KEYS_USER
				"' may ask nothing but whether a key or a "
				"certificate may log in.");
}

bool access_check(struct job *job)
{
	int r = caller_may_ask_about(&job->caller, job->question.user);

	if (r == 0)
		return true;
	if (r == -EACCES)
		job_fail(job, NITRO_ERROR_ACCESS_DENIED,
			 "User %u may ask about himself only, not about '%s'.",
			 job->caller.uid, job->question.user);
	else
		job_fail(job, NITRO_ERROR_INTERNAL,
			 "The name of user %u could not be looked up: %s.",
			 job->caller.uid, strerror(-r));
	return false;
}

bool access_names_groups(const struct policy *policy)
{
	for (size_t i = 0; i < policy_rule_count(policy); i++)
		if (rule_patterns(policy_rule(policy, i), RULE_KEY_GROUP)
			    .count > 0)
			return true;
	return false;
}

bool access_find_groups(struct job *job)
{
	int r;

	if (!access_names_groups(job->snapshot->config->policy))
		return true;

	r = groups_resolve(job->question.user, &job->question.groups);
	if (r == -E2BIG)
		job_fail(job, NITRO_ERROR_INTERNAL,
			 "User '%s' is in more than %u groups, and rules name "
			 "groups.",
			 job->question.user, GROUPS_MAX);
	else if (r < 0)
		job_fail(job, NITRO_ERROR_INTERNAL,
			 "The groups of user '%s' could not be looked up, and "
			 "rules name groups: %s.",
			 job->question.user, strerror(-r));
	job->question.has_groups = r == 0;
	return r == 0;
}
