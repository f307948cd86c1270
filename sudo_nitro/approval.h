/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One command, one answer: the daemon is asked whether a live verdict of the session
 * that sudo runs in allows it, and if not, evidence is asked for where the admin
 * wants that. Nothing is judged here and nothing is remembered: a verdict may end
 * between two commands.
 */
#ifndef NITRO_SUDO_APPROVAL_H
#define NITRO_SUDO_APPROVAL_H

#include <sudo_plugin.h>

#include "sudo_nitro/invocation.h"
#include "sudo_nitro/options.h"

struct approval {
	struct options options;
	struct invoker invoker;
	/* NULL: there is nobody who could answer a challenge. */
	sudo_conv_t converse;
};

/* Every outcome is an answer. Returns after four times the timeout of the options at
 * the latest, and the time that whoever is asked takes, or the name service to find a
 * user whom sudo has just found there. */
void approval_judge(const struct approval *approval, char *const command_info[],
		    struct answer *ret_answer);

#endif
