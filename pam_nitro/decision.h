/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table from answers to PAM codes. It has no row that ignores a failure.
 */
#ifndef NITRO_PAM_DECISION_H
#define NITRO_PAM_DECISION_H

#include "client/answer.h"

/* The return value of pam_sm_authenticate(). */
int decision_authenticate(enum answer_kind kind);

/* "allowed", "denied", "unavailable" */
const char *decision_name(enum answer_kind kind);

#endif
