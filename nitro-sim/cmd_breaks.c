/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-sim breaks: what --break can break, and the refusal that must follow.
 */
#include "config.h"

#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "nitro-sim/breaks.h"
#include "nitro-sim/command.h"
#include "nitro-sim/manifest.h"

static void print_help(void)
{
	puts("Usage: nitro-sim breaks\n"
	     "Lists the names for 'nitro-sim document --break=NAME': one line "
	     "each,\n"
	     "with the reason that a verifier must give and what is wrong; "
	     "behind them\n"
	     "those for 'nitro-sim manifest --broken=NAME'.");
}

static void print_breaks(void)
{
	const struct manifest_break *broken;
	const struct sim_break *row;

	for (size_t i = 0; (row = breaks_at(i)) != NULL; i++)
		printf("%-32s %-26s %s\n", row->name, row->reason,
		       row->sentence);
	for (size_t i = 0; (broken = manifest_breaks_at(i)) != NULL; i++)
		printf("%-32s %-26s %s\n", broken->name, broken->reason,
		       broken->sentence);
}

int cmd_breaks(int argc, char **argv)
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
	if (optind != argc) {
		warnx("breaks takes no argument");
		return EXIT_USAGE;
	}
	print_breaks();
	return EXIT_SUCCESS;
}
