/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's reply as the gates need it, and the one place where a reply is
 * turned into an answer. Only a reply that is well formed and says "allow" becomes
 * ANSWER_ALLOWED; whatever is unknown, surplus or malformed is ANSWER_UNAVAILABLE.
 */
#ifndef NITRO_CLIENT_ANSWER_H
#define NITRO_CLIENT_ANSWER_H

#include <stdbool.h>

#define ANSWER_TEXT_SIZE 512
#define ANSWER_NAME_SIZE 128
#define ANSWER_ID_SIZE	 34 /* "v", 32 lower-case hex digits, NUL */

struct client_challenge;
struct sd_bus_message;

enum answer_kind {
	ANSWER_UNAVAILABLE, /* zero: what nobody set cannot open a door */
	ANSWER_DENIED,
	ANSWER_ALLOWED,
};

/* All texts are printable ASCII without double quotes, whoever wrote them. */
struct answer {
	enum answer_kind kind;
	unsigned level;			/* reached; 0 when unavailable */
	char reason[ANSWER_NAME_SIZE];	/* stable code, or the error's name */
	char message[ANSWER_TEXT_SIZE]; /* one sentence */
	char hint[ANSWER_TEXT_SIZE];	/* may be "" */
	char rule[ANSWER_NAME_SIZE];
	char image[ANSWER_NAME_SIZE];
	char release[ANSWER_NAME_SIZE];
	char module_id[ANSWER_NAME_SIZE + 1];
	char id[ANSWER_ID_SIZE]; /* of the live verdict; "": there is none */
	bool retiring;
	bool audited; /* allowed, though enforcing would have denied */
};

/* Why nobody judged, where the daemon itself did not say. X(CODE, "name",
 * "sentence", "hint") */
#define ANSWER_FAILURE_TABLE(X)                                                \
	X(BUS_ADDRESS, "bus-address",                                          \
	  "The address of the system bus is not that of a Unix socket.",       \
	  "See DBUS_SYSTEM_BUS_ADDRESS in the environment of the program.")    \
	X(BUS_ABSENT, "bus-unavailable", "The system bus cannot be reached.",  \
	  "systemctl status dbus.socket")                                      \
	X(BUS_SILENT, "bus-timeout",                                           \
	  "The system bus did not answer within the deadline.",                \
	  "systemctl status dbus")                                             \
	X(DAEMON_ABSENT, "daemon-absent",                                      \
	  "The daemon is not running and could not be started.",               \
	  "systemctl status nitro-policyd")                                    \
	X(DAEMON_SILENT, "daemon-timeout",                                     \
	  "The daemon did not answer within the deadline.",                    \
	  "systemctl status nitro-policyd; journalctl -u nitro-policyd")       \
	X(DAEMON_GONE, "daemon-gone",                                          \
	  "The connection to the daemon ended before it answered.",            \
	  "systemctl status nitro-policyd; journalctl -u nitro-policyd")       \
	X(DAEMON_IMPOSTOR, "daemon-impostor",                                  \
	  "The daemon's bus name belongs to a process of another user.",       \
	  "Only root and the user nitro-policyd in /etc/passwd are believed; " \
	  "see the bus policy in system.d.")                                   \
	X(REPLY_FORGED, "reply-forged",                                        \
	  "The reply came from somebody who was not asked.",                   \
	  "The bus lets unrequested replies pass; see its configuration.")     \
	X(REPLY_MALFORMED, "reply-malformed",                                  \
	  "The daemon's reply is malformed.",                                  \
	  "Are nitro-policyd and this program of the same version?")           \
	X(DECISION_UNKNOWN, "decision-unknown",                                \
	  "The daemon's decision is neither allow nor deny.",                  \
	  "Are nitro-policyd and this program of the same version?")           \
	X(QUESTION_INVALID, "question-invalid",                                \
	  "The question cannot be put on the bus.",                            \
	  "Is the name of the user or the service not UTF-8?")                 \
	X(NO_MEMORY, "no-memory", "Memory is exhausted.", "")

#define ANSWER_FAILURE_CODE(code, name, sentence, hint) ANSWER_FAILURE_##code,
enum answer_failure { ANSWER_FAILURE_TABLE(ANSWER_FAILURE_CODE) };
#undef ANSWER_FAILURE_CODE

/* Whether a text of whatever origin has the form of a live verdict's id. */
bool answer_id_is_valid(const char *id);

/* What a refusal says; borrowed, cleaned on the way into the answer. */
struct answer_text {
	const char *sentence;
	const char *detail; /* added in brackets; NULL: none */
	const char *hint;
};

/* An answer that is not ANSWER_ALLOWED (such a kind becomes ANSWER_UNAVAILABLE),
 * with everything else empty. */
void answer_refuse(struct answer *ret_answer, enum answer_kind kind,
		   const char *reason, const struct answer_text *text);

/* ANSWER_UNAVAILABLE with the row of the table; `detail` (NULL: none) is added to
 * the sentence. Returns false, for the callers that do so too. */
bool answer_fail(struct answer *ret_answer, enum answer_failure failure,
		 const char *detail);

/* ANSWER_UNAVAILABLE from a D-Bus error reply: name and message. Returns false. */
bool answer_from_error(struct sd_bus_message *error, struct answer *ret_answer);

/* Reads the reply of Authorize or CheckVerdict ("sa{sv}"). Keys of the verdict that
 * this version does not know are passed over, so that a newer daemon can say more;
 * keys that it knows must have their type and occur once. Every outcome is an
 * answer. */
void answer_from_verdict(struct sd_bus_message *reply,
			 struct answer *ret_answer);

/* Reads the reply of AttachSession ("a{sv}") with the same strictness; it must name
 * the verdict `id`. ANSWER_ALLOWED or ANSWER_UNAVAILABLE. */
void answer_from_attachment(struct sd_bus_message *reply, const char *id,
			    struct answer *ret_answer);

/* The same from where the decision stands in a reply that says more, and whose
 * signature has been checked. */
void answer_from_decision(struct sd_bus_message *reply,
			  struct answer *ret_answer);

/* Reads the reply of CreateChallenge ("ayt"). */
bool answer_from_challenge(struct sd_bus_message *reply,
			   struct client_challenge *ret_challenge,
			   struct answer *reterr_answer);

#endif
