/* SPDX-License-Identifier: Apache-2.0 */
/* A document's public_key, in all the forms that it may have. */
#include "config.h"

#include "fuzz/fuzz.h"
#include "key/public_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct key_library *library;
	_cleanup_(attested_key_freep) struct attested_key *key = NULL;
	enum key_error e;

	FUZZ_ASSERT(library != NULL || key_library_new(&library) == KEY_OK);
	e = attested_key_parse(library, span_of(data, size), &key);
	FUZZ_ASSERT((e == KEY_OK) == (key != NULL));
	FUZZ_ASSERT(e != KEY_E_INTERNAL);
	if (e != KEY_OK)
		return 0;
	FUZZ_ASSERT(span_equal(attested_key_bytes(key), span_of(data, size)));
	FUZZ_ASSERT(attested_key_spki(key).size > 0);
	return 0;
}
