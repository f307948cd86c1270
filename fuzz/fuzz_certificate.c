/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: certificate_init(). What it accepts has a key, an ordered period and a
 * subject of plain text.
 */
#include "config.h"

#include "attest/anchors_private.h"
#include "attest/certificate.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct anchors
		*anchors; /* made once: it is the expensive part */
	struct certificate certificate;
	struct attest_failure failure;

	if (anchors == NULL)
		FUZZ_ASSERT(anchors_new(&anchors) == ATTEST_OK);
	if (size == 0 || size > ATTEST_CERTIFICATE_MAX)
		return 0;
	if (certificate_init(&certificate, anchors_crypto(anchors),
			     span_of(data, size), &failure) != ATTEST_OK) {
		FUZZ_ASSERT(attest_error_check(failure.error) ==
			    ATTEST_CHECK_CERTIFICATES);
		return 0;
	}
	FUZZ_ASSERT(certificate.key != NULL);
	FUZZ_ASSERT(certificate.not_before <= certificate.not_after);
	for (const char *at = certificate.subject; *at != '\0'; at++)
		FUZZ_ASSERT(*at >= ' ' && *at <= '~');
	certificate_deinit(&certificate);
	return 0;
}
