/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answer of the policy, with every check done and every check not done. A
 * verdict is built from the top: each check is passed, failed or not checked; the
 * first failure decides. A verdict that nobody allowed is a denial.
 */
#ifndef NITRO_POLICY_VERDICT_H
#define NITRO_POLICY_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attest/attest.h"
#include "base/cleanup.h"
#include "base/compiler.h"
#include "qos/error.h"

/* X(CODE, level, "identifier"): level 0 is about the request, not the document.
 * The rows from ENVELOPE to AGE repeat enum attest_check in its order. */
#define VERDICT_CHECK_TABLE(X)                                                 \
	X(RULE, 0, "rule")                                                     \
	X(CHALLENGE, 0, "challenge")                                           \
	X(VERDICT, 0, "verdict")                                               \
	X(TICKET, 0, "ticket")                                                 \
	X(SSH_KEY, 0, "ssh-key")                                               \
	X(HOST, 0, "host")                                                     \
	X(KEY, 0, "key")                                                       \
	X(ENVELOPE, 1, "envelope")                                             \
	X(DOCUMENT, 1, "document")                                             \
	X(ROOT, 1, "root")                                                     \
	X(CERTIFICATES, 1, "certificates")                                     \
	X(CHAIN, 1, "chain")                                                   \
	X(VALIDITY, 1, "validity")                                             \
	X(PATH, 1, "path")                                                     \
	X(SIGNATURE, 1, "signature")                                           \
	X(TIMESTAMP, 1, "timestamp")                                           \
	X(NONCE, 1, "nonce")                                                   \
	X(AGE, 1, "age")                                                       \
	X(REPLAY, 1, "replay")                                                 \
	X(ROOT_LABEL, 1, "root-label")                                         \
	X(DEBUG_MODE, 2, "debug-mode")                                         \
	X(LEAF_NAME, 2, "leaf-name")                                           \
	X(INSTANCE, 2, "instance")                                             \
	X(MEASUREMENTS, 2, "measurements")                                     \
	X(USER_DATA, 2, "user-data")                                           \
	X(RELEASE, 2, "release")                                               \
	X(MANIFEST, 3, "manifest")                                             \
	X(MANIFEST_HASH, 3, "manifest-hash")                                   \
	X(MANIFEST_PCRS, 3, "manifest-pcrs")                                   \
	X(COMMITMENT, 3, "commitment")                                         \
	X(APPLICATION, 3, "application")                                       \
	X(APPROVALS, 3, "approvals")

#define VERDICT_CHECK_CODE(code, level, name) CHECK_##code,
enum verdict_check { VERDICT_CHECK_TABLE(VERDICT_CHECK_CODE) CHECK_COUNT };
#undef VERDICT_CHECK_CODE

enum check_state {
	CHECK_NOT_CHECKED,
	CHECK_PASSED,
	CHECK_FAILED,
};

/* Reasons beside those of attest/error.h. X(CODE, CHECK, "name", "sentence",
 * "hint") */
#define VERDICT_REASON_TABLE(X)                                                \
	X(ALLOWED, RULE, "allowed", "All that was asked for holds.", "")       \
	X(NO_RULE, RULE, "no-rule", "No rule allows this service and user.",   \
	  "Rules are in rules.d; the first that matches service and user "     \
	  "counts.")                                                           \
	X(SECRET_UNKNOWN, RULE, "secret-unknown",                              \
	  "There is no secret of this name.",                                  \
	  "Secrets are in secrets.d; 'nitroctl secret list' lists them.")      \
	X(CHALLENGE_REQUIRED, CHALLENGE, "challenge-required",                 \
	  "The rule asks for a challenge, and the request has none.",          \
	  "Let pam_nitro prompt (source=prompt), or drop 'bind = nonce'.")     \
	X(CHALLENGE_UNKNOWN, CHALLENGE, "challenge-unknown",                   \
	  "The nonce was not issued by this daemon, has expired or was used.", \
	  "Answer a challenge once and before it expires; a replayed answer "  \
	  "is refused here.")                                                  \
	X(CHALLENGE_MISMATCH, CHALLENGE, "challenge-mismatch",                 \
	  "The nonce was issued to another caller, service or user.",          \
	  "A challenge answers one question only.")                            \
	X(VERDICT_UNKNOWN, VERDICT, "verdict-unknown",                         \
	  "No live verdict answers this question.",                            \
	  "It has ended, or it is of another user, service or caller: log in " \
	  "again.")                                                            \
	X(VERDICT_TOO_OLD, VERDICT, "verdict-too-old",                         \
	  "The document behind the live verdict is older than the rule's "     \
	  "max_age.",                                                          \
	  "Log in again with a new document.")                                 \
	X(BINDING_MISSING, VERDICT, "binding-missing",                         \
	  "The rule binds documents to more than the live verdict was made "   \
	  "with.",                                                             \
	  "Log in again under a rule whose 'bind' names the same.")            \
	X(VERDICT_UNPROVEN, VERDICT, "verdict-unproven",                       \
	  "The live verdict was given on trial, without a verified document.", \
	  "A rule with 'mode = audit' let the user in; this one enforces.")    \
	X(GROUPS_UNKNOWN, VERDICT, "groups-unknown",                           \
	  "The rules name groups now, and the user's groups are not known.",   \
	  "The user database did not answer when the policy was reloaded.")    \
	X(VERDICT_UNATTACHED, VERDICT, "verdict-unattached",                   \
	  "No session was opened with the live verdict in time.",              \
	  "Is pam_nitro in the session phase of the service, too?")            \
	X(SESSION_TOO_LONG, VERDICT, "session-too-long",                       \
	  "The session has lasted as long as the rule allows.",                \
	  "See 'session_max' of the rule; log in again.")                      \
	X(SESSION_ENDED, VERDICT, "session-ended",                             \
	  "The session of the live verdict has ended.", "")                    \
	X(VERDICT_REVOKED, VERDICT, "verdict-revoked",                         \
	  "The live verdict was revoked.",                                     \
	  "The journal says by whom, and why.")                                \
	X(VERDICT_DISPLACED, VERDICT, "verdict-displaced",                     \
	  "Newer verdicts of this user took the place of this one.",           \
	  "Too many logins of one user were begun and not finished.")          \
	X(VERDICT_DOUBTFUL, VERDICT, "verdict-doubtful",                       \
	  "After its restart the daemon could not trust the live verdict.",    \
	  "Its file was changed, or its session could not be found; the "      \
	  "journal says which.")                                               \
	X(TICKET_UNKNOWN, TICKET, "ticket-unknown",                            \
	  "The ticket was not issued by this daemon, has expired or was "      \
	  "used.",                                                             \
	  "A ticket counts once and not for long: deposit a new document "     \
	  "with nitro-attest submit.")                                         \
	X(SSH_KEY_MISSING, SSH_KEY, "ssh-key-missing",                         \
	  "The rule binds documents to the SSH key of the login, and no key "  \
	  "was proven.",                                                       \
	  "Log in by key or certificate: only sshd proves keys, and its "      \
	  "account phase tells pam_nitro which.")                              \
	X(SSH_KEY_DIFFERENT, SSH_KEY, "ssh-key-different",                     \
	  "The document is not bound to the SSH key of the login.",            \
	  "Its public_key must be that key, or its user_data the SHA-256 of "  \
	  "it; see nitro-attest ssh-cert.")                                    \
	X(HOST_DIFFERENT, HOST, "host-different",                              \
	  "The document was not made on this host.",                           \
	  "The rule says 'bind = host': only enclaves of this very instance "  \
	  "count.")                                                            \
	X(KEY_PROOF_MISSING, KEY, "key-proof-missing",                         \
	  "The rule asks for a signature by the document's key, and there is " \
	  "none.",                                                             \
	  "Answer the challenge with document and signature: nitro-attest "    \
	  "askpass does.")                                                     \
	X(KEY_PROOF_WRONG, KEY, "key-proof-wrong",                             \
	  "The signature over the challenge is not by the document's key.",    \
	  "Somebody else's document, or another service, user or host was "    \
	  "signed.")                                                           \
	X(DOCUMENT_REPLAYED, REPLAY, "document-replayed",                      \
	  "This very document was used before.",                               \
	  "Without a challenge each document opens one session: ask for a "    \
	  "new one.")                                                          \
	X(DOCUMENT_UNREMEMBERED, REPLAY, "document-unremembered",              \
	  "The document is older than the memory of used documents.",          \
	  "The file in the state directory was damaged, and the daemon began " \
	  "to remember anew: ask for a new document.")                         \
	X(ROOT_NOT_ALLOWED, ROOT_LABEL, "root-not-allowed",                    \
	  "The chain begins with a root that the rule does not name.",         \
	  "A simulator's document? Such a root counts only where a rule's "    \
	  "'roots' names it.")                                                 \
	X(DEBUG_ENCLAVE, DEBUG_MODE, "debug-enclave",                          \
	  "The enclave runs in debug mode: PCR0, PCR1 and PCR2 are zero.",     \
	  "Start it without --debug-mode; its console can be read otherwise.") \
	X(LEAF_NAME_MISMATCH, LEAF_NAME, "leaf-name-mismatch",                 \
	  "The leaf certificate is not named after the module_id.",            \
	  "No genuine document has this; treat it as an attack.")              \
	X(INSTANCE_MISMATCH, INSTANCE, "instance-mismatch",                    \
	  "PCR4 is not the measurement of the instance in module_id.",         \
	  "No genuine document has this; treat it as an attack.")              \
	X(MEASUREMENTS_UNKNOWN, MEASUREMENTS, "measurements-unknown",          \
	  "The PCRs equal no release of an allowed image.",                    \
	  "A changed build, staging instead of production, or a release that " \
	  "is not in images.d yet?")                                           \
	X(USER_DATA_DIFFERENT, USER_DATA, "user-data-different",               \
	  "The PCRs equal a release, but the user_data is another.",           \
	  "The application in the enclave runs with another configuration "    \
	  "than the release names.")                                           \
	X(RELEASE_REVOKED, RELEASE, "release-revoked",                         \
	  "The release was revoked.", "Deploy a release that is in force.")    \
	X(RELEASE_NOT_YET, RELEASE, "release-not-yet",                         \
	  "The release is not in force yet.",                                  \
	  "See not_before of the release, and the host's clock.")              \
	X(RELEASE_EXPIRED, RELEASE, "release-expired",                         \
	  "The release is no longer in force.",                                \
	  "See not_after of the release; deploy a newer one.")

/* The reasons of level 3 are those of qos/error.h, with QOS_ before their codes. */

#define VERDICT_REASON_CODE(code, check, name, sentence, hint) REASON_##code,
#define VERDICT_QOS_CODE(code, check, name, sentence, hint)    REASON_QOS_##code,
enum verdict_reason {
	VERDICT_REASON_TABLE(VERDICT_REASON_CODE)
		QOS_ERROR_TABLE(VERDICT_QOS_CODE) REASON_COUNT,
};
#undef VERDICT_REASON_CODE
#undef VERDICT_QOS_CODE

struct check_result {
	enum check_state state;
	char expected[ATTEST_DETAIL_SIZE]; /* failed: text for people */
	char actual[ATTEST_DETAIL_SIZE];
	const char *why; /* not checked: static text */
};

#define VERDICT_NAME_SIZE 128

/* One allocation, no pointers to release: texts are static or inside. Read it
 * freely; it is written by the functions below only. */
struct verdict {
	bool allowed;
	bool is_denied;	      /* some check decided against; final */
	unsigned level;	      /* the level that was reached: 0..3 */
	const char *reason;   /* stable code: "allowed", "debug-enclave", … */
	const char *sentence; /* English, with a full stop */
	const char *hint;     /* likely cause and what to do; may be "" */
	char rule[VERDICT_NAME_SIZE];  /* "" when none matched */
	char image[VERDICT_NAME_SIZE]; /* "" when none was recognised */
	char release[VERDICT_NAME_SIZE];
	int64_t release_not_after_ms; /* its last millisecond, or INT64_MAX */
	bool release_retiring;	      /* allowed, but to be replaced */
	/* Allowed because the rule says `mode = audit`: enforcing would have
	 * denied, and reason, sentence and hint are those of the denial. */
	bool audited;
	bool is_unjudged; /* the verifier could not work; nobody may allow */
	uint64_t session_max_ms; /* 0: the rule sets no limit */
	uint64_t policy_generation;
	struct check_result checks[CHECK_COUNT];
};

/* A denial with nothing checked; NULL when memory is exhausted. */
struct verdict *verdict_new(void) _must_use_;
void verdict_free(struct verdict *verdict);
DEFINE_CLEANUP(struct verdict *, verdict_free)

/* Marks one check. Failing sets the verdict's reason if no earlier check failed,
 * and takes back any allowance. `expected` and `actual` are cut to fit. */
void verdict_pass(struct verdict *verdict, enum verdict_check check);
void verdict_skip(struct verdict *verdict, enum verdict_check check,
		  const char *why);
void verdict_fail(struct verdict *verdict, enum verdict_reason reason,
		  const char *expected, const char *actual);

/* Denies for a reason from outside the policy, when the document itself holds: what
 * it proves is not enough for what was asked. Static texts; no check changes. */
void verdict_refuse(struct verdict *verdict, const char *reason,
		    const char *sentence, const char *hint);

/* Takes over the outcome of attest_verify(): with `failure` the check that failed
 * and those before it; with evidence, all of level 1 (nonce and age as the evidence
 * says). A failure does not tell whether a nonce was asked for: when the age
 * decided, whoever did ask marks CHECK_NONCE as passed. */
void verdict_take_failure(struct verdict *verdict,
			  const struct attest_failure *failure);
void verdict_take_evidence(struct verdict *verdict,
			   const struct evidence *evidence);

/* "allowed", … and its sentence. */
const char *verdict_reason_name(enum verdict_reason reason);
const char *verdict_reason_sentence(enum verdict_reason reason);

const char *verdict_check_name(enum verdict_check check);
unsigned verdict_check_level(enum verdict_check check);
/* "passed", "failed", "not-checked" */
const char *check_state_name(enum check_state state);

#endif
