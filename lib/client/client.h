/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One question to the daemon, one answer, within a deadline. Each call opens its
 * own private connection to the system bus and closes it before it returns:
 * nothing is kept, so nothing can be shared by accident after a fork. The answer
 * is accepted only from a process of the daemon's user or root. Safe in foreign
 * processes: no signal, environment, locale, thread or standard stream is touched,
 * no name service is asked and nothing is executed.
 */
#ifndef NITRO_CLIENT_CLIENT_H
#define NITRO_CLIENT_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/time_units.h"
#include "client/answer.h"
#include "dbus/nitro_bus.h"

/* Deadlines are microseconds from the call to its return, everything included:
 * connecting, activation, queueing, judging. */
#define CLIENT_TIMEOUT_DEFAULT_USEC (5 * USEC_PER_SEC)

/* What is asked about; borrowed. From remote_host on it is what the asking program
 * knows about the login; NULL, "" or SPAN_ABSENT: not known. */
struct client_question {
	const char *service;
	const char *user;
	const char *remote_host;
	const char *tty;
	const char *command;
	const char *run_as;
	const char *run_as_group;
	const char *host;
	struct span ssh_key; /* key or certificate, wire format, just proven */
	const char *ticket;  /* given instead of a document */
	struct span signature; /* over the challenge, by the document's key */
	struct span manifest;  /* envelope that came with the document */
};

/* The value of the kernel for processes that no login began. */
#define CLIENT_AUDIT_SESSION_NONE UINT32_MAX

/* A login session by its two names, each of which may be missing. */
struct client_session {
	const char *logind; /* NULL or "": none */
	uint32_t audit;	    /* CLIENT_AUDIT_SESSION_NONE: none */
};

/* Which live verdict is meant: the first of these that is given. */
struct client_selector {
	const char *verdict;		      /* id */
	struct span ssh_key;		      /* bound to this key */
	const struct client_session *session; /* attached to this session */
};

struct client_challenge {
	uint8_t nonce[NITRO_NONCE_SIZE];
	uint64_t lifetime_usec; /* from now */
};

/* Asks for a nonce for this service and user. True and *ret_challenge; or false
 * and *reterr_answer (ANSWER_UNAVAILABLE) with reason, message and hint. */
bool client_create_challenge(const char *service, const char *user,
			     uint64_t timeout_usec,
			     struct client_challenge *ret_challenge,
			     struct answer *reterr_answer);

/* Submits a document for judgement; `nonce` is the challenge that it answers, or
 * SPAN_ABSENT. The document is SPAN_ABSENT where the question's ticket or ssh_key (a
 * certificate) brings it. Every outcome is an answer. */
void client_authorize(const struct client_question *question, struct span nonce,
		      struct span document, uint64_t timeout_usec,
		      struct answer *ret_answer);

/* Asks whether a live verdict allows what the question says. Its ssh_key and ticket
 * are not sent: they bring evidence, and there is none here. Every outcome is an
 * answer. */
void client_check_verdict(const struct client_question *question,
			  const struct client_selector *selector,
			  uint64_t timeout_usec, struct answer *ret_answer);

/* Attaches the verdict `id`, which the question's service and user were allowed by,
 * to the session; without any name of a session, to the process that asks.
 * ANSWER_ALLOWED when it is attached, with what is known about the verdict; never
 * ANSWER_DENIED. */
void client_attach_session(const char *id,
			   const struct client_question *question,
			   const struct client_session *session,
			   uint64_t timeout_usec, struct answer *ret_answer);

/* Ends the verdict because its session ends. False and *reterr_answer when the
 * daemon did not say that it did. */
bool client_detach_session(const char *id, uint64_t timeout_usec,
			   struct answer *reterr_answer);

#endif
