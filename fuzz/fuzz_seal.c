/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody says was sealed to a key, in DER or BER. */
#include "config.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "fuzz/fuzz.h"
#include "seal/seal.h"

static struct key_library *library;
static BIO *private_key_bio; /* holds what the span points to */
static struct span private_key;

static void prepare(void)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	char *text;

	private_key_bio = BIO_new(BIO_s_mem());
	FUZZ_ASSERT(key_library_new(&library) == KEY_OK);
	FUZZ_ASSERT(PEM_write_bio_PrivateKey(private_key_bio, key, NULL, NULL,
					     0, NULL, NULL) == 1);
	private_key.size = (size_t)BIO_get_mem_data(private_key_bio, &text);
	private_key.data = (const uint8_t *)text;
	EVP_PKEY_free(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ uint8_t *plaintext = malloc(size + 1);
	size_t plaintext_size = 0;

	if (library == NULL)
		prepare();
	FUZZ_ASSERT(plaintext != NULL);
	FUZZ_ASSERT(unseal(library, private_key, span_of(data, size), plaintext,
			   &plaintext_size) != KEY_OK);
	FUZZ_ASSERT(plaintext_size == 0);
	return 0;
}
