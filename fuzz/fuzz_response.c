/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Responses in JSON, and signatures of messages, held against a key. The first byte
 * chooses the kind, and of messages the format.
 */
#include "config.h"

#include "fuzz/fuzz.h"
#include "key/public_key.h"
#include "response/response.h"

/* The base point of P-256 (FIPS 186-4 D.1.2.3), whose private half is 1: so inputs
 * that verify can be made. Twice, it is a QOS pair. */
static const uint8_t point[] = {
	0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc,
	0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d,
	0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
	0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb,
	0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31,
	0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
};

static struct key_library *library;
static struct attested_key *key;

static void prepare(void)
{
	uint8_t pair[2 * sizeof(point)];

	memcpy(pair, point, sizeof(point));
	memcpy(pair + sizeof(point), point, sizeof(point));
	FUZZ_ASSERT(key_library_new(&library) == KEY_OK);
	FUZZ_ASSERT(attested_key_parse(library, span_of(pair, sizeof(pair)),
				       &key) == KEY_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char message[] = "message";
	_cleanup_(response_boot_proof_freep) struct response_boot_proof proof =
		RESPONSE_BOOT_PROOF_EMPTY;
	struct response_input input = { .sent_payload = SPAN_ABSENT };
	struct response_failure failure = { .error = RESPONSE_OK };
	enum response_error e;

	if (key == NULL)
		prepare();
	if (size == 0)
		return 0;
	input.kind = (enum response_kind)(data[0] % 3);
	input.message = span_of(data + 1, size - 1);
	if (input.kind == RESPONSE_MESSAGE) {
		input.scheme.format = (enum signature_format)(data[0] / 3 % 5);
		input.scheme.digest = (enum signature_digest)(data[0] / 15 % 4);
		input.signature = input.message;
		input.message = span_of_text(message);
	}
	e = response_verify(library, key, &input, &failure);
	FUZZ_ASSERT(e == failure.error);
	FUZZ_ASSERT(e != RESPONSE_E_INTERNAL);
	FUZZ_ASSERT(response_read_boot_proof(input.message, &proof, &failure) !=
		    RESPONSE_E_INTERNAL);
	return 0;
}
