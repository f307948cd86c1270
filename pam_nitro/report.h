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

#include "pam_nitro/call.h"

/* One line for the log of authentications. */
void report_to_admin(const struct call *call);

/* One PAM_ERROR_MSG about a refusal; one PAM_TEXT_INFO where authentication was
 * allowed, but soon will not be. */
void report_to_user(const struct call *call);

/* The admin's line about a session whose end the daemon was not told of. */
void report_detachment(const struct call *call);

/* Both are told of an option that is wrong. */
void report_problem(pam_handle_t *pamh, const char *problem, bool silent);

#endif
