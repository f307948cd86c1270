/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSH keys and certificates, as bytes and as lines. What is accepted must be written
 * as it was read, and every name that a certificate lists must be found in it.
 */
#include "config.h"

#include "fuzz/fuzz.h"
#include "ssh/certificate.h"
#include "ssh/wire.h"

/* One key has one form. */
static void key(const struct ssh_key *key)
{
	uint8_t blob[SSH_KEY_BLOB_MAX], spki[SSH_KEY_SPKI_MAX];
	char line[SSH_LINE_SIZE(SSH_KEY_BLOB_MAX)];
	struct ssh_key again;
	size_t size = ssh_key_write(key, blob), read = 0;

	FUZZ_ASSERT(ssh_key_read(span_of(blob, size), &again) == SSH_OK);
	FUZZ_ASSERT(span_equal(again.fields, key->fields));
	FUZZ_ASSERT(ssh_line_write(span_of(blob, size), line) == SSH_OK);
	FUZZ_ASSERT(ssh_line_read(span_of_text(line), blob, sizeof(blob),
				  &read) == SSH_OK);
	FUZZ_ASSERT(read == size);
	size = ssh_key_write_spki(key, spki);
	FUZZ_ASSERT(size > key->point.size + key->modulus.size);
	FUZZ_ASSERT(size <= sizeof(spki));
}

static void certificate(const struct ssh_certificate *certificate)
{
	struct wire_reader reader = wire_reader(certificate->extensions);

	FUZZ_ASSERT(certificate->principal_count <= SSH_PRINCIPALS_MAX);
	(void)ssh_certificate_has_principal(certificate, "root");
	while (reader.rest.size > 0) {
		const struct span name = wire_read_string(&reader);
		char text[SSH_CERTIFICATE_MAX + 1];
		struct span value;

		(void)wire_read_string(&reader);
		memcpy(text, name.data, name.size);
		text[name.size] = '\0';
		FUZZ_ASSERT(ssh_certificate_extension(certificate, text,
						      &value) != SSH_E_ABSENT);
	}
	key(&certificate->key);
}

static void blob(struct span bytes)
{
	struct ssh_certificate a_certificate;
	struct ssh_key a_key, any;
	const bool is_key = ssh_key_read(bytes, &a_key) == SSH_OK;
	const bool is_certificate =
		ssh_certificate_read(bytes, &a_certificate) == SSH_OK;

	FUZZ_ASSERT(!is_key || !is_certificate);
	FUZZ_ASSERT((ssh_key_read_any(bytes, &any) == SSH_OK) ==
		    (is_key || is_certificate));
	if (is_key)
		key(&a_key);
	if (is_certificate)
		certificate(&a_certificate);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t bytes[SSH_CERTIFICATE_MAX];
	const struct span input = span_of(data, size);
	size_t count;

	blob(input);
	if (ssh_line_read(input, bytes, sizeof(bytes), &count) == SSH_OK)
		blob(span_of(bytes, count));
	return 0;
}
