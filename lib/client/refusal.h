/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a gate refuses by itself, before the daemon is asked to judge. Each
 * refusal is an answer like the daemon's, so that one table
 * turns answers into codes and one function reports them.
 */
#ifndef NITRO_CLIENT_REFUSAL_H
#define NITRO_CLIENT_REFUSAL_H

#include <stdbool.h>

#include "client/answer.h"

/* Denied: the other side answered, and badly. Unavailable: it never could. X(CODE,
 * KIND, "name", "sentence", "hint") */
#define REFUSAL_TABLE(X)                                                       \
	X(NO_USER, UNAVAILABLE, "user-unknown", "The program named no user.",  \
	  "")                                                                  \
	X(USER_TOO_LONG, UNAVAILABLE, "user-too-long",                         \
	  "The user's name is longer than 256 bytes.", "")                     \
	X(SERVICE_TOO_LONG, UNAVAILABLE, "service-too-long",                   \
	  "The service has a longer name than rules can have.",                \
	  "Set service= in the stack.")                                        \
	X(NO_SERVICE, UNAVAILABLE, "service-unknown",                          \
	  "The program named no service.", "Set service= in the stack.")       \
	X(ORIGIN_TOO_LONG, UNAVAILABLE, "origin-too-long",                     \
	  "The remote host or the terminal has a longer name than rules "      \
	  "can have.",                                                         \
	  "Does the program set PAM_RHOST and PAM_TTY to something else?")     \
	X(FILE_UNREADABLE, UNAVAILABLE, "document-unreadable",                 \
	  "The document's file cannot be used.",                               \
	  "See source=file: in the stack, and who writes that file.")          \
	X(CONVERSATION_FAILED, UNAVAILABLE, "conversation-failed",             \
	  "The program could not ask for an answer.",                          \
	  "Does it support prompts? In sshd: KbdInteractiveAuthentication.")   \
	X(VERDICT_MALFORMED, UNAVAILABLE, "verdict-malformed",                 \
	  "NITRO_VERDICT in the PAM environment is not the id of a verdict.",  \
	  "Does another module let users set it? See user_readenv of "         \
	  "pam_env.")                                                          \
	X(VERDICT_MISSING, DENIED, "verdict-missing",                          \
	  "This login holds no live verdict, and no SSH key to ask about.",    \
	  "Does the stack authenticate by pam_nitro? If sshd does, by a "      \
	  "key alone: it tells of the key when the session opens, so that "    \
	  "'require' has to stand in a session line.")                         \
	X(KEYS_MALFORMED, UNAVAILABLE, "ssh-keys-malformed",                   \
	  "SSH_AUTH_INFO_0 in the PAM environment cannot be read.",            \
	  "A line of it has to be 'publickey TYPE BASE64'; who sets it, if "   \
	  "not sshd?")                                                         \
	X(KEYS_NOT_OF_SSHD, UNAVAILABLE, "ssh-keys-claimed",                   \
	  "SSH_AUTH_INFO_0 in the PAM environment is not as sshd writes it.",  \
	  "Does pam_env let users set it (user_readenv)? Its line belongs "    \
	  "behind that of pam_nitro.")                                         \
	X(KEYS_TOO_MANY, UNAVAILABLE, "ssh-keys-too-many",                     \
	  "The login has proven more than 4 SSH keys.", "")                    \
	X(KEYS_TOO_LARGE, UNAVAILABLE, "ssh-keys-too-large",                   \
	  "An SSH key or certificate is larger than 32 KiB.", "")              \
	X(NO_COMMAND, UNAVAILABLE, "command-unknown",                          \
	  "The program did not say which command is to be run.", "")           \
	X(NO_GROUP, UNAVAILABLE, "group-unknown",                              \
	  "The program did not say which group the command is to run as.", "") \
	X(NO_SESSION, DENIED, "session-unknown",                               \
	  "The command does not come from a login session.",                   \
	  "Neither systemd-logind nor the kernel knows one; see "              \
	  "sudo_nitro(8).")                                                    \
	X(OPTION, UNAVAILABLE, "option-invalid",                               \
	  "An option of the gate is wrong.",                                   \
	  "Nobody is let in until it is mended.")                              \
	X(NO_MEMORY, UNAVAILABLE, "no-memory", "Memory is exhausted.", "")     \
	X(ANSWER_MISSING, DENIED, "answer-missing", "The answer is empty.",    \
	  "A person cannot answer this prompt: use nitro-attest askpass.")     \
	X(ANSWER_TICKET, DENIED, "answer-not-a-ticket",                        \
	  "An answer is not of the form 'ticket' and letters and digits.",     \
	  "A ticket is typed as it was shown, instead of the first part.")     \
	X(ANSWER_TOO_LONG, DENIED, "answer-too-long",                          \
	  "An answer is longer than the prompt allows.",                       \
	  "Answer in parts of at most the max= characters of the prompt.")     \
	X(ANSWER_MALFORMED, DENIED, "answer-malformed",                        \
	  "An answer is not of the form PART/TOTAL BASE64URL.",                \
	  "A person cannot answer this prompt: use nitro-attest askpass.")     \
	X(ANSWER_WRONG_PART, DENIED, "answer-wrong-part",                      \
	  "An answer is not the part that was asked for.",                     \
	  "Does the client answer prompts of an earlier login?")               \
	X(ANSWER_TOTAL, DENIED, "answer-total",                                \
	  "The number of parts is not within 1 to 64, or changed.",            \
	  "A larger chunk= in the stack means fewer parts.")                   \
	X(ANSWER_TOO_LARGE, DENIED, "answer-too-large",                        \
	  "The document is larger than 16 KiB.", "")                           \
	X(ANSWER_NOT_BASE64, DENIED, "answer-not-base64",                      \
	  "The answers together are not base64url without padding.", "")       \
	X(ANSWER_LATE, DENIED, "answer-late",                                  \
	  "The challenge expired before the last answer.",                     \
	  "See challenge_lifetime in policyd.conf.")

#define REFUSAL_CODE(code, kind, name, sentence, hint) REFUSAL_##code,
enum refusal { REFUSAL_TABLE(REFUSAL_CODE) };
#undef REFUSAL_CODE

/* Writes the row of the table, with `detail` (NULL: none) after the sentence.
 * Returns false, for the callers that do so too. */
bool refusal_give(enum refusal refusal, const char *detail,
		  struct answer *reterr_answer);

#endif
