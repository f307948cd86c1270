/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is told what. The admin's log gets everything; whoever wants in gets one
 * sentence about a denial, and no more than a code about troubles of the host.
 * Nothing that others wrote reaches either unfiltered.
 */
#ifndef NITRO_PAM_REPORT_H
#define NITRO_PAM_REPORT_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "client/client.h"

/* One line for the log of authentications. */
void report_to_admin(const pam_handle_t *pamh,
		     const struct client_question *question,
		     const struct answer *answer);

/* One PAM_ERROR_MSG; nothing when the answer is an allowance. */
void report_to_user(pam_handle_t *pamh, const struct answer *answer);

/* The same two about an option that is wrong. */
void report_problem(pam_handle_t *pamh, const char *problem, bool silent);

#endif
