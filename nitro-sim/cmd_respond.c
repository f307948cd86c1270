/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-sim respond: what an application in an enclave answers, signed with a key
 * whose public half a document carries.
 */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#include "base/read_file.h"
#include "nitro-sim/command.h"
#include "nitro-sim/keys.h"
#include "nitro-sim/respond.h"

#define FILE_MAX 1048576u

DEFINE_CLEANUP(BIO *, BIO_free)

/* The files that were named, and what they hold. */
enum part {
	PART_KEY,
	PART_PUBLIC_KEY,
	PART_PAYLOAD,
	PART_DOCUMENT,
	PART_TEXT,
	PARTS
};

struct invocation {
	const char *kind;
	const char *names[PARTS];
	struct buffer contents[PARTS];
};

static void invocation_clear(struct invocation *invocation)
{
	for (size_t i = 0; i < PARTS; i++)
		buffer_free(invocation->contents[i]);
}

static void print_help(void)
{
	puts("Usage: nitro-sim respond --key=FILE [OPTION]... FILE\n"
	     "Answers as an application whose key is in a document, with the "
	     "text in FILE:\n\n"
	     "  --kind=KIND        message (default): the signature alone;\n"
	     "                     visualsign: the JSON of a gateway;\n"
	     "                     turnkey-proof: an application proof\n"
	     "  --key=FILE         private key in PEM; P-256 but for messages\n"
	     "  --public-key=FILE  what the document carries, for the others\n"
	     "  --payload=FILE     visualsign: what was sent to be shown\n"
	     "  --document=FILE    visualsign: the boot proof");
}

static bool read_part(struct invocation *invocation, enum part part)
{
	const struct read_file_limits limits = { .max_size = FILE_MAX };
	const char *name = invocation->names[part];
	int r;

	if (name == NULL)
		return true;
	r = read_file_at(AT_FDCWD, name, &limits, &invocation->contents[part]);
	if (r < 0)
		warnx("%s: %s", name, read_file_explain(r));
	return r >= 0;
}

static EVP_PKEY *read_key(const struct invocation *invocation)
{
	const struct buffer *pem = &invocation->contents[PART_KEY];
	_cleanup_(BIO_freep) BIO *bio =
		BIO_new_mem_buf(pem->data, (int)pem->size);
	static char no_passphrase[] = "";

	return bio == NULL ? NULL
			   : PEM_read_bio_PrivateKey(bio, NULL, NULL,
						     no_passphrase);
}

static int print_json(json_t *object)
{
	int r;

	if (object == NULL) {
		warnx("nothing could be signed: such answers take a key on "
		      "P-256 and a text in UTF-8");
		return EXIT_FAILURE;
	}
	r = json_dumpf(object, stdout, JSON_COMPACT);
	json_decref(object);
	return r == 0 && putchar('\n') != EOF ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int print_signature(const struct respond_options *options)
{
	_cleanup_bytes_ struct bytes signature = BYTES_EMPTY;

	if (respond_sign(options, &signature) < 0) {
		warnx("OpenSSL cannot sign with this key");
		return EXIT_FAILURE;
	}
	return fwrite(signature.data, 1, signature.size, stdout) ==
			       signature.size
		       ? EXIT_SUCCESS
		       : EXIT_FAILURE;
}

static int respond(struct invocation *invocation)
{
	const struct buffer *contents = invocation->contents;
	_cleanup_key_ EVP_PKEY *key = NULL;
	struct respond_options options;

	for (unsigned i = 0; i < PARTS; i++)
		if (!read_part(invocation, (enum part)i))
			return EXIT_FAILURE;
	key = read_key(invocation);
	if (key == NULL) {
		warnx("%s: not one private key in PEM without a passphrase",
		      invocation->names[PART_KEY]);
		return EXIT_FAILURE;
	}
	options = (struct respond_options){
		.key = key,
		.public_key = buffer_span(&contents[PART_PUBLIC_KEY]),
		.text = buffer_span(&contents[PART_TEXT]),
		.payload = buffer_span(&contents[PART_PAYLOAD]),
		.document = buffer_span(&contents[PART_DOCUMENT]),
	};
	if (strcmp(invocation->kind, "visualsign") == 0)
		return print_json(respond_visualsign(&options));
	if (strcmp(invocation->kind, "turnkey-proof") == 0)
		return print_json(respond_turnkey(&options));
	return print_signature(&options);
}

/* What the command line lacks; NULL: nothing. */
static const char *find_mistake(const struct invocation *invocation)
{
	const bool is_message = strcmp(invocation->kind, "message") == 0;

	if (!is_message && strcmp(invocation->kind, "visualsign") != 0 &&
	    strcmp(invocation->kind, "turnkey-proof") != 0)
		return "--kind takes message, visualsign or turnkey-proof";
	if (invocation->names[PART_KEY] == NULL)
		return "--key says who signs";
	if (!is_message && invocation->names[PART_PUBLIC_KEY] == NULL)
		return "--public-key says what the document carries";
	return invocation->names[PART_TEXT] == NULL ? "respond takes one FILE"
						    : NULL;
}

int cmd_respond(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "kind", required_argument, NULL, 'k' },
		{ "key", required_argument, NULL, PART_KEY },
		{ "public-key", required_argument, NULL, PART_PUBLIC_KEY },
		{ "payload", required_argument, NULL, PART_PAYLOAD },
		{ "document", required_argument, NULL, PART_DOCUMENT },
		{ 0 },
	};
	_cleanup_(invocation_clear) struct invocation invocation = {
		.kind = "message"
	};
	const char *mistake;
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == '?')
			return EXIT_USAGE;
		if (option == 'h') {
			print_help();
			return EXIT_SUCCESS;
		}
		if (option == 'k')
			invocation.kind = optarg;
		else
			invocation.names[option] = optarg;
	}
	if (optind == argc - 1)
		invocation.names[PART_TEXT] = argv[optind];
	mistake = find_mistake(&invocation);
	if (mistake != NULL) {
		warnx("%s; see 'nitro-sim respond --help'", mistake);
		return EXIT_USAGE;
	}
	return respond(&invocation);
}
