/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-sim document: one signed document, to a file or to standard output.
 */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#include "base/base64.h"
#include "base/time_text.h"
#include "nitro-sim/arguments.h"
#include "nitro-sim/breaks.h"
#include "nitro-sim/command.h"
#include "nitro-sim/document.h"

struct invocation {
	struct arguments *arguments;
	const char *directory;
	const char *output; /* NULL: standard output */
	bool base64;
};

static void print_help(void)
{
	printf("Usage: nitro-sim document DIR [OPTION]...\n"
	       "Writes one attestation document signed by the authority in "
	       "DIR.\n\n"
	       "%s"
	       "  --output=FILE        write to FILE instead of standard "
	       "output\n"
	       "  --base64             write base64 text and a newline\n",
	       arguments_help);
}

static int write_text(FILE *out, struct span document)
{
	_cleanup_free_ char *text = malloc(BASE64_SIZE(document.size));

	if (text == NULL)
		return -ENOMEM;
	base64_encode(BASE64_STANDARD, document, text);
	return fprintf(out, "%s\n", text) < 0 ? -errno : 0;
}

static int write_document(const struct invocation *invocation,
			  struct span document)
{
	FILE *out = stdout;
	int r = 0;

	if (invocation->output != NULL)
		out = fopen(invocation->output, "we");
	if (out == NULL)
		return -errno;
	if (invocation->base64)
		r = write_text(out, document);
	else if (fwrite(document.data, 1, document.size, out) != document.size)
		r = -errno;
	if (fclose(out) != 0 && r == 0)
		r = -errno;
	return r;
}

/* A break may need another time than the one asked for. */
static void explain_time(const struct invocation *invocation, int64_t time_ms)
{
	char text[TIME_TEXT_SIZE];

	if (time_ms == invocation->arguments->options.time_ms)
		return;
	time_format(time_ms, text);
	warnx("note: judge this document at %s", text);
}

static int make(const struct invocation *invocation)
{
	_cleanup_authority_ struct authority *authority = NULL;
	_cleanup_bytes_ struct bytes document = BYTES_EMPTY;
	int64_t time_ms;
	int r;

	r = authority_load(invocation->directory, &authority);
	if (r < 0) {
		warnx("%s: %s", invocation->directory, authority_explain(r));
		return EXIT_FAILURE;
	}
	r = document_make(authority, &invocation->arguments->options, &document,
			  &time_ms);
	if (r < 0) {
		warnx("cannot make the document: OpenSSL or memory failed");
		return EXIT_FAILURE;
	}
	r = write_document(invocation, bytes_span(&document));
	if (r < 0) {
		warnx("cannot write %s: %s",
		      invocation->output != NULL ? invocation->output
						 : "the document",
		      strerror(-r));
		return EXIT_FAILURE;
	}
	explain_time(invocation, time_ms);
	return EXIT_SUCCESS;
}

/* -1 when the options are read and the verb may run, else the exit code. */
static int read_options(int argc, char **argv, struct invocation *invocation)
{
	static const struct option options[] = {
		ARGUMENT_ROWS{ "output", required_argument, NULL, 'o' },
		{ "base64", no_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == '?')
			return EXIT_USAGE;
		if (option == 'h') {
			print_help();
			return EXIT_SUCCESS;
		}
		if (option == 'o')
			invocation->output = optarg;
		else if (option == 'b')
			invocation->base64 = true;
		else if (!arguments_read(invocation->arguments, option, optarg))
			return EXIT_USAGE;
	}
	return arguments_check(invocation->arguments) ? -1 : EXIT_USAGE;
}

int cmd_document(int argc, char **argv)
{
	_cleanup_arguments_ struct arguments arguments;
	struct invocation invocation = { .arguments = &arguments };
	int code;

	arguments_init(&arguments);
	code = read_options(argc, argv, &invocation);
	if (code >= 0)
		return code;
	if (argc - optind != 1) {
		warnx("document takes one directory; see 'nitro-sim document "
		      "--help'");
		return EXIT_USAGE;
	}
	invocation.directory = argv[optind];
	if (invocation.output == NULL && !invocation.base64 &&
	    isatty(STDOUT_FILENO)) {
		warnx("a document is binary: redirect it, or use --output=FILE "
		      "or --base64");
		return EXIT_USAGE;
	}
	return make(&invocation);
}
