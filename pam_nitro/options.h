/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arguments of the module in a PAM stack.
 */
#ifndef NITRO_PAM_OPTIONS_H
#define NITRO_PAM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/option_list.h"

/* service=: as long as a service may be in a rule. */
#define OPTIONS_SERVICE_MAX 64

/* chunk=: characters of one answer. sudo and polkit's helper refuse 512, OpenSSH's
 * client cuts at 1023; 22000 take the largest document in one. */
#define OPTIONS_CHUNK_MIN     64
#define OPTIONS_CHUNK_MAX     22000
#define OPTIONS_CHUNK_DEFAULT 500

/* retry=: how often at most the document is asked for. */
#define OPTIONS_RETRY_MAX 9

/* Texts are borrowed from the arguments. */
struct options {
	const char *service; /* NULL: the name that the program gave to PAM */
	const char *file;    /* absolute path; NULL: source=prompt */
	unsigned chunk;
	unsigned retry;
	uint64_t timeout_usec; /* of each question to the daemon */
	bool debug;
	bool quiet;
	bool require; /* a live verdict, when the session opens */
};

/* True and *ret_options; or false and a sentence as option_list_parse() has it. */
bool options_parse(int argc, const char **argv, struct options *ret_options,
		   char reterr_problem[static OPTION_LIST_PROBLEM_SIZE])
	_must_use_;

#endif
