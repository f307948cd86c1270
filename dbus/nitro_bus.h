/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The D-Bus contract in names: the only place where a string of it occurs in C.
 * What each member means stands in org.nitro.Policy1.xml.
 */
#ifndef NITRO_DBUS_NITRO_BUS_H
#define NITRO_DBUS_NITRO_BUS_H

#define NITRO_BUS_NAME	  "org.nitro.Policy1"
#define NITRO_BUS_PATH	  "/org/nitro/Policy1"
#define NITRO_BUS_MANAGER "org.nitro.Policy1.Manager"

/* Each live verdict is an object below the daemon's: its id is the last part of the
 * path, NITRO_ID_PREFIX and 32 hexadecimal digits. */
#define NITRO_BUS_VERDICT      "org.nitro.Policy1.Verdict"
#define NITRO_BUS_VERDICT_PATH NITRO_BUS_PATH "/verdict/"
#define NITRO_ID_PREFIX	       "v"
#define NITRO_ID_LENGTH	       33

/* What somebody may say who revokes a verdict: so many printable ASCII characters. */
#define NITRO_WHY_MAX 256u

/* The user that owns the bus name (root may, too). */
#define NITRO_BUS_USER "nitro-policyd"

#define NITRO_NONCE_SIZE 32

/* Characters of a ticket: a-z and 2-7. */
#define NITRO_TICKET_LENGTH 26

/* Methods, with the D-Bus signatures of arguments and results. A decision is
 * "allow" or "deny"; any other word must be read as "could not judge". */
#define NITRO_METHOD_VERIFY "Verify"
#define NITRO_VERIFY_IN	    "aya{sv}"
#define NITRO_VERIFY_OUT    "sa{sv}"

/* Did the application of this document, or of this live verdict, sign that? The
 * last result says more about the key and what was refused. */
#define NITRO_METHOD_VERIFY_RESPONSE "VerifyResponse"
#define NITRO_VERIFY_RESPONSE_IN     "ayayaya{sv}"
#define NITRO_VERIFY_RESPONSE_OUT    "sa{sv}a{sv}"

/* A secret of secrets.d, sealed to the key of a document: CMS EnvelopedData. */
#define NITRO_METHOD_RELEASE_SECRET "ReleaseSecret"
#define NITRO_RELEASE_SECRET_IN	    "saya{sv}"
#define NITRO_RELEASE_SECRET_OUT    "sa{sv}ay"

#define NITRO_METHOD_CREATE_CHALLENGE "CreateChallenge"
#define NITRO_CREATE_CHALLENGE_IN     "ssa{sv}"
#define NITRO_CREATE_CHALLENGE_OUT    "ayt"

#define NITRO_METHOD_AUTHORIZE "Authorize"
#define NITRO_AUTHORIZE_IN     "ssayaya{sv}"
#define NITRO_AUTHORIZE_OUT    "sa{sv}"

/* As Authorize, for an admin who asks why: nothing is used up or recorded. */
#define NITRO_METHOD_EXPLAIN "Explain"
#define NITRO_EXPLAIN_IN     "ssaya{sv}"
#define NITRO_EXPLAIN_OUT    "sa{sv}"

/* Deposits a document: ticket, lifetime, sealed ticket, decision, verdict. */
#define NITRO_METHOD_SUBMIT "Submit"
#define NITRO_SUBMIT_IN	    "aya{sv}"
#define NITRO_SUBMIT_OUT    "staysa{sv}"

/* Generation and digest of the policy in force, then its parts: name and
 * canonical text of each. */
#define NITRO_METHOD_DESCRIBE_POLICY "DescribePolicy"
#define NITRO_DESCRIBE_POLICY_OUT    "tsa(ss)"

/* ReloadKeeping refuses what would take away something that is in force. */
#define NITRO_METHOD_RELOAD	    "Reload"
#define NITRO_METHOD_RELOAD_KEEPING "ReloadKeeping"
#define NITRO_RELOAD_OUT	    "t"

/* Live verdicts: asked about, bound to a session, ended, looked at. */
#define NITRO_METHOD_CHECK_VERDICT "CheckVerdict"
#define NITRO_CHECK_VERDICT_IN	   "ssa{sv}"
#define NITRO_CHECK_VERDICT_OUT	   "sa{sv}"

#define NITRO_METHOD_ATTACH_SESSION "AttachSession"
#define NITRO_ATTACH_SESSION_IN	    "sssa{sv}"
#define NITRO_ATTACH_SESSION_OUT    "a{sv}"

#define NITRO_METHOD_DETACH_SESSION "DetachSession"
#define NITRO_DETACH_SESSION_IN	    "s"

/* Path, id, user, service, state and session of each. */
#define NITRO_METHOD_LIST_VERDICTS "ListVerdicts"
#define NITRO_LIST_VERDICTS_IN	   "a{sv}"
#define NITRO_LIST_VERDICTS_OUT	   "a(osssss)"

#define NITRO_METHOD_GET_VERDICT "GetVerdict"
#define NITRO_GET_VERDICT_IN	 "s"
#define NITRO_GET_VERDICT_OUT	 "a{sv}"

#define NITRO_METHOD_REVOKE_VERDICT "RevokeVerdict"
#define NITRO_REVOKE_VERDICT_IN	    "ss"

#define NITRO_DECISION_ALLOW "allow"
#define NITRO_DECISION_DENY  "deny"

/* Keys of the a{sv} that describes a verdict. */
#define NITRO_VERDICT_LEVEL    "Level"	  /* u */
#define NITRO_VERDICT_REASON   "Reason"	  /* s */
#define NITRO_VERDICT_MESSAGE  "Message"  /* s */
#define NITRO_VERDICT_HINT     "Hint"	  /* s */
#define NITRO_VERDICT_RULE     "Rule"	  /* s */
#define NITRO_VERDICT_IMAGE    "Image"	  /* s */
#define NITRO_VERDICT_RELEASE  "Release"  /* s */
#define NITRO_VERDICT_RETIRING "Retiring" /* b */
#define NITRO_VERDICT_AUDITED  "Audited"  /* b */
#define NITRO_VERDICT_SESSION_MAX                                              \
	"SessionMaxUsec" /* t; 0: the rule sets no limit */
#define NITRO_VERDICT_GENERATION "PolicyGeneration" /* t */
#define NITRO_VERDICT_DIGEST	 "PolicyDigest"	    /* s, hex */
#define NITRO_VERDICT_CHECKS                                                   \
	"Checks" /* a(sssss): id state expected actual why */
#define NITRO_VERDICT_DOCUMENT "Document" /* a{sv}; only from evidence */
#define NITRO_VERDICT_ID       "Id"	  /* s; only when the verdict lives */

/* Properties of a live verdict, beside Id, Rule, Image, Release, Level, Audited,
 * PolicyGeneration and PolicyDigest of the above; AttachSession and GetVerdict
 * return all of them. */
#define NITRO_LIVE_USER		 "User"		  /* s */
#define NITRO_LIVE_SERVICE	 "Service"	  /* s */
#define NITRO_LIVE_MODULE_ID	 "ModuleId"	  /* s; "": no evidence */
#define NITRO_LIVE_ROOT		 "Root"		  /* s, label; "" likewise */
#define NITRO_LIVE_BINDINGS	 "Bindings"	  /* as */
#define NITRO_LIVE_ISSUED	 "IssuedUsec"	  /* t, since 1970 */
#define NITRO_LIVE_ENDS		 "EndsUsec"	  /* t, since 1970; 0: open */
#define NITRO_LIVE_STATE	 "State"	  /* s */
#define NITRO_LIVE_SESSION	 "Session"	  /* s, logind's; "": none */
#define NITRO_LIVE_AUDIT_SESSION "AuditSession"	  /* u; 2^32 - 1: none */
#define NITRO_LIVE_REMOTE_HOST	 "RemoteHost"	  /* s */
#define NITRO_LIVE_TTY		 "Tty"		  /* s */
#define NITRO_LIVE_ON_REVOKE	 "OnRevoke"	  /* s: log, lock, terminate */
#define NITRO_LIVE_DOCUMENT	 "DocumentSha256" /* ay; empty: no evidence */

#define NITRO_STATE_ISSUED   "issued"
#define NITRO_STATE_ATTACHED "attached"

/* Keys of the a{sv} that describes a verified document. */
#define NITRO_DOCUMENT_KIND	  "Kind"	  /* s */
#define NITRO_DOCUMENT_MODULE_ID  "ModuleId"	  /* s */
#define NITRO_DOCUMENT_TIMESTAMP  "TimestampMs"	  /* t */
#define NITRO_DOCUMENT_ROOT	  "Root"	  /* s, label */
#define NITRO_DOCUMENT_PCRS	  "Pcrs"	  /* a(uay), index and value */
#define NITRO_DOCUMENT_PUBLIC_KEY "PublicKey"	  /* ay; left out when absent */
#define NITRO_DOCUMENT_USER_DATA  "UserData"	  /* ay; left out when absent */
#define NITRO_DOCUMENT_NONCE	  "Nonce"	  /* ay; left out when absent */
#define NITRO_DOCUMENT_SHA256	  "PayloadSha256" /* ay */

/* Options of Verify; an unknown option is an error. */
#define NITRO_OPTION_LEVEL   "level"   /* u: what to decide on; default 2 */
#define NITRO_OPTION_NONCE   "nonce"   /* ay: must be in the document */
#define NITRO_OPTION_MAX_AGE "max_age" /* t: microseconds */
#define NITRO_OPTION_ROOTS   "roots"   /* as: labels; default aws alone */

/* Of Verify alone: the document must name this TLS certificate, DER or PEM; the
 * nonce may do it. */
#define NITRO_OPTION_TLS_CERTIFICATE "tls_certificate" /* ay */
#define NITRO_OPTION_TLS_NONCE	     "tls_nonce"       /* b */

/* Option of Verify, Authorize and Explain: the QOS manifest envelope that belongs to
 * the document, for level 3; at most NITRO_MANIFEST_MAX bytes. */
#define NITRO_OPTION_MANIFEST "manifest" /* ay */
#define NITRO_MANIFEST_MAX    262144u

/* Options of VerifyResponse beside those: NITRO_OPTION_VERDICT in place of the
 * document, and what the response is compared with. */
#define NITRO_OPTION_KIND	 "kind"	      /* s: message, visualsign, … */
#define NITRO_OPTION_FORMAT	 "format"     /* s: auto, der, raw, … */
#define NITRO_OPTION_DIGEST	 "digest"     /* s: usual, sha256, … */
#define NITRO_OPTION_CLAIMED_KEY "public_key" /* ay */
#define NITRO_OPTION_PAYLOAD	 "payload"    /* ay: as it was sent */
#define NITRO_OPTION_METADATA	 "metadata"   /* ay: in Borsh */

/* Keys of the last a{sv} of VerifyResponse. */
#define NITRO_RESPONSE_KEY	"Key"	   /* s: "P-256", …; "": none */
#define NITRO_RESPONSE_EXPECTED "Expected" /* s; may be "" */
#define NITRO_RESPONSE_ACTUAL	"Actual"   /* s; may be "" */

/* Options of Authorize, CheckVerdict and Explain: where the login comes from. */
#define NITRO_OPTION_REMOTE_HOST  "remote_host"	 /* s */
#define NITRO_OPTION_TTY	  "tty"		 /* s */
#define NITRO_OPTION_COMMAND	  "command"	 /* s: service sudo */
#define NITRO_OPTION_RUN_AS	  "run_as"	 /* s: service sudo */
#define NITRO_OPTION_RUN_AS_GROUP "run_as_group" /* s: service sudo */
#define NITRO_OPTION_HOST	  "host"	 /* s: service sudo */

/* Options of CheckVerdict that say which verdict is meant: an id, or the SSH key
 * that it is bound to, or a session (either or both of the last two). The session's
 * options belong to AttachSession and, but for the audit session, to ListVerdicts,
 * too. */
#define NITRO_OPTION_VERDICT	   "verdict"	   /* s */
#define NITRO_OPTION_SSH_KEY	   "ssh_key"	   /* ay: wire format */
#define NITRO_OPTION_SESSION	   "session"	   /* s */
#define NITRO_OPTION_AUDIT_SESSION "audit_session" /* u */

/* Option of Authorize: over the challenge, by the document's key; see the XML. */
#define NITRO_OPTION_SIGNATURE "signature" /* ay */

/* Option of Authorize: instead of a document. */
#define NITRO_OPTION_TICKET "ticket" /* s */

/* Filters of ListVerdicts. */
#define NITRO_OPTION_USER    "user"    /* s */
#define NITRO_OPTION_SERVICE "service" /* s */

/* Properties. */
#define NITRO_PROPERTY_VERSION	  "Version"	     /* s */
#define NITRO_PROPERTY_GENERATION "PolicyGeneration" /* t */
#define NITRO_PROPERTY_DIGEST	  "PolicyDigest"     /* s, hex */
#define NITRO_PROPERTY_ERRORS	  "PolicyErrors"   /* as: of the last reload */
#define NITRO_PROPERTY_WARNINGS	  "PolicyWarnings" /* as */
#define NITRO_PROPERTY_ROOTS	  "Roots"  /* a(ss): label, SHA-256 in hex */
#define NITRO_PROPERTY_IMAGES	  "Images" /* a(su): name, number of releases */
#define NITRO_PROPERTY_RULES	  "RuleCount" /* u */
/* a(sst): image, its last release, when that ends (microseconds since 1970) */
#define NITRO_PROPERTY_EXPIRING "Expiring"
/* u: live verdicts of the daemon before that are still to be judged again */
#define NITRO_PROPERTY_UNJUDGED	  "VerdictsUnjudged"
#define NITRO_PROPERTY_STATISTICS "Statistics" /* a{st}, since the start */

/* Keys of Statistics; none of them ever decreases. */
#define NITRO_STATISTIC_ALLOWED		"allowed" /* decisions of Authorize */
#define NITRO_STATISTIC_DENIED		"denied"
#define NITRO_STATISTIC_AUDITED		"audited" /* would have been denied */
#define NITRO_STATISTIC_NOT_JUDGED	"not-judged"
#define NITRO_STATISTIC_LIMITED		"limited" /* questions, by limits */
#define NITRO_STATISTIC_VERIFICATIONS	"verifications"
#define NITRO_STATISTIC_VERIFY_USEC	"verification-usec" /* of all of them */
#define NITRO_STATISTIC_VERDICTS_ISSUED "verdicts-issued"
#define NITRO_STATISTIC_VERDICTS_ENDED	"verdicts-ended"
#define NITRO_STATISTIC_VERDICTS_LOST	"verdicts-lost" /* session went on */
#define NITRO_STATISTIC_RELOADS		"reloads"
#define NITRO_STATISTIC_RELOAD_ERRORS	"reload-errors"

/* Signals. */
#define NITRO_SIGNAL_RELOADED "PolicyReloaded" /* ts: generation, digest */
/* path, id, user, service; and the reason. */
#define NITRO_SIGNAL_ISSUED  "VerdictIssued"
#define NITRO_ISSUED_ARGS    "osss"
#define NITRO_SIGNAL_REVOKED "VerdictRevoked"
#define NITRO_REVOKED_ARGS   "ossss"

/* The actions that polkit is asked about for callers other than root. */
#define NITRO_POLKIT_RELOAD "org.nitro.Policy1.reload"
#define NITRO_POLKIT_REVOKE "org.nitro.Policy1.revoke-verdict"

/* Errors: "could not judge". A denial is an answer, never an error. PolicyInvalid
 * and WouldDeny carry "sas": the message, and what is wrong or would be lost, a
 * line each. */
#define NITRO_ERROR_INVALID_ARGUMENT "org.nitro.Policy1.Error.InvalidArgument"
#define NITRO_ERROR_ACCESS_DENIED    "org.nitro.Policy1.Error.AccessDenied"
#define NITRO_ERROR_NO_SUCH_VERDICT  "org.nitro.Policy1.Error.NoSuchVerdict"
#define NITRO_ERROR_NO_SUCH_SESSION  "org.nitro.Policy1.Error.NoSuchSession"
#define NITRO_ERROR_LIMIT_EXCEEDED   "org.nitro.Policy1.Error.LimitExceeded"
#define NITRO_ERROR_BUSY	     "org.nitro.Policy1.Error.Busy"
#define NITRO_ERROR_POLICY_INVALID   "org.nitro.Policy1.Error.PolicyInvalid"
#define NITRO_ERROR_WOULD_DENY	     "org.nitro.Policy1.Error.WouldDeny"
#define NITRO_ERROR_INTERNAL	     "org.nitro.Policy1.Error.Internal"

#endif
