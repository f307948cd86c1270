/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-attest submit: deposits a document and prints the ticket for it.
 */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>

#include "nitro-attest/fetch.h"
#include "nitro-attest/output.h"
#include "nitro-attest/submit.h"
#include "nitro-attest/verbs.h"

struct submit_arguments {
	struct fetch_options fetch;
	struct submit_options submit;
	const char *document; /* NULL: ask the module for one */
};

static bool parse_options(int argc, char **argv,
			  struct submit_arguments *arguments)
{
	static const struct option options[] = {
		{ "nsm", required_argument, NULL, 'm' },
		{ "nonce", required_argument, NULL, 'n' },
		{ "user-data", required_argument, NULL, 'u' },
		{ "public-key", required_argument, NULL, 'k' },
		{ "private-key", required_argument, NULL, 'p' },
		{ "to", required_argument, NULL, 't' },
		{ "document", required_argument, NULL, 'd' },
		{ NULL },
	};
	const char **values[UINT8_MAX + 1] = {
		['m'] = &arguments->fetch.nsm,
		['n'] = &arguments->fetch.nonce,
		['u'] = &arguments->fetch.user_data,
		['k'] = &arguments->fetch.public_key,
		['p'] = &arguments->submit.key,
		['t'] = &arguments->submit.to,
		['d'] = &arguments->document,
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return false;
		*values[option] = optarg;
	}
	return true;
}

static bool parse_arguments(int argc, char **argv,
			    struct submit_arguments *arguments)
{
	if (!parse_options(argc, argv, arguments))
		return false;
	if (optind != argc) {
		warnx("Unexpected argument \"%s\".", argv[optind]);
		return false;
	}
	if (arguments->document != NULL &&
	    (arguments->fetch.nsm != NULL || arguments->fetch.nonce != NULL ||
	     arguments->fetch.user_data != NULL ||
	     arguments->fetch.public_key != NULL)) {
		warnx("--document brings a document that is made already; "
		      "--nsm, --nonce, --user-data and --public-key say what "
		      "a new one shall hold.");
		return false;
	}
	return true;
}

static int get_document(const struct submit_arguments *arguments,
			struct buffer *ret_document)
{
	const struct read_file_limits limits = {
		.max_size = DEPOSIT_DOCUMENT_MAX,
	};
	int r;

	if (arguments->document == NULL)
		return fetch_document(&arguments->fetch, SPAN_ABSENT,
				      ret_document);
	r = read_file_at(AT_FDCWD, arguments->document, &limits, ret_document);
	if (r < 0)
		warnx("%s: %s", arguments->document, read_file_explain(r));
	return r;
}

int cmd_submit(int argc, char **argv)
{
	_cleanup_(buffer_freep) struct buffer document = BUFFER_EMPTY;
	struct submit_arguments arguments = { .document = NULL };
	char ticket[DEPOSIT_TICKET_MAX + 2];
	size_t length;
	int r;

	if (!parse_arguments(argc, argv, &arguments))
		return EXIT_USAGE;
	if (get_document(&arguments, &document) < 0 ||
	    submit_document(&arguments.submit, buffer_span(&document), ticket) <
		    0)
		return EXIT_REFUSED;

	length = strlen(ticket);
	ticket[length++] = '\n';
	r = output_write(STDOUT_FILENO, span_of(ticket, length));
	if (r == 0)
		return EXIT_SUCCESS;
	warnx("standard output: %s.", strerror(-r));
	return EXIT_REFUSED;
}
