/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every refusal of a manifest: its code, the check of a verdict that it belongs to,
 * its stable name for machines, one sentence and one hint for people. Verdicts take
 * their reasons of level 3 from this table; nobody else writes them.
 */
#ifndef NITRO_QOS_ERROR_H
#define NITRO_QOS_ERROR_H

#include "qos/limits.h"

/* X(CODE, CHECK, "name", "sentence", "hint") */
#define QOS_ERROR_TABLE(X)                                                     \
	X(MANIFEST_NOT_NAMED, MANIFEST, "manifest-not-named",                  \
	  "The release does not say which application it is.",                 \
	  "Level 3 needs 'manifest' in the release, see nitro-images(5).")     \
	X(MANIFEST_NOT_CHECKED, MANIFEST, "manifest-not-checked",              \
	  "The exact application is not proven: no manifest came.",            \
	  "Send the manifest envelope with the document, or name its file in " \
	  "the release.")                                                      \
	X(MANIFEST_SIZE, MANIFEST, "manifest-size",                            \
	  "The manifest is empty or larger than any manifest.",                \
	  "Send the manifest envelope as QOS stores it, and nothing else.")    \
	X(MANIFEST_LENGTH, MANIFEST, "manifest-length",                        \
	  "A length in the manifest is more than what follows it.",            \
	  "It was cut short, or it is no QOS manifest at all.")                \
	X(MANIFEST_TRAILING, MANIFEST, "manifest-trailing",                    \
	  "Bytes follow the manifest.",                                        \
	  "Send one manifest or envelope only, with nothing behind it.")       \
	X(MANIFEST_VARIANT, MANIFEST, "manifest-variant",                      \
	  "The manifest has a variant that its schema does not define.",       \
	  "A damaged manifest, or a schema that this program must learn "      \
	  "first.")                                                            \
	X(MANIFEST_TEXT, MANIFEST, "manifest-text",                            \
	  "A text of the manifest is not UTF-8.",                              \
	  "It was damaged, or it is no QOS manifest at all.")                  \
	X(MANIFEST_COUNT, MANIFEST, "manifest-count",                          \
	  "A list of the manifest has more elements than is looked at.",       \
	  "Up to 128 members, approvals and bridges, and 1024 arguments, are " \
	  "read.")                                                             \
	X(MANIFEST_AMBIGUOUS, MANIFEST, "manifest-ambiguous",                  \
	  "The bytes can be read as two different manifests.",                 \
	  "Nobody can tell what was approved; store the manifest as JSON.")    \
	X(MANIFEST_JSON, MANIFEST, "manifest-json",                            \
	  "The manifest is not one well-formed JSON object.",                  \
	  "It may have been cut short, converted, or be something else.")      \
	X(MANIFEST_DEPTH, MANIFEST, "manifest-depth",                          \
	  "The manifest is nested deeper than any manifest.",                  \
	  "No version of the schema needs that.")                              \
	X(MANIFEST_TWICE, MANIFEST, "manifest-twice",                          \
	  "The manifest has the same member twice.",                           \
	  "Which of the two would count is undefined, so neither does.")       \
	X(MANIFEST_VERSION, MANIFEST, "manifest-version",                      \
	  "The version that the manifest names is not that of its schema.",    \
	  "Versions 0 and 1 name none, version 2 is \"v2\"; a newer one is "   \
	  "not known to this program.")                                        \
	X(MANIFEST_UNKNOWN, MANIFEST, "manifest-member-unknown",               \
	  "The manifest has a member that its schema does not define.",        \
	  "What is not understood could change what the enclave runs.")        \
	X(MANIFEST_MISSING, MANIFEST, "manifest-member-missing",               \
	  "The manifest lacks a member that its schema requires.",             \
	  "It is no QOS manifest, or one of a schema that this program must "  \
	  "learn first.")                                                      \
	X(MANIFEST_VALUE, MANIFEST, "manifest-value",                          \
	  "A member of the manifest has a value that it cannot have.",         \
	  "Bytes are lower case hex, numbers whole and without leading "       \
	  "zeros.")                                                            \
	X(MANIFEST_KEY_SIZE, MANIFEST, "manifest-key-size",                    \
	  "A key of the manifest is not 130 bytes long.",                      \
	  "QOS keys are two points: one to encrypt to, one to verify with.")   \
	X(HASH_ABSENT, MANIFEST_HASH, "manifest-hash-absent",                  \
	  "The document has no user_data, so it binds no manifest.",           \
	  "QOS puts the manifest's hash there; the enclave runs something "    \
	  "else.")                                                             \
	X(HASH_DIFFERENT, MANIFEST_HASH, "manifest-hash-different",            \
	  "The document binds another manifest than this one.",                \
	  "Another application, or an older or newer manifest of it, runs "    \
	  "there.")                                                            \
	X(PCR_DIFFERENT, MANIFEST_PCRS, "manifest-pcr-different",              \
	  "The manifest was made for another boot image or role.",             \
	  "PCR0 to PCR3 of manifest and document must be equal.")              \
	X(EPHEMERAL_KEY, COMMITMENT, "ephemeral-key",                          \
	  "The document's public_key is not a QOS key.",                       \
	  "QOS puts 130 bytes there: two points on P-256.")                    \
	X(COMMITMENT_UNLOCKED, COMMITMENT, "commitment-unlocked",              \
	  "PCR16 or PCR17 is in use, but not all 32 PCRs are locked.",         \
	  "A QOS that commits to its manifest locks them all first.")          \
	X(COMMITMENT_DIFFERENT, COMMITMENT, "commitment-different",            \
	  "PCR16 and PCR17 commit to another manifest or key.",                \
	  "The application asked for this document, not QOS; treat it as an "  \
	  "attack.")                                                           \
	X(PIVOT_DIFFERENT, APPLICATION, "pivot-different",                     \
	  "The manifest names another application than the release.",          \
	  "The pivot's hash is the SHA-256 of the application's binary.")      \
	X(NAMESPACE_DIFFERENT, APPLICATION, "namespace-different",             \
	  "The manifest belongs to another namespace than the release.",       \
	  "Staging instead of production?")                                    \
	X(CHECKSUM_ABSENT, APPLICATION, "checksum-absent",                     \
	  "The user_data does not hold what the release checks.",              \
	  "No user_data, not the JSON or CBOR that was expected, or without "  \
	  "the field.")                                                        \
	X(CHECKSUM_DIFFERENT, APPLICATION, "checksum-different",               \
	  "The user_data names another application than the release.",         \
	  "A changed build of the application, or another configuration.")     \
	X(THRESHOLD_ZERO, APPROVALS, "threshold-zero",                         \
	  "The manifest set asks for no approval at all.",                     \
	  "A threshold of zero would let anybody deploy.")                     \
	X(THRESHOLD_HIGH, APPROVALS, "threshold-high",                         \
	  "The manifest set asks for more approvals than it has members.",     \
	  "The threshold could never be reached.")                             \
	X(MEMBER_ALIAS_TWICE, APPROVALS, "member-alias-twice",                 \
	  "Two members of the manifest set have the same alias.",              \
	  "Each member is one person, with an alias and keys of his own.")     \
	X(MEMBER_KEY_TWICE, APPROVALS, "member-key-twice",                     \
	  "Two members of the manifest set have a key in common.",             \
	  "One person would count as two.")                                    \
	X(MEMBER_KEY, APPROVALS, "member-key",                                 \
	  "A key of the manifest set is not a pair of points on P-256.",       \
	  "The key is damaged, or was chosen to break verification.")          \
	X(APPROVAL_STRANGER, APPROVALS, "approval-stranger",                   \
	  "Somebody approved who is not a member of the manifest set.",        \
	  "The members are those of manifest_set on this host; alias and key " \
	  "must be equal.")                                                    \
	X(APPROVAL_TWICE, APPROVALS, "approval-twice",                         \
	  "The same member approved twice.",                                   \
	  "One person cannot reach a threshold alone.")                        \
	X(APPROVAL_SIGNATURE_SIZE, APPROVALS, "approval-signature-size",       \
	  "The signature of an approval is not 64 bytes long.",                \
	  "It is r || s, 32 bytes each, not DER.")                             \
	X(APPROVAL_SIGNATURE, APPROVALS, "approval-signature",                 \
	  "The signature of an approval does not verify.",                     \
	  "The manifest was changed after it was approved, or never approved " \
	  "by this member.")                                                   \
	X(APPROVALS_ABSENT, APPROVALS, "approvals-absent",                     \
	  "A manifest came without its envelope, so without approvals.",       \
	  "Send the manifest envelope.")                                       \
	X(APPROVALS_FEW, APPROVALS, "approvals-few",                           \
	  "Fewer members approved the manifest than the threshold asks for.",  \
	  "Ask the other members of the manifest set to approve it.")          \
	X(NO_MEMORY, MANIFEST, "manifest-no-memory", "Memory is exhausted.",   \
	  "The manifest was not judged; ask again when the host has memory.")  \
	X(INTERNAL, MANIFEST, "manifest-internal-error",                       \
	  "The cryptographic library failed.", "The manifest was not judged.")

#define QOS_ERROR_CODE(code, check, name, sentence, hint) QOS_E_##code,
enum qos_error {
	QOS_OK,
	QOS_ERROR_TABLE(QOS_ERROR_CODE) QOS_ERROR_COUNT,
};
#undef QOS_ERROR_CODE

/* What was refused: which value against which. */
struct qos_failure {
	enum qos_error error;
	char expected[QOS_DETAIL_SIZE]; /* text for people, or "" */
	char actual[QOS_DETAIL_SIZE];
};

/* The row of an error; static texts, "" for QOS_OK. */
const char *qos_error_name(enum qos_error error);
const char *qos_error_sentence(enum qos_error error);
const char *qos_error_hint(enum qos_error error);

#endif
