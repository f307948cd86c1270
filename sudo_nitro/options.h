/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options behind the plugin's path in sudo.conf. sudo itself ignores what it
 * does not understand in that file; here a wrong option refuses every command.
 */
#ifndef NITRO_SUDO_OPTIONS_H
#define NITRO_SUDO_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/option_list.h"

struct options {
	uint64_t timeout_usec; /* of each question to the daemon */
	bool challenge;	       /* ask for evidence where a verdict is wanting */
	bool exempt_root;      /* do not ask when root himself runs sudo */
	bool debug;
};

/* Reads the vector that sudo gives, which is NULL for none. True and *ret_options;
 * or false and a sentence as option_list_parse() has it. */
bool options_parse(char *const arguments[], struct options *ret_options,
		   char reterr_problem[static OPTION_LIST_PROBLEM_SIZE])
	_must_use_;

#endif
