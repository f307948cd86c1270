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

/* The user that owns the bus name (root may, too). */
#define NITRO_BUS_USER "nitro-policyd"

#define NITRO_NONCE_SIZE 32

/* Methods, with the D-Bus signatures of arguments and results. A decision is
 * "allow" or "deny"; any other word must be read as "could not judge". */
#define NITRO_METHOD_VERIFY "Verify"
#define NITRO_VERIFY_IN	    "aya{sv}"
#define NITRO_VERIFY_OUT    "sa{sv}"

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

/* Generation and digest of the policy in force, then its parts: name and
 * canonical text of each. */
#define NITRO_METHOD_DESCRIBE_POLICY "DescribePolicy"
#define NITRO_DESCRIBE_POLICY_OUT    "tsa(ss)"

/* ReloadKeeping refuses what would take away something that is in force. */
#define NITRO_METHOD_RELOAD	    "Reload"
#define NITRO_METHOD_RELOAD_KEEPING "ReloadKeeping"
#define NITRO_RELOAD_OUT	    "t"

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

/* Keys of the a{sv} that describes a verified document. */
#define NITRO_DOCUMENT_KIND	  "Kind"	  /* s */
#define NITRO_DOCUMENT_MODULE_ID  "ModuleId"	  /* s */
#define NITRO_DOCUMENT_TIMESTAMP  "TimestampMs"	  /* t */
#define NITRO_DOCUMENT_ROOT	  "Root"	  /* s, label */
#define NITRO_DOCUMENT_PCRS	  "Pcrs"	  /* a{uay} */
#define NITRO_DOCUMENT_PUBLIC_KEY "PublicKey"	  /* ay; left out when absent */
#define NITRO_DOCUMENT_USER_DATA  "UserData"	  /* ay; left out when absent */
#define NITRO_DOCUMENT_NONCE	  "Nonce"	  /* ay; left out when absent */
#define NITRO_DOCUMENT_SHA256	  "PayloadSha256" /* ay */

/* Options of Verify; an unknown option is an error. */
#define NITRO_OPTION_LEVEL   "level"   /* u: what to decide on; default 2 */
#define NITRO_OPTION_NONCE   "nonce"   /* ay: must be in the document */
#define NITRO_OPTION_MAX_AGE "max_age" /* t: microseconds */
#define NITRO_OPTION_ROOTS   "roots"   /* as: labels; default aws alone */

/* Options of Authorize and Explain: where the login comes from. */
#define NITRO_OPTION_REMOTE_HOST "remote_host" /* s */
#define NITRO_OPTION_TTY	 "tty"	       /* s */
#define NITRO_OPTION_COMMAND	 "command"     /* s: service sudo */

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
#define NITRO_PROPERTY_EXPIRING	  "Expiring"
#define NITRO_PROPERTY_STATISTICS "Statistics" /* a{st}, since the start */

/* Keys of Statistics; none of them ever decreases. */
#define NITRO_STATISTIC_ALLOWED	      "allowed" /* decisions of Authorize */
#define NITRO_STATISTIC_DENIED	      "denied"
#define NITRO_STATISTIC_AUDITED	      "audited" /* would have been denied */
#define NITRO_STATISTIC_NOT_JUDGED    "not-judged"
#define NITRO_STATISTIC_LIMITED	      "limited" /* questions, by limits */
#define NITRO_STATISTIC_VERIFICATIONS "verifications"
#define NITRO_STATISTIC_VERIFY_USEC   "verification-usec" /* of all of them */
#define NITRO_STATISTIC_RELOADS	      "reloads"
#define NITRO_STATISTIC_RELOAD_ERRORS "reload-errors"

/* Signals. */
#define NITRO_SIGNAL_RELOADED "PolicyReloaded" /* ts: generation, digest */

/* The action that polkit is asked about for callers other than root. */
#define NITRO_POLKIT_RELOAD "org.nitro.Policy1.reload"

/* Errors: "could not judge". A denial is an answer, never an error. PolicyInvalid
 * and WouldDeny carry "sas": the message, and what is wrong or would be lost, a
 * line each. */
#define NITRO_ERROR_INVALID_ARGUMENT "org.nitro.Policy1.Error.InvalidArgument"
#define NITRO_ERROR_ACCESS_DENIED    "org.nitro.Policy1.Error.AccessDenied"
#define NITRO_ERROR_LIMIT_EXCEEDED   "org.nitro.Policy1.Error.LimitExceeded"
#define NITRO_ERROR_BUSY	     "org.nitro.Policy1.Error.Busy"
#define NITRO_ERROR_POLICY_INVALID   "org.nitro.Policy1.Error.PolicyInvalid"
#define NITRO_ERROR_WOULD_DENY	     "org.nitro.Policy1.Error.WouldDeny"
#define NITRO_ERROR_INTERNAL	     "org.nitro.Policy1.Error.Internal"

#endif
