/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every refusal of something that an attested key is said to have signed: its
 * stable name for machines, one sentence and one hint for people. This table is
 * the only place where they are written.
 */
#ifndef NITRO_RESPONSE_ERROR_H
#define NITRO_RESPONSE_ERROR_H

#include "attest/limits.h"

/* X(CODE, "name", "sentence", "hint") */
#define RESPONSE_ERROR_TABLE(X)                                                \
	X(INTERNAL, "internal-error",                                          \
	  "The program could not do its work with the response.",              \
	  "Nothing was judged; the log of the program says more.")             \
	X(NO_MEMORY, "out-of-memory", "Memory is exhausted.",                  \
	  "Nothing was judged; ask again when the host has memory.")           \
	X(SIZE, "response-size", "The response is empty or too large.",        \
	  "Messages of 1 byte to 1 MiB are judged.")                           \
	X(JSON, "response-json", "The response is not one JSON object.",       \
	  "It may have been cut short; no member may stand there twice.")      \
	X(FIELD, "response-field",                                             \
	  "A member of the response is missing or malformed.",                 \
	  "The response was made by something else, or by another version of " \
	  "it.")                                                               \
	X(SCHEME, "response-scheme",                                           \
	  "The response is signed by another scheme than the key's.",          \
	  "VisualSign and Turnkey sign with a P-256 key.")                     \
	X(KEY_DIFFERENT, "response-key-different",                             \
	  "The response names another key than the document.",                 \
	  "Response and document are of two enclaves, or of two starts of "    \
	  "one: ask for the document of this response.")                       \
	X(INPUT_DIFFERENT, "response-input-different",                         \
	  "The response is about another input than the one that was sent.",   \
	  "It answers another request, or the application saw another one.")   \
	X(METADATA_DIFFERENT, "response-metadata-different",                   \
	  "The response is about other metadata than what was sent.",          \
	  "It answers another request, or the application saw another one.")   \
	X(MESSAGE_DIFFERENT, "response-message-different",                     \
	  "The response's content is not what its signature is for.",          \
	  "The content was changed after it was signed.")                      \
	X(CERTIFICATE, "tls-certificate",                                      \
	  "The TLS certificate is not one certificate in DER or PEM.",         \
	  "It may have been cut short, or be a key or a request for one.")     \
	X(CERTIFICATE_DIFFERENT, "tls-certificate-different",                  \
	  "The document does not name the TLS certificate.",                   \
	  "Somebody else answers in the enclave's name, or the certificate "   \
	  "was renewed since the document was made.")                          \
	X(SIGNATURE_FORMAT, "response-signature-format",                       \
	  "The key makes no signatures of this format.",                       \
	  "P-256 and P-384: der or raw; RSA: pss or pkcs1, which must be "     \
	  "said; Ed25519: raw.")                                               \
	X(SIGNATURE_SIZE, "response-signature-size",                           \
	  "The signature does not have the size that the key's have.",         \
	  "It may have been cut short, or be in hexadecimal.")                 \
	X(SIGNATURE_ENCODING, "response-signature-encoding",                   \
	  "The signature is not a pair of numbers in canonical DER.",          \
	  "It may have been damaged, or be r || s of some other curve.")       \
	X(SIGNATURE_INVALID, "response-signature-invalid",                     \
	  "The signature was not made by the document's key over this "        \
	  "message.",                                                          \
	  "The message was changed, or another application signed it.")

#define RESPONSE_ERROR_CODE(code, name, sentence, hint) RESPONSE_E_##code,
enum response_error {
	RESPONSE_OK,
	RESPONSE_ERROR_TABLE(RESPONSE_ERROR_CODE) RESPONSE_ERROR_COUNT,
};
#undef RESPONSE_ERROR_CODE

/* The row of an error; static texts. For RESPONSE_OK the name is "ok". */
const char *response_error_name(enum response_error error);
const char *response_error_sentence(enum response_error error);
const char *response_error_hint(enum response_error error);

/* What was refused and why, printable; the details may be "". */
struct response_failure {
	enum response_error error;
	char expected[ATTEST_DETAIL_SIZE];
	char actual[ATTEST_DETAIL_SIZE];
};

#endif
