/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line for the log of authentications about each answer. Whoever tries to log
 * in learns nothing: sshd says "Permission denied" to all alike.
 */
#ifndef NITRO_AUTHORIZED_KEYS_REPORT_H
#define NITRO_AUTHORIZED_KEYS_REPORT_H

#include <stdbool.h>

#include "client/client.h"

struct report {
	const char *user;
	const char *service;
	const char *fingerprint; /* "": sshd did not say it */
	/* Nothing that an admin waits for: each client offers its keys in turn. */
	bool is_ordinary;
};

/* An allowance that is only audited was none; see main.c. */
void report_answer(const struct report *report, const struct answer *answer);

#endif
