/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/support/edit.h"

#include <stdio.h>

#include "attest/cose_sign1.h"
#include "attest/document.h"
#include "base/hex.h"

static void die(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	abort();
}

static struct buffer new_buffer(size_t size)
{
	struct buffer buffer = { calloc(1, size + 1), size };

	if (buffer.data == NULL)
		die("edit", "no memory");
	return buffer;
}

static struct buffer replace(struct span bytes, const struct edit *edit)
{
	size_t anchor = strlen(edit->after);
	size_t inserted = strlen(edit->inserted) / 2;
	const uint8_t *found =
		memmem(bytes.data, bytes.size, edit->after, anchor);
	struct buffer result;
	size_t start, used;

	if (found == NULL)
		die(edit->what, "nothing to edit");
	start = (size_t)(found - bytes.data) + anchor + edit->skip;
	if (start + edit->removed > bytes.size)
		die(edit->what, "edit beyond the end");
	result = new_buffer(bytes.size - edit->removed + inserted);
	memcpy(result.data, bytes.data, start);
	if (hex_decode(span_of_text(edit->inserted), result.data + start,
		       inserted, &used) < 0)
		die(edit->what, "no hex");
	memcpy(result.data + start + inserted,
	       bytes.data + start + edit->removed,
	       bytes.size - start - edit->removed);
	return result;
}

struct buffer edit_envelope(struct span document, const struct edit *edit)
{
	return replace(document, edit);
}

static struct cose_sign1 split(struct span document)
{
	struct attest_failure failure;
	struct cose_sign1 envelope;

	if (cose_sign1_parse(document, &envelope, &failure) != ATTEST_OK)
		die("edit", "not an envelope");
	return envelope;
}

struct buffer edit_payload(struct span document, const struct edit *edit)
{
	static const uint8_t head[] = { 0x84, 0x44, 0xa1, 0x01,
					0x38, 0x22, 0xa0, 0x59 };
	struct cose_sign1 envelope = split(document);
	struct buffer payload = replace(envelope.payload, edit);
	size_t size =
		sizeof(head) + 2 + payload.size + 2 + envelope.signature.size;
	struct buffer result = new_buffer(size);
	uint8_t *at = result.data;

	memcpy(at, head, sizeof(head));
	at += sizeof(head);
	*at++ = (uint8_t)(payload.size >> 8);
	*at++ = (uint8_t)payload.size;
	memcpy(at, payload.data, payload.size);
	at += payload.size;
	*at++ = 0x58;
	*at++ = 0x60;
	memcpy(at, envelope.signature.data, envelope.signature.size);
	buffer_free(payload);
	return result;
}

struct buffer edit_certificate(struct span document, size_t index,
			       const struct edit *edit)
{
	struct cose_sign1 envelope = split(document);
	struct buffer result = new_buffer(document.size);
	struct attest_failure failure;
	struct document parsed;
	struct buffer edited;
	struct span der;

	if (document_parse(envelope.payload, ATTEST_FIELD_MAX, &parsed,
			   &failure) != ATTEST_OK)
		die(edit->what, "not a document");
	der = index < parsed.bundle_count ? parsed.bundle[index]
					  : parsed.certificate;
	edited = replace(der, edit);
	if (edited.size != der.size)
		die(edit->what, "the certificate has another size");
	memcpy(result.data, document.data, document.size);
	memcpy(result.data + (der.data - document.data), edited.data,
	       edited.size);
	buffer_free(edited);
	return result;
}

char *edit_repeat(uint8_t value, size_t count)
{
	struct buffer bytes = new_buffer(count);
	char *text;

	memset(bytes.data, value, count);
	text = hex_dup(buffer_span(&bytes));
	if (text == NULL)
		die("edit", "no memory");
	buffer_free(bytes);
	return text;
}
