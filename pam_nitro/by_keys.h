/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the keys are worth that sshd verified by itself, without asking PAM.
 */
#ifndef NITRO_PAM_BY_KEYS_H
#define NITRO_PAM_BY_KEYS_H

#include "pam_nitro/call.h"

/* Asks about each proven key, in order, whether a live verdict is bound to it, and of
 * a certificate, whether the document is good that it may carry. The first key decides
 * that is not denied; its verdict is kept. All questions share one timeout. Without a
 * key the answer is a denial. */
void judge_by_keys(struct call *call);

#endif
