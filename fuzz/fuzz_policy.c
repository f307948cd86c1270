/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration file as anybody may have written it; the first byte says which
 * kind of file. It is accepted whole or refused with a reason.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "policy/compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void require_texts(const struct diagnostics *diagnostics)
{
	for (size_t i = 0; i < diagnostics_count(diagnostics); i++) {
		_cleanup_free_ char *text =
			diagnostic_text(diagnostics_get(diagnostics, i));

		require(text != NULL);
		require(strlen(text) < 2000);
	}
}

/* A world that has an answer for everything, not always a good one. */
static int read_file(void *context _unused_, const char *path,
		     size_t max_size _unused_, struct buffer *ret_file,
		     const char **reterr_why _unused_)
{
	ret_file->size = strlen(path);
	ret_file->data = (uint8_t *)strdup(path);
	return ret_file->data != NULL ? 0 : -ENOMEM;
}

static int find_instance(void *context _unused_,
			 char ret_id[static POLICY_INSTANCE_ID_SIZE],
			 const char **reterr_why _unused_)
{
	memcpy(ret_id, "i-01234567", sizeof("i-01234567"));
	return 0;
}

static int find_local_time(void *context _unused_, int64_t wall_ms,
			   int64_t *ret_ms, const char **reterr_why)
{
	*reterr_why = "no clock shows this";
	if (wall_ms % 2 == 0)
		return -EINVAL;
	*ret_ms = wall_ms - 3600000;
	return 0;
}

static const struct policy_world world = {
	.read_file = read_file,
	.find_instance = find_instance,
	.find_local_time = find_local_time,
};

/* Everything that can be asked of a policy has an answer, and nobody is allowed
 * without evidence. */
static void question(const struct policy *policy, const char *run_as_group)
{
	static const char *const groups[] = { "wheel", "users" };
	const struct request request = {
		.service = "sudo",
		.user = "signer",
		.groups = groups,
		.group_count = ARRAY_SIZE(groups),
		.remote_host = "h",
		.tty = "pts/0",
		.command = "/bin/sh",
		.run_as = "root",
		.run_as_group = run_as_group,
		.host = "web-1",
	};
	const struct requirements requirements = { .level = 2 };
	_cleanup_(policy_description_freep) struct policy_description
		description = { NULL, 0 };
	_cleanup_(verdict_freep) struct verdict *verdict = verdict_new();
	const struct rule *rule = policy_find_rule(policy, &request);
	_cleanup_(policy_differences_freep) struct policy_differences
		differences = { NULL, 0 };
	struct policy_expiry expiry;

	require(policy_describe(policy, &description) == POLICY_OK);
	require(policy_compare(&description, &description, 0, &differences) ==
		POLICY_OK);
	require(differences.count == 0);
	for (size_t i = 0; i < policy_image_count(policy); i++)
		(void)policy_expiring(policy, i, 0, UINT64_MAX, &expiry);
	require(verdict != NULL);
	policy_appraise(policy, &requirements, &(struct claim){ .now_ms = 0 },
			verdict);
	if (rule != NULL) {
		policy_reappraise(policy, rule,
				  &(struct claim){ .held = BIND_NONCE },
				  verdict);
		policy_conclude(rule, verdict);
	}
	require(!verdict->allowed || verdict->audited);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const labels[] = { "aws", "sim" };
	_cleanup_(diagnostics_freep) struct diagnostics *diagnostics =
		diagnostics_new();
	_cleanup_(policy_freep) struct policy *policy = NULL;
	struct policy_source source = { .name = "input" };
	enum policy_error error;

	if (size == 0 || diagnostics == NULL)
		return 0;
	source.kind = (enum policy_source_kind)(data[0] % 3);
	source.text = span_of(data + 1, size - 1);
	error = policy_load(&(struct policy_input){ &source, 1, labels,
						    ARRAY_SIZE(labels),
						    &world },
			    &policy, diagnostics);
	require((error == POLICY_OK) == (policy != NULL));
	require(error == POLICY_E_NO_MEMORY ||
		(error == POLICY_OK) == (diagnostics_errors(diagnostics) == 0));
	require_texts(diagnostics);
	if (policy != NULL) {
		question(policy, NULL);
		question(policy, "adm");
	}
	return 0;
}
