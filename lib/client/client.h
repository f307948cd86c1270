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
#include "client/answer.h"
#include "dbus/nitro_bus.h"

/* Deadlines are microseconds from the call to its return, everything included:
 * connecting, activation, queueing, judging. */
#define CLIENT_TIMEOUT_DEFAULT_USEC (5 * UINT64_C(1000000))

/* What is asked about; borrowed. The last three say where the login comes from, as
 * the asking program knows it; NULL or "": not known. */
struct client_question {
	const char *service;
	const char *user;
	const char *remote_host;
	const char *tty;
	const char *command;
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
 * SPAN_ABSENT. Every outcome is an answer. */
void client_authorize(const struct client_question *question, struct span nonce,
		      struct span document, uint64_t timeout_usec,
		      struct answer *ret_answer);

#endif
