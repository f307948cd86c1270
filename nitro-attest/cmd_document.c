/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-attest document: one document from the module, to a file or to standard
 * output. Never bytes to a terminal.
 */
#include "config.h"

#include "base/base64.h"
#include "nitro-attest/fetch.h"
#include "nitro-attest/output.h"
#include "nitro-attest/verbs.h"
#include "nsm/protocol.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>

struct document_arguments {
	struct fetch_options fetch;
	const char *output; /* NULL: standard output */
	bool base64;
};

static bool parse_arguments(int argc, char **argv,
			    struct document_arguments *arguments)
{
	static const struct option options[] = {
		{ "nsm", required_argument, NULL, 'm' },
		{ "nonce", required_argument, NULL, 'n' },
		{ "user-data", required_argument, NULL, 'u' },
		{ "public-key", required_argument, NULL, 'k' },
		{ "base64", no_argument, NULL, 'b' },
		{ "output", required_argument, NULL, 'o' },
		{ NULL },
	};
	const char **values[UINT8_MAX + 1] = {
		['m'] = &arguments->fetch.nsm,
		['n'] = &arguments->fetch.nonce,
		['u'] = &arguments->fetch.user_data,
		['k'] = &arguments->fetch.public_key,
		['o'] = &arguments->output,
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return false;
		if (option == 'b')
			arguments->base64 = true;
		else
			*values[option] = optarg;
	}
	if (optind == argc)
		return true;
	warnx("Unexpected argument \"%s\".", argv[optind]);
	return false;
}

static int emit(const struct document_arguments *arguments, struct span text)
{
	int r;

	if (arguments->output != NULL) {
		output_hold_signals();
		r = output_replace(AT_FDCWD, arguments->output, 0666, text);
	} else {
		r = output_write(STDOUT_FILENO, text);
	}
	if (r == 0)
		return 0;
	warnx("%s: %s.",
	      arguments->output != NULL ? arguments->output : "standard output",
	      r == -EEXIST ? "It is not a regular file and stays as it is"
			   : strerror(-r));
	return EXIT_REFUSED;
}

static int emit_base64(const struct document_arguments *arguments,
		       struct span document)
{
	char text[BASE64_SIZE(NSM_RESPONSE_MAX) + 1];
	size_t length = base64_encode(BASE64_STANDARD, document, text);

	text[length++] = '\n';
	return emit(arguments, span_of(text, length));
}

int cmd_document(int argc, char **argv)
{
	_cleanup_(buffer_freep) struct buffer document = BUFFER_EMPTY;
	struct document_arguments arguments = { 0 };

	if (!parse_arguments(argc, argv, &arguments))
		return EXIT_USAGE;
	if (arguments.output == NULL && !arguments.base64 &&
	    isatty(STDOUT_FILENO) == 1) {
		warnx("A document is binary and this is a terminal; use "
		      "--base64, --output FILE or a pipe.");
		return EXIT_USAGE;
	}
	if (fetch_document(&arguments.fetch, SPAN_ABSENT, &document) < 0)
		return EXIT_REFUSED;
	if (arguments.base64)
		return emit_base64(&arguments, buffer_span(&document));
	return emit(&arguments, buffer_span(&document));
}
