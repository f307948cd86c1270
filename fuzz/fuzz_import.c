/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a build tool or a key policy says, as anybody may have written it.
 */
#include "config.h"

#include <stdlib.h>

#include "import/import.h"

#define ENCLAVE_MASK 0x7u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* The characters that the configuration allows in names. */
static void require_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";

	require(strlen(name) < IMPORT_NAME_SIZE);
	require(strspn(name, allowed) == strlen(name));
}

static void require_whole(const struct measurements *measurements)
{
	require_name(measurements->name);
	require_name(measurements->version);
	require(import_format_text(measurements->format)[0] != '\0');
	if (measurements->kind == EVIDENCE_ENCLAVE)
		require((measurements->pcr_mask & ENCLAVE_MASK) ==
			ENCLAVE_MASK);
	else
		require(!span_is_absent(measurements_pcr(measurements, 7)) ||
			!span_is_absent(measurements_pcr(measurements, 4)));
}

static void require_refusal(const struct import_failure *failure,
			    enum import_error error)
{
	require(failure->error == error);
	require(failure->message[0] != '\0');
}

static void try_kms(struct span text)
{
	static struct measurements tuples[IMPORT_TUPLES_MAX];
	struct import_failure failure = { IMPORT_OK, "" };
	size_t count = 0;
	enum import_error error = import_kms(text, tuples, &count, &failure);

	if (error != IMPORT_OK) {
		require_refusal(&failure, error);
		return;
	}
	require(count > 0 && count <= IMPORT_TUPLES_MAX);
	for (size_t i = 0; i < count; i++)
		require_whole(&tuples[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const choices[] = { NULL, "a" };
	const struct span text = span_of(data, size);

	for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
		struct import_failure failure = { IMPORT_OK, "" };
		struct measurements measurements;
		enum import_error error =
			import_any(text, choices[i], &measurements, &failure);

		if (error == IMPORT_OK)
			require_whole(&measurements);
		else
			require_refusal(&failure, error);
	}
	try_kms(text);
	return 0;
}
