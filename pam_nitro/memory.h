/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one phase of a login leaves to the next: the id of its live verdict, in the
 * PAM handle with user and service that it was given for, and in the PAM environment
 * as NITRO_VERDICT. Of the two only the environment survives where a program asks in
 * another process than it opens the session in, as sshd does. An id opens nothing by
 * itself: the daemon compares user, service and caller each time.
 */
#ifndef NITRO_PAM_MEMORY_H
#define NITRO_PAM_MEMORY_H

#include "pam_nitro/call.h"

/* Finds what was kept, in call->memory: user and service are empty where only the
 * environment has it. False and call->answer when NITRO_VERDICT is no id. */
bool memory_recall(struct call *call) _must_use_;

/* Keeps the verdict of the call's answer, if it lives, for the user and service of
 * its question, and exports its id. Without memory the answer turns into a failure. */
void memory_keep(struct call *call);

/* Keeps that the verdict in call->memory is attached, and exports what the answer
 * says about it. Without memory the answer turns into a failure. */
void memory_keep_attached(struct call *call);

/* Takes back all of it. */
void memory_forget(struct call *call);

#endif
