/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each phase of a login asks the daemon. Each function leaves its outcome in
 * call->answer; call_find_question() has succeeded before.
 */
#ifndef NITRO_PAM_PHASES_H
#define NITRO_PAM_PHASES_H

#include "pam_nitro/call.h"

/* By a document or a ticket, from the prompt or from a file. */
void authenticate(struct call *call);

/* By what was proven before: the live verdict of pam_sm_authenticate(), or the keys
 * that sshd verified by itself. All questions share one timeout. */
void judge_account(struct call *call);

/* Attaches the login's live verdict to the session and says in the PAM environment
 * what it is about. False when there is nothing to attach: an earlier line of the
 * stack did so, or the login has no verdict and the stack does not require one. */
bool open_session(struct call *call);

/* Ends the verdict that open_session() attached, if it did. The daemon notices the
 * end of a session by itself, so that a failure is no more than logged. */
void close_session(struct call *call);

#endif
