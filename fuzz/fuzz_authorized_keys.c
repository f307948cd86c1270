/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients offer to sshd, as the words of its command line: the type, a NUL, and
 * the base64; or, behind a leading 1, the bytes that the base64 stands for. What
 * is accepted must become one line with one plain key in it and nothing of the client.
 */
#include "config.h"

#include <stdlib.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "fuzz/fuzz.h"
#include "nitro-authorized-keys/offer.h"
#include "ssh/wire.h"

#define NOW UINT64_C(1800000000)

static void check_line(const struct offer *offer)
{
	static const char authority[] = "cert-authority ";
	char line[OFFER_LINE_SIZE];
	uint8_t blob[SSH_KEY_BLOB_MAX];
	struct span text = span_of(line, offer_line(offer, line));
	size_t size = 0;

	FUZZ_ASSERT(text.size > 1 && text.size < sizeof(line));
	FUZZ_ASSERT(memchr(text.data, '\n', text.size) ==
		    text.data + text.size - 1);
	text.size--;
	if (offer->is_certificate) {
		FUZZ_ASSERT(memcmp(line, authority, strlen(authority)) == 0);
		text = span_of(text.data + strlen(authority),
			       text.size - strlen(authority));
	}
	FUZZ_ASSERT(ssh_line_read(text, blob, sizeof(blob), &size) == SSH_OK);
	FUZZ_ASSERT(span_equal(span_of(blob, size), offer->key));
}

static void offer(const char *type, const char *base64)
{
	static struct offer offer;
	const struct offer_texts texts = { "signer", type, base64 };
	struct answer answer;

	if (offer_read(&texts, NOW, &offer, &answer)) {
		check_line(&offer);
		return;
	}
	FUZZ_ASSERT(answer.kind == ANSWER_DENIED);
	FUZZ_ASSERT(answer.reason[0] != '\0');
	(void)offer_is_ordinary(&texts, &answer);
}

static void offer_bytes(struct span blob)
{
	_cleanup_free_ char *base64 = malloc(BASE64_SIZE(blob.size));
	struct wire_reader reader = wire_reader(blob);
	struct span name = wire_read_string(&reader);
	char type[SSH_TYPE_NAME_SIZE] = "";

	if (base64 == NULL || name.size >= sizeof(type))
		return;
	memcpy(type, name.data, name.size);
	base64_encode(BASE64_STANDARD, blob, base64);
	offer(type, base64);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = malloc(size + 2);
	size_t length;

	if (text == NULL)
		return 0;
	if (size > 0 && data[0] == '1') {
		offer_bytes(span_of(data + 1, size - 1));
		return 0;
	}
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	text[size + 1] = '\0';
	length = strlen(text);
	offer(text, text + length + (length < size));
	return 0;
}
