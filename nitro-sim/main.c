/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-sim: a software enclave authority for trials and tests. Its documents are
 * worth nothing: no host trusts its root unless the admin says so.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "nitro-sim/command.h"

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *synopsis;
	const char *summary;
};

static const struct verb verbs[] = {
	{ "init", cmd_init, "DIR", "make a new authority in DIR" },
	{ "document", cmd_document, "DIR [OPTION]...",
	  "write a document signed by the authority in DIR" },
	{ "nsm", cmd_nsm, "DIR [OPTION]...",
	  "serve documents on a socket, as /dev/nsm of an enclave does" },
	{ "manifest", cmd_manifest, "OUT [OPTION]...",
	  "make a QOS manifest, and what binds documents to it" },
	{ "respond", cmd_respond, "FILE [OPTION]...",
	  "answer as an application that has the key of a document" },
	{ "breaks", cmd_breaks, "",
	  "list what --break and --broken can break" },
};

static void print_help(FILE *out)
{
	fputs("Usage: nitro-sim [--help | --version] VERB [ARGUMENT]...\n"
	      "Simulates the authority behind attestation documents, for "
	      "trials and tests.\n\n",
	      out);
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		fprintf(out, "  %-9s %-16s %s\n", verbs[i].name,
			verbs[i].synopsis, verbs[i].summary);
	fputs("\n'nitro-sim VERB --help' explains a verb; see nitro-sim(1).\n",
	      out);
}

static int run_verb(int argc, char **argv)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verbs[i].name, argv[0]) == 0)
			return verbs[i].run(argc, argv);
	fprintf(stderr,
		"nitro-sim: there is no verb '%s'; 'nitro-sim --help' lists "
		"them\n",
		argv[0]);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int option;

	/* "+": the verb ends the options of nitro-sim itself. */
	while ((option = getopt_long(argc, argv, "+hV", options, NULL)) != -1) {
		switch (option) {
		case 'h':
			print_help(stdout);
			return EXIT_SUCCESS;
		case 'V':
			puts("nitro-sim (" PACKAGE_NAME ") " PACKAGE_VERSION);
			return EXIT_SUCCESS;
		default:
			return EXIT_USAGE;
		}
	}
	if (optind == argc) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	argc -= optind;
	argv += optind;
	optind = 0; /* getopt_long() starts anew for the verb */
	return run_verb(argc, argv);
}
