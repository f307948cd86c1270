/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sudo's conversation function as a way to hold nitro-attest/1.
 */
#ifndef NITRO_SUDO_ASK_H
#define NITRO_SUDO_ASK_H

#include <stdbool.h>
#include <sudo_plugin.h>

#include "client/conversation.h"

/* Characters of one answer: sudo cuts at SUDO_CONV_REPL_MAX, which is 1023. */
#define ASK_CHARACTERS_MAX 1000

struct ask {
	sudo_conv_t converse;
	int timeout_seconds; /* of each prompt */
	bool failed;	     /* there is nobody to ask */
};

/* One prompt with echo for each question; `ask` is borrowed. */
struct conversation ask_by(struct ask *ask);

#endif
