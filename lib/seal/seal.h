/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets for the application alone: CMS EnvelopedData (RFC 5652 section 6) to an
 * attested key, in the very form of AWS KMS's CiphertextForRecipient, so that
 * programs which open the one open the other. Pure: no file, no clock.
 */
#ifndef NITRO_SEAL_SEAL_H
#define NITRO_SEAL_SEAL_H

#include "base/read_file.h"
#include "key/attested_key.h"

/* Bytes of a secret, and of what it becomes: AES's padding, the recipient (an RSA
 * key of 4096 bits at most) and the heads. */
#define SEAL_PLAINTEXT_MAX 65536u
#define SEAL_SIZE_MAX	   (SEAL_PLAINTEXT_MAX + 2048u)

/* Encrypts 1..SEAL_PLAINTEXT_MAX bytes with a fresh AES-256-CBC key to the
 * application's key, which is named by the SHA-256 of its SubjectPublicKeyInfo, as
 * KMS does. The AES key goes
 *   to RSA by OAEP with SHA-256 and MGF1 with SHA-256 (RFC 4055 section 4.1);
 *   to P-256 and P-384 by ephemeral-static ECDH, the X9.63 KDF with SHA-256 or
 *   SHA-384, and AES-256 key wrap (RFC 5753 section 3.1).
 * Nobody is authenticated by this: whoever has the document can seal to its key.
 * *ret_sealed is DER. KEY_OK, SIGNS_ONLY, SEAL_SIZE, NO_MEMORY or INTERNAL. */
enum key_error seal(const struct key_library *library,
		    const struct attested_key *key, struct span plaintext,
		    struct buffer *ret_sealed) _must_use_;

/* Opens what seal() or KMS made (DER or BER, no other algorithms) with a private
 * RSA or EC key in PEM, not encrypted. `plaintext` has room for sealed.size bytes;
 * *ret_size of them are the secret, and the caller wipes all of them, also after
 * a failure. KEY_OK, SEAL_SIZE, SEALED_FORM, SEALED_ALGORITHM, SEALED_RECIPIENT,
 * PRIVATE_KEY, NO_MEMORY or INTERNAL. */
enum key_error unseal(const struct key_library *library,
		      struct span private_key_pem, struct span sealed,
		      uint8_t *plaintext, size_t *ret_size) _must_use_;

#endif
