/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-sim init: a new authority in a directory. Never replaces one.
 */
#include "config.h"

#include <err.h>
#include <getopt.h>
#include <stdio.h>

#include "nitro-sim/authority.h"
#include "nitro-sim/command.h"

static void print_help(void)
{
	puts("Usage: nitro-sim init DIR\n"
	     "Makes a new authority: DIR/" AUTHORITY_ROOT_FILE
	     " (its certificate) and DIR/" AUTHORITY_KEY_FILE ".\n"
	     "A host trusts it when " AUTHORITY_ROOT_FILE
	     " is copied to " NITRO_CONFIG_DIR "/roots.d/sim.pem\n"
	     "and a rule says 'roots = sim'. Never on a production host.");
}

static int make(const char *path)
{
	_cleanup_authority_ struct authority *authority = NULL;
	int r;

	r = authority_new(&authority);
	if (r < 0) {
		warnx("cannot make an authority: OpenSSL or memory failed");
		return EXIT_FAILURE;
	}
	r = authority_store(authority, path);
	if (r < 0) {
		warnx("%s: %s", path, authority_explain(r));
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

int cmd_init(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option != 'h')
			return EXIT_USAGE;
		print_help();
		return EXIT_SUCCESS;
	}
	if (argc - optind != 1) {
		warnx("init takes one directory; see 'nitro-sim init --help'");
		return EXIT_USAGE;
	}
	return make(argv[optind]);
}
