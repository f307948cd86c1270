/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's command line.
 */
#ifndef NITRO_POLICYD_OPTIONS_H
#define NITRO_POLICYD_OPTIONS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/compiler.h"
#include "nitro-policyd/journal.h"

struct options {
	const char *config_dir;
	const char *state_dir;
	/* Whose configuration files are trusted beside root's: the daemon's own
	 * user, if the directory was named explicitly. */
	uid_t owner;
	bool check_only;
	enum journal_target log_target;
};

enum options_outcome {
	OPTIONS_RUN,  /* go on with *ret_options */
	OPTIONS_DONE, /* --help or --version was printed */
	OPTIONS_BAD,  /* what is wrong was printed to stderr */
};

enum options_outcome options_parse(int argc, char **argv,
				   struct options *ret_options) _must_use_;

#endif
