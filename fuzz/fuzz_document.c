/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: document_parse(). What it accepts keeps every bound of limits.h.
 */
#include "config.h"

#include "attest/document.h"
#include "attest/limits.h"
#include "fuzz/fuzz.h"

static void check_inside(struct span view, struct span input, size_t max)
{
	if (span_is_absent(view))
		return;
	FUZZ_ASSERT(view.size <= max);
	FUZZ_ASSERT(view.data >= input.data);
	FUZZ_ASSERT(view.data + view.size <= input.data + input.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = span_of(data, size);
	struct attest_failure failure;
	struct document document;

	if (document_parse(input, ATTEST_FIELD_DEFAULT, &document, &failure) !=
	    ATTEST_OK) {
		FUZZ_ASSERT(attest_error_check(failure.error) ==
			    ATTEST_CHECK_DOCUMENT);
		return 0;
	}
	FUZZ_ASSERT(document.timestamp_ms > 0);
	FUZZ_ASSERT(document.module_id.size > 0);
	check_inside(document.module_id, input, ATTEST_MODULE_ID_MAX);
	for (size_t i = 0; i < ATTEST_PCR_COUNT; i++)
		check_inside(document.pcrs[i], input, ATTEST_PCR_SIZE_MAX);
	FUZZ_ASSERT(document.bundle_count >= 1);
	FUZZ_ASSERT(document.bundle_count <= ATTEST_BUNDLE_MAX);
	for (size_t i = 0; i < document.bundle_count; i++)
		check_inside(document.bundle[i], input, ATTEST_CERTIFICATE_MAX);
	check_inside(document.certificate, input, ATTEST_CERTIFICATE_MAX);
	check_inside(document.public_key, input, ATTEST_FIELD_DEFAULT);
	check_inside(document.user_data, input, ATTEST_FIELD_DEFAULT);
	check_inside(document.nonce, input, ATTEST_FIELD_DEFAULT);
	return 0;
}
