/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program's conversation function as a way to hold nitro-attest/1.
 */
#ifndef NITRO_PAM_ASK_H
#define NITRO_PAM_ASK_H

#include <security/pam_modules.h>

#include "client/conversation.h"

/* One PAM_PROMPT_ECHO_ON for each prompt; `pamh` is borrowed. */
struct conversation ask_by(pam_handle_t *pamh);

#endif
