/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS certificate that anybody may show, and what it may hold. */
#include "config.h"

#include "fuzz/fuzz.h"
#include "response/certificate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct key_library *library;
	_cleanup_(tls_certificate_freep) struct tls_certificate certificate =
		TLS_CERTIFICATE_EMPTY;
	enum response_error e;

	FUZZ_ASSERT(library != NULL || key_library_new(&library) == KEY_OK);
	e = tls_certificate_read(library, span_of(data, size), &certificate);
	FUZZ_ASSERT(e == RESPONSE_OK || e == RESPONSE_E_CERTIFICATE);
	FUZZ_ASSERT((e == RESPONSE_OK) == (certificate.spki.size > 0));
	return 0;
}
