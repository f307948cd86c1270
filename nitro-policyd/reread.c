/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/reread.h"

#include "base/clock.h"
#include "dbus/nitro_bus.h"
#include "nitro-policyd/keeping.h"

static void fail_without_memory(struct job *job)
{
	job_fail(job, NITRO_ERROR_INTERNAL, "Memory is exhausted.");
}

/* What would be lost is an error of the new configuration, like any other. */
static void check_keeping(struct job *job)
{
	size_t before = diagnostics_errors(job->diagnostics);
	size_t lost;

	if (!keeping_compare(job->snapshot->config, job->loaded->config,
			     clock_realtime_ms(), job->diagnostics)) {
		fail_without_memory(job);
		return;
	}
	lost = diagnostics_errors(job->diagnostics) - before;
	if (lost > 0)
		job_fail(job, NITRO_ERROR_WOULD_DENY,
			 "%zu thing(s) in force would be lost; the policy in "
			 "force stays. See property " NITRO_PROPERTY_ERRORS ".",
			 lost);
}

static void load(const struct config_layers *layers, struct job *job)
{
	enum policy_error error =
		snapshot_load(layers, job->snapshot->generation + 1,
			      &job->loaded, job->diagnostics);

	switch (error) {
	case POLICY_OK:
		if (job->keeping)
			check_keeping(job);
		return;
	case POLICY_E_INVALID:
		job_fail(job, NITRO_ERROR_POLICY_INVALID,
			 "The configuration has %zu error(s); the policy in "
			 "force stays. See property " NITRO_PROPERTY_ERRORS
			 " or 'nitro-policyd --check'.",
			 diagnostics_errors(job->diagnostics));
		return;
	case POLICY_E_NO_MEMORY:
		fail_without_memory(job);
		return;
	}
}

void reread(const struct config_layers *layers, const struct journal *journal,
	    struct job *job)
{
	job->diagnostics = diagnostics_new();
	if (job->diagnostics == NULL) {
		fail_without_memory(job);
		return;
	}
	load(layers, job);
	journal_policy(journal, job->error == NULL ? job->loaded : NULL,
		       job->diagnostics);
}
