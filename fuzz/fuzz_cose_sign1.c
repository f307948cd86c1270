/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: cose_sign1_parse(). Views stay inside the input, in order.
 */
#include "config.h"

#include "attest/cose_sign1.h"
#include "attest/limits.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct attest_failure failure;
	struct cose_sign1 envelope;

	if (cose_sign1_parse(span_of(data, size), &envelope, &failure) !=
	    ATTEST_OK) {
		FUZZ_ASSERT(attest_error_check(failure.error) ==
			    ATTEST_CHECK_ENVELOPE);
		return 0;
	}
	FUZZ_ASSERT(envelope.payload_item.data > data);
	FUZZ_ASSERT(envelope.payload.data > envelope.payload_item.data);
	FUZZ_ASSERT(envelope.payload.size > 0);
	FUZZ_ASSERT(envelope.payload.data + envelope.payload.size ==
		    envelope.payload_item.data + envelope.payload_item.size);
	FUZZ_ASSERT(envelope.signature.size == ATTEST_SIGNATURE_SIZE);
	FUZZ_ASSERT(envelope.signature.data + ATTEST_SIGNATURE_SIZE ==
		    data + size);
	return 0;
}
