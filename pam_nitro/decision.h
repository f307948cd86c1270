/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table from answers to PAM codes. It has no row that ignores a failure.
 */
#ifndef NITRO_PAM_DECISION_H
#define NITRO_PAM_DECISION_H

#include "client/answer.h"

/* The groups of PAM in which something is decided. */
enum phase {
	PHASE_AUTH,
	PHASE_ACCOUNT,
	PHASE_SESSION,
};

/* What the hook of the phase returns. */
int decision_code(enum phase phase, enum answer_kind kind);

/* "allowed", "denied", "unavailable" */
const char *decision_name(enum answer_kind kind);

#endif
