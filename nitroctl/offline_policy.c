/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/offline_policy.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/read_file.h"
#include "nitroctl/configuration.h"
#include "nitroctl/input.h"
#include "nitroctl/text.h"

/* A certificate in PEM has about 1 KiB; text around it is allowed. */
#define ROOT_FILE_MAX 65536u

static enum exit_code complain_memory(void)
{
	complain("memory is exhausted.");
	return EXIT_NOT_JUDGED;
}

enum exit_code offline_policy_load(const struct config_layers *layers,
				   struct offline_policy *ret_policy)
{
	_cleanup_(diagnostics_freep) struct diagnostics *diagnostics =
		diagnostics_new();
	_cleanup_(config_freep) struct config *config = NULL;
	enum policy_error error;

	if (diagnostics == NULL)
		return complain_memory();
	error = config_load(layers, &config, diagnostics);
	complain_diagnostics(diagnostics, DIAGNOSTIC_ERROR, NULL);
	complain_diagnostics(diagnostics, DIAGNOSTIC_WARNING, NULL);
	if (error != POLICY_OK) {
		complain("the policy in %s cannot be used.",
			 layers->config_dir);
		return EXIT_NOT_JUDGED;
	}
	ret_policy->policy = TAKE_PTR(config->policy);
	ret_policy->anchors = TAKE_PTR(config->anchors);
	return EXIT_ALLOWED;
}

enum exit_code offline_policy_make_empty(struct offline_policy *ret_policy)
{
	_cleanup_(offline_policy_freep) struct offline_policy made =
		OFFLINE_POLICY_NONE;
	_cleanup_(diagnostics_freep) struct diagnostics *diagnostics =
		diagnostics_new();
	enum attest_error error;

	if (diagnostics == NULL ||
	    policy_load(&(struct policy_input){ 0 }, &made.policy,
			diagnostics) != POLICY_OK)
		return complain_memory();
	error = anchors_new(&made.anchors);
	if (error == ATTEST_OK)
		error = anchors_add_aws(made.anchors);
	if (error != ATTEST_OK) {
		complain("the AWS root: %s", attest_error_sentence(error));
		return EXIT_NOT_JUDGED;
	}
	*ret_policy = made;
	made = OFFLINE_POLICY_NONE;
	return EXIT_ALLOWED;
}

/* The file's name without directories and without its last suffix. */
static char *label_of_file(const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *stem = slash == NULL ? file : slash + 1;
	const char *dot = strrchr(stem, '.');

	return dot == NULL || dot == stem ? strdup(stem)
					  : strndup(stem, (size_t)(dot - stem));
}

enum exit_code offline_policy_add_root(struct offline_policy *policy,
				       const char *file)
{
	static const struct read_file_limits limits = {
		.max_size = ROOT_FILE_MAX,
	};
	_cleanup_(buffer_freep) struct buffer pem = BUFFER_EMPTY;
	_cleanup_free_ char *label = label_of_file(file);
	enum attest_error error;
	int r = read_file_at(AT_FDCWD, file, &limits, &pem);

	if (label == NULL)
		r = -ENOMEM;
	if (r < 0) {
		complain("root %s cannot be read: %s", file,
			 r == -EFBIG ? "It is too large for a certificate."
				     : input_explain(r));
		return EXIT_NOT_JUDGED;
	}
	error = anchors_add_pem(policy->anchors, label, buffer_span(&pem));
	if (error == ATTEST_OK)
		return EXIT_ALLOWED;
	complain("root %s (label '%s'): %s %s", file, label,
		 attest_error_sentence(error), attest_error_hint(error));
	return EXIT_NOT_JUDGED;
}
