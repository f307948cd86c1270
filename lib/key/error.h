/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every refusal about a key out of a document and about what is sealed to it: its
 * stable name for machines, one sentence and one hint for people. This table is
 * the only place where they are written.
 */
#ifndef NITRO_KEY_ERROR_H
#define NITRO_KEY_ERROR_H

/* X(CODE, "name", "sentence", "hint") */
#define KEY_ERROR_TABLE(X)                                                     \
	X(INTERNAL, "internal-error",                                          \
	  "The program could not do its work with the key.",                   \
	  "Nothing was judged; the log of the program says more.")             \
	X(NO_MEMORY, "out-of-memory", "Memory is exhausted.",                  \
	  "Nothing was judged; ask again when the host has memory.")           \
	X(MISSING, "public-key-missing",                                       \
	  "The document carries no public key.",                               \
	  "The application must give its key to the NSM when it asks for "     \
	  "the document.")                                                     \
	X(FORM, "public-key-form",                                             \
	  "The document's public_key is in no form that is known.",            \
	  "SubjectPublicKeyInfo or RSAPublicKey in DER or PEM, an "            \
	  "uncompressed point (65 or 97 bytes), a QOS pair (130 bytes), or "   \
	  "an Ed25519 key (32 bytes).")                                        \
	X(ALGORITHM, "public-key-algorithm",                                   \
	  "The key is for an algorithm that is not used here.",                \
	  "P-256, P-384, RSA and Ed25519 are.")                                \
	X(POINT, "public-key-point",                                           \
	  "The key is no point on its curve that a key can be.",               \
	  "The key may be of another curve, such as secp256k1; else the "      \
	  "bytes were damaged, or chosen to attack whoever uses them.")        \
	X(RSA_INVALID, "public-key-rsa", "The RSA key cannot be one.",         \
	  "Its modulus or its exponent was damaged, or chosen to attack "      \
	  "whoever uses it.")                                                  \
	X(RSA_SMALL, "public-key-too-small",                                   \
	  "The RSA key has less than 2048 bits.",                              \
	  "The application must make a longer key.")                           \
	X(RSA_LARGE, "public-key-too-large",                                   \
	  "The RSA key has more than 4096 bits.",                              \
	  "The application must make a shorter key, or one on a curve.")       \
	X(SIGNS_ONLY, "public-key-signs-only",                                 \
	  "Nothing can be encrypted to an Ed25519 key.",                       \
	  "The application must put an RSA or EC key into its document.")      \
	X(SEAL_SIZE, "sealed-size",                                            \
	  "There is nothing to seal or open, or too much.",                    \
	  "Up to 64 KiB are sealed.")                                          \
	X(SEALED_FORM, "sealed-form",                                          \
	  "The bytes are not CMS EnvelopedData for RSA or EC keys.",           \
	  "The output of ReleaseSecret or the CiphertextForRecipient of AWS "  \
	  "KMS is expected, in DER or BER.")                                   \
	X(SEALED_ALGORITHM, "sealed-algorithm",                                \
	  "The bytes were sealed by other algorithms than AWS KMS's.",         \
	  "AES-256-CBC, and RSA-OAEP with SHA-256 or ECDH, are expected.")     \
	X(SEALED_RECIPIENT, "sealed-for-another-key",                          \
	  "The bytes were not sealed for this private key.",                   \
	  "Take the private key that belongs to the document's public_key.")   \
	X(PRIVATE_KEY, "private-key-form",                                     \
	  "The file is not one private key in PEM without a passphrase.",      \
	  "RSA and EC keys open what was sealed.")

#define KEY_ERROR_CODE(code, name, sentence, hint) KEY_E_##code,
enum key_error {
	KEY_OK,
	KEY_ERROR_TABLE(KEY_ERROR_CODE) KEY_ERROR_COUNT,
};
#undef KEY_ERROR_CODE

/* The row of an error; static texts. For KEY_OK the name is "ok". */
const char *key_error_name(enum key_error error);
const char *key_error_sentence(enum key_error error);
const char *key_error_hint(enum key_error error);

#endif
