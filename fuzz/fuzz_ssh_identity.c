/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of private keys, as they are; or, behind a leading 1, the bytes under their
 * armour. What is accepted must sign, and be read again as it is written.
 */
#include "config.h"

#include <stdlib.h>

#include "base/base64.h"
#include "fuzz/fuzz.h"
#include "nitro-attest/ssh_identity.h"

static void check(const struct identity *identity)
{
	char text[IDENTITY_FILE_MAX];
	uint8_t memory[256];
	struct wire_writer writer = wire_writer(memory, sizeof(memory));
	_cleanup_identity_ struct identity again = IDENTITY_EMPTY;
	size_t length = identity_write(identity, "fuzz", text);

	FUZZ_ASSERT(length > 0 && length < sizeof(text));
	FUZZ_ASSERT(identity_read(span_of(text, length), &again) == 0);
	FUZZ_ASSERT(again.type == identity->type);
	FUZZ_ASSERT(span_equal(identity_blob(&again), identity_blob(identity)));
	FUZZ_ASSERT(identity_sign(identity, span_of_text("message"), &writer) ==
		    0);
	FUZZ_ASSERT(!writer.is_full && writer.size > 0);
}

static void file(struct span text)
{
	_cleanup_identity_ struct identity identity = IDENTITY_EMPTY;

	if (identity_read(text, &identity) == 0)
		check(&identity);
	else
		FUZZ_ASSERT(identity.key == NULL);
}

/* One long line of base64 is as good as many short ones. */
static void body(struct span bytes)
{
	static const char begin[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
	static const char end[] = "\n-----END OPENSSH PRIVATE KEY-----\n";
	_cleanup_free_ char *text =
		malloc(sizeof(begin) + sizeof(end) + BASE64_SIZE(bytes.size));
	char *at = text;

	if (text == NULL)
		return;
	at = stpcpy(at, begin);
	at += base64_encode(BASE64_STANDARD, bytes, at);
	at = stpcpy(at, end);
	file(span_of(text, (size_t)(at - text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0 && data[0] == '1')
		body(span_of(data + 1, size - 1));
	else
		file(span_of(size > 0 ? data : (const uint8_t *)"", size));
	return 0;
}
