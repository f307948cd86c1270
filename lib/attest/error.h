/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every refusal of the verifier: its code, the check it belongs to, its stable
 * name for machines, one sentence and one hint for people. This table is the only
 * place where they are written; the man page is checked against it.
 */
#ifndef NITRO_ATTEST_ERROR_H
#define NITRO_ATTEST_ERROR_H

#include "attest/limits.h"

/* The checks of level 1, in the order in which attest_verify() makes them. A
 * refusal at one of them means: the earlier ones passed, the later ones were not
 * made. ATTEST_CHECK_NONE belongs to errors that say nothing about the document
 * (memory exhausted, wrong parameters). */
enum attest_check {
	ATTEST_CHECK_NONE,
	ATTEST_CHECK_ENVELOPE,	   /* exact COSE_Sign1, RFC 9052 section 4.2 */
	ATTEST_CHECK_DOCUMENT,	   /* exact attestation document, AWS 3.2.2 */
	ATTEST_CHECK_ROOT,	   /* cabundle[0] is a trusted root */
	ATTEST_CHECK_CERTIFICATES, /* form of each certificate, RFC 5280 4 */
	ATTEST_CHECK_CHAIN,	   /* order, CA, path length, key usage */
	ATTEST_CHECK_VALIDITY,	   /* each certificate in its period */
	ATTEST_CHECK_PATH,	   /* certificate signatures, RFC 5280 6 */
	ATTEST_CHECK_SIGNATURE,	   /* ES384 over the payload, RFC 9052 4.4 */
	ATTEST_CHECK_TIMESTAMP,	   /* timestamp inside the leaf's validity */
	ATTEST_CHECK_NONCE,	   /* nonce equals the one asked for */
	ATTEST_CHECK_AGE,	   /* not too old, not from the future */
	ATTEST_CHECK_COUNT,
};

/* X(CODE, CHECK, "name", "sentence", "hint") */
#define ATTEST_ERROR_TABLE(X)                                                  \
	X(INTERNAL, NONE, "internal-error",                                    \
	  "The verifier could not do its work.",                               \
	  "The document was not judged; the log of the program says more.")    \
	X(NO_MEMORY, NONE, "out-of-memory", "Memory is exhausted.",            \
	  "The document was not judged; ask again when the host has "          \
	  "memory.")                                                           \
	X(ROOT_FILE, NONE, "root-file",                                        \
	  "The root file is not exactly one PEM certificate.",                 \
	  "Put one CERTIFICATE block into each file of roots.d.")              \
	X(ROOT_LABEL, NONE, "root-label",                                      \
	  "The label of the root is malformed or in use.",                     \
	  "Name the file LABEL.pem, with a-z 0-9 . _ - and not aws.")          \
	X(ROOT_COUNT, NONE, "root-count", "There are too many trusted roots.", \
	  "Remove roots that no rule names.")                                  \
	X(ROOT_DUPLICATE, NONE, "root-duplicate",                              \
	  "The same root is given twice.", "Remove one of the two files.")     \
	X(ROOT_UNSUITABLE, NONE, "root-unsuitable",                            \
	  "The certificate cannot be a root: not a self-issued P-384 CA.",     \
	  "Take the certificate of the authority itself, not one below "       \
	  "it.")                                                               \
	X(DOCUMENT_SIZE, ENVELOPE, "document-size",                            \
	  "The input is empty or larger than any attestation document.",       \
	  "Send the bytes that the NSM returned and nothing else.")            \
	X(ENVELOPE_ENCODING, ENVELOPE, "envelope-encoding",                    \
	  "The input is not one well-formed COSE_Sign1 structure.",            \
	  "It may have been cut short, converted, or be something else.")      \
	X(ENVELOPE_TAG, ENVELOPE, "envelope-tag",                              \
	  "The envelope carries another CBOR tag than 18.",                    \
	  "Only an untagged COSE_Sign1 or tag 18 is an attestation "           \
	  "document.")                                                         \
	X(ENVELOPE_ELEMENTS, ENVELOPE, "envelope-elements",                    \
	  "The envelope is not an array of exactly four elements.",            \
	  "Something else than an attestation document, or a damaged one; "    \
	  "hex, JSON and PEM are not read.")                                   \
	X(PROTECTED_HEADER, ENVELOPE, "protected-header",                      \
	  "The protected header is not exactly {1: -35} (ES384).",             \
	  "No genuine document has another algorithm or parameter.")           \
	X(UNPROTECTED_HEADER, ENVELOPE, "unprotected-header",                  \
	  "The unprotected header is not empty.",                              \
	  "No genuine document carries anything there.")                       \
	X(PAYLOAD_SIZE, ENVELOPE, "payload-size",                              \
	  "The payload is empty or longer than 16384 bytes.",                  \
	  "The document was made by something else than an NSM.")              \
	X(SIGNATURE_SIZE, ENVELOPE, "signature-size",                          \
	  "The signature is not 96 bytes long.",                               \
	  "ES384 signatures are r || s, 48 bytes each, not DER.")              \
	X(ENVELOPE_TRAILING, ENVELOPE, "envelope-trailing",                    \
	  "Bytes follow the envelope.",                                        \
	  "Send one document only, with nothing (no newline) behind it.")      \
	X(DOCUMENT_ENCODING, DOCUMENT, "document-encoding",                    \
	  "The payload is not one well-formed map in minimal encoding.",       \
	  "The document was made by something else than an NSM.")              \
	X(DOCUMENT_TRAILING, DOCUMENT, "document-trailing",                    \
	  "Bytes follow the map in the payload.",                              \
	  "The document was made by something else than an NSM.")              \
	X(KEY_UNKNOWN, DOCUMENT, "key-unknown",                                \
	  "The document has a key that is not defined.",                       \
	  "If AWS defined a new field, this program must learn it first.")     \
	X(KEY_DUPLICATE, DOCUMENT, "key-duplicate",                            \
	  "The document has the same key twice.",                              \
	  "Which of the two would count is undefined, so neither does.")       \
	X(KEY_MISSING, DOCUMENT, "key-missing",                                \
	  "The document lacks a required key.",                                \
	  "The document was made by something else than an NSM.")              \
	X(FIELD_TYPE, DOCUMENT, "field-type",                                  \
	  "A field has another type than it must have.",                       \
	  "The document was made by something else than an NSM.")              \
	X(FIELD_SIZE, DOCUMENT, "field-size",                                  \
	  "public_key, user_data or nonce is longer than this host "           \
	  "allows.",                                                           \
	  "max_field_size in policyd.conf raises the limit up to 4096 "        \
	  "bytes.")                                                            \
	X(MODULE_ID, DOCUMENT, "module-id-malformed",                          \
	  "The module_id is empty, too long or not printable.",                \
	  "The document was made by something else than an NSM.")              \
	X(TIMESTAMP_ZERO, DOCUMENT, "timestamp-zero",                          \
	  "The timestamp is zero or beyond any date.",                         \
	  "The document was made by something else than an NSM.")              \
	X(DIGEST, DOCUMENT, "digest", "The digest is not SHA384.",             \
	  "NSM documents name no other digest.")                               \
	X(PCR_KIND, DOCUMENT, "pcr-kind",                                      \
	  "The document has neither or both of pcrs and nitrotpm_pcrs.",       \
	  "An enclave has the one, an instance with NitroTPM the other.")      \
	X(PCR_COUNT, DOCUMENT, "pcr-count",                                    \
	  "The number of PCRs is not 1 to 32.",                                \
	  "The document was made by something else than an NSM.")              \
	X(PCR_INDEX, DOCUMENT, "pcr-index", "A PCR index is not 0 to 31.",     \
	  "The document was made by something else than an NSM.")              \
	X(PCR_DUPLICATE, DOCUMENT, "pcr-duplicate",                            \
	  "The document has the same PCR twice.",                              \
	  "Which of the two would count is undefined, so neither does.")       \
	X(PCR_SIZE, DOCUMENT, "pcr-size",                                      \
	  "A PCR is not 32, 48 or 64 bytes, or not as long as the others.",    \
	  "The document was made by something else than an NSM.")              \
	X(CERTIFICATE_SIZE, DOCUMENT, "certificate-size",                      \
	  "A certificate is empty or longer than 1024 bytes.",                 \
	  "The document was made by something else than an NSM.")              \
	X(BUNDLE_COUNT, DOCUMENT, "bundle-count",                              \
	  "The cabundle does not hold 1 to 8 certificates.",                   \
	  "A genuine bundle has root, regional, zonal and instance.")          \
	X(ROOT_UNTRUSTED, ROOT, "root-untrusted",                              \
	  "The chain does not begin with a root that this host trusts.",       \
	  "A simulator's, another partition's, or a forged document? "         \
	  "Roots are files in roots.d.")                                       \
	X(CERTIFICATE_ENCODING, CERTIFICATES, "certificate-encoding",          \
	  "A certificate is not in canonical DER.",                            \
	  "The chain was not made by AWS, or was damaged.")                    \
	X(CERTIFICATE_TRAILING, CERTIFICATES, "certificate-trailing",          \
	  "Bytes follow a certificate.",                                       \
	  "The chain was not made by AWS, or was damaged.")                    \
	X(CERTIFICATE_VERSION, CERTIFICATES, "certificate-version",            \
	  "A certificate is not version 3.", "The chain was not made by AWS.") \
	X(CERTIFICATE_SERIAL, CERTIFICATES, "certificate-serial",              \
	  "A serial number is not positive or longer than 20 octets.",         \
	  "The chain was not made by AWS.")                                    \
	X(CERTIFICATE_KEY, CERTIFICATES, "certificate-key",                    \
	  "A key is not an uncompressed point on the named curve P-384.",      \
	  "The chain was not made by AWS.")                                    \
	X(CERTIFICATE_ALGORITHM, CERTIFICATES, "certificate-algorithm",        \
	  "A certificate is not signed with ecdsa-with-SHA384.",               \
	  "The chain was not made by AWS.")                                    \
	X(CERTIFICATE_PERIOD, CERTIFICATES, "certificate-period",              \
	  "A validity period is malformed or ends before it begins.",          \
	  "The chain was not made by AWS.")                                    \
	X(EXTENSION_ENCODING, CERTIFICATES, "extension-encoding",              \
	  "An extension is malformed.", "The chain was not made by AWS.")      \
	X(EXTENSION_UNKNOWN, CERTIFICATES, "extension-unknown",                \
	  "A certificate has a critical extension that is not understood.",    \
	  "RFC 5280 forbids to accept what one does not understand.")          \
	X(EXTENSION_DUPLICATE, CERTIFICATES, "extension-duplicate",            \
	  "A certificate has the same extension twice.",                       \
	  "Which of the two would count is undefined, so neither does.")       \
	X(CHAIN_REPEATED, CHAIN, "chain-repeated",                             \
	  "The same certificate stands twice in the chain.",                   \
	  "A genuine bundle lists each certificate once.")                     \
	X(CHAIN_ORDER, CHAIN, "chain-order",                                   \
	  "A certificate was not issued by the one before it.",                \
	  "The bundle must be in order: root, regional, zonal, instance.")     \
	X(CHAIN_CA, CHAIN, "chain-ca",                                         \
	  "A certificate that issued another is not a CA.",                    \
	  "A leaf cannot issue certificates.")                                 \
	X(CHAIN_PATH_LENGTH, CHAIN, "chain-path-length",                       \
	  "More certificates follow a CA than its path length allows.",        \
	  "The chain was not made by AWS.")                                    \
	X(CHAIN_KEY_USAGE, CHAIN, "chain-key-usage",                           \
	  "A CA certificate has no right to sign certificates.",               \
	  "keyUsage must contain keyCertSign; absent means no right.")         \
	X(LEAF_CA, CHAIN, "leaf-ca", "The leaf certificate is a CA.",          \
	  "The NSM signs with an end-entity certificate.")                     \
	X(LEAF_KEY_USAGE, CHAIN, "leaf-key-usage",                             \
	  "The leaf certificate has no right to sign documents.",              \
	  "keyUsage must contain digitalSignature; absent means no right.")    \
	X(CERTIFICATE_NOT_YET_VALID, VALIDITY, "certificate-not-yet-valid",    \
	  "A certificate is not valid yet.",                                   \
	  "Compare the host's clock with the real time.")                      \
	X(CERTIFICATE_EXPIRED, VALIDITY, "certificate-expired",                \
	  "A certificate has expired.",                                        \
	  "Documents live three hours at most: ask for a new one, or "         \
	  "check the host's clock. An archived document is judged with "       \
	  "'nitroctl verify --at document'.")                                  \
	X(PATH_INVALID, PATH, "path-invalid",                                  \
	  "The certificate path does not hold.",                               \
	  "A certificate's signature does not verify: forged or damaged.")     \
	X(SIGNATURE_RANGE, SIGNATURE, "signature-range",                       \
	  "A signature value is not in 1..n-1.",                               \
	  "The signature was forged or damaged.")                              \
	X(SIGNATURE_INVALID, SIGNATURE, "signature-invalid",                   \
	  "The signature over the document does not verify.",                  \
	  "The document was changed after it was signed, or never signed "     \
	  "by this leaf.")                                                     \
	X(TIMESTAMP_OUTSIDE_LEAF, TIMESTAMP, "timestamp-outside-leaf",         \
	  "The timestamp lies outside the validity of the leaf "               \
	  "certificate.",                                                      \
	  "The document was not made while its certificate was in use.")       \
	X(NONCE_MISSING, NONCE, "nonce-missing",                               \
	  "The document carries no nonce, but one was asked for.",             \
	  "The other side must ask its NSM for a document with the nonce "     \
	  "of the challenge.")                                                 \
	X(NONCE_DIFFERENT, NONCE, "nonce-different",                           \
	  "The document carries another nonce than the one asked for.",        \
	  "A document made for another challenge, or replayed.")               \
	X(DOCUMENT_TOO_OLD, AGE, "document-too-old",                           \
	  "The document is older than allowed.",                               \
	  "Ask for a new document, or compare the clocks.")                    \
	X(DOCUMENT_FROM_FUTURE, AGE, "document-from-future",                   \
	  "The document's timestamp lies in the future.",                      \
	  "The host's clock is behind, or clock_skew is too small.")

#define ATTEST_ERROR_CODE(code, check, name, sentence, hint) ATTEST_E_##code,
enum attest_error {
	ATTEST_OK,
	ATTEST_ERROR_TABLE(ATTEST_ERROR_CODE) ATTEST_ERROR_COUNT,
};
#undef ATTEST_ERROR_CODE

/* The row of an error; static texts. For ATTEST_OK the name is "ok". */
enum attest_check attest_error_check(enum attest_error error);
const char *attest_error_name(enum attest_error error);
const char *attest_error_sentence(enum attest_error error);
const char *attest_error_hint(enum attest_error error);

/* Stable identifier of a check in verdicts: "envelope", "path", … */
const char *attest_check_name(enum attest_check check);

#endif
