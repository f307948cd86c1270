/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One public key from its algorithm and its bare bytes, checked to be one. The
 * only way in is the SubjectPublicKeyInfo that is built here. Private to lib/key,
 * lib/seal and lib/response.
 */
#ifndef NITRO_KEY_PUBLIC_KEY_H
#define NITRO_KEY_PUBLIC_KEY_H

#include <openssl/evp.h>

#include "attest/crypto.h"
#include "base/read_file.h"
#include "key/attested_key.h"

struct key_library {
	struct crypto *crypto;
};

struct public_key {
	enum key_algorithm algorithm;
	EVP_PKEY *handle;
	struct buffer spki; /* DER */
};

#define PUBLIC_KEY_EMPTY ((struct public_key){ .handle = NULL })

/* `bare` is what stands in the BIT STRING of a SubjectPublicKeyInfo: the
 * uncompressed point, the DER of RSAPublicKey, or the 32 bytes of Ed25519. KEY_OK,
 * FORM, POINT, RSA_INVALID, RSA_SMALL, RSA_LARGE, NO_MEMORY or INTERNAL. */
enum key_error public_key_new(const struct key_library *library,
			      enum key_algorithm algorithm, struct span bare,
			      struct public_key *ret_key) _must_use_;
void public_key_free(struct public_key key);
DEFINE_CLEANUP(struct public_key, public_key_free)

/* Reads a SubjectPublicKeyInfo in DER: nothing else than what public_key_new()
 * would write. Further KEY_E_ALGORITHM. */
enum key_error public_key_read(const struct key_library *library,
			       struct span spki,
			       struct public_key *ret_key) _must_use_;

/* The parts of an attested key, which stay its own. */
const struct public_key *
attested_key_for_signatures(const struct attested_key *key);
const struct public_key *
attested_key_for_encryption(const struct attested_key *key);

/* attested_key_new() of these bytes, for tests and fuzzing: elsewhere a key comes
 * out of evidence. */
enum key_error attested_key_parse(const struct key_library *library,
				  struct span bytes,
				  struct attested_key **ret_key) _must_use_;

/* What a failed OpenSSL call means: NO_MEMORY when the error queue says so, else
 * `refusal`. */
enum key_error key_failure(enum key_error refusal) _must_use_;

#endif
