/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's command line.
 */
#ifndef NITRO_POLICYD_OPTIONS_H
#define NITRO_POLICYD_OPTIONS_H

#include <stdbool.h>

#include <systemd/sd-id128.h>

#include "base/compiler.h"
#include "config/config_directory.h"
#include "nitro-policyd/journal.h"

struct options {
	const char *config_dir;	     /* NULL: not given */
	const char *vendor_dir;	     /* NULL: not given */
	struct config_layers layers; /* what comes of these two */
	const char *state_dir;
	const char *runtime_dir;
	sd_id128_t boot;
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
