/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration file as anybody may have written it; the first byte says which
 * kind of file. It is accepted whole or refused with a reason.
 */
#include "config.h"

#include <stdlib.h>

#include "policy/policy.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const labels[] = { "aws", "sim" };
	const struct request request = { .service = "sshd", .user = "signer" };
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
						    ARRAY_SIZE(labels) },
			    &policy, diagnostics);
	require((error == POLICY_OK) == (policy != NULL));
	require(error == POLICY_E_NO_MEMORY ||
		(error == POLICY_OK) == (diagnostics_errors(diagnostics) == 0));
	require_texts(diagnostics);
	if (policy != NULL)
		(void)policy_find_rule(policy, &request);
	return 0;
}
