/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-attest unseal: opens what was sealed to the key of a document, by
 * nitro-policyd or by AWS KMS. The secret is in locked memory until it is written.
 */
#include "config.h"

#include "base/locked.h"
#include "base/read_file.h"
#include "nitro-attest/output.h"
#include "nitro-attest/verbs.h"
#include "seal/seal.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <string.h>

#define KEY_FILE_MAX 16384u

struct unseal_arguments {
	const char *key;    /* NULL: $NITRO_PRIVATE_KEY_FILE */
	const char *output; /* NULL: standard output */
	const char *file;   /* "-": standard input */
};

static bool parse_arguments(int argc, char **argv,
			    struct unseal_arguments *arguments)
{
	static const struct option known[] = {
		{ "private-key", required_argument, NULL, 'p' },
		{ "output", required_argument, NULL, 'o' },
		{ NULL },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == '?')
			return false;
		*(option == 'p' ? &arguments->key : &arguments->output) =
			optarg;
	}
	if (arguments->key == NULL)
		arguments->key = secure_getenv("NITRO_PRIVATE_KEY_FILE");
	arguments->file = optind < argc ? argv[optind] : "-";
	if (arguments->key == NULL)
		warnx("--private-key says which key opens it.");
	else if (optind + 1 < argc)
		warnx("Expected one file.");
	return arguments->key != NULL && optind + 1 >= argc;
}

static int read_sealed(const char *name, struct buffer *ret_sealed)
{
	const struct read_file_limits limits = { .max_size = SEAL_SIZE_MAX };
	int r = strcmp(name, "-") == 0
			? read_stream(STDIN_FILENO, SEAL_SIZE_MAX, ret_sealed)
			: read_file_at(AT_FDCWD, name, &limits, ret_sealed);

	if (r < 0)
		warnx("%s: %s", name, read_file_explain(r));
	return r;
}

/* A key is a secret as well. */
static int read_key(const char *path, struct locked *ret_key)
{
	int r = locked_read_file(path, KEY_FILE_MAX, geteuid(), ret_key);

	if (r == -EPERM)
		warnx("%s: Others can read or write the key, or no memory may "
		      "be locked.",
		      path);
	else if (r == -ENODATA)
		warnx("%s: The file is empty.", path);
	else if (r < 0)
		warnx("%s: %s", path, read_file_explain(r));
	return r;
}

static int open_sealed(struct span key, struct span sealed,
		       struct locked *secret)
{
	_cleanup_(key_library_freep) struct key_library *library = NULL;
	enum key_error error = key_library_new(&library);

	if (error == KEY_OK)
		error = unseal(library, key, sealed, secret->data,
			       &secret->size);
	if (error == KEY_OK)
		return 0;
	warnx("%s %s", key_error_sentence(error), key_error_hint(error));
	return -EINVAL;
}

static int write_secret(const char *output, struct span secret)
{
	int r;

	output_hold_signals();
	r = output == NULL ? output_write(STDOUT_FILENO, secret)
			   : output_replace(AT_FDCWD, output, 0600, secret);
	if (r < 0)
		warnx("%s: %s.", output == NULL ? "standard output" : output,
		      strerror(-r));
	return r;
}

int cmd_unseal(int argc, char **argv)
{
	_cleanup_(locked_freep) struct locked key = LOCKED_EMPTY;
	_cleanup_(locked_freep) struct locked secret = LOCKED_EMPTY;
	_cleanup_(buffer_freep) struct buffer sealed = BUFFER_EMPTY;
	struct unseal_arguments arguments = { NULL };
	int r;

	if (!parse_arguments(argc, argv, &arguments))
		return EXIT_USAGE;
	r = read_key(arguments.key, &key);
	if (r == 0)
		r = read_sealed(arguments.file, &sealed);
	if (r == 0) {
		r = locked_new(sealed.size + 1, &secret);
		if (r < 0)
			warnx("No memory can be locked: %s.", strerror(-r));
	}
	if (r == 0)
		r = open_sealed(locked_span(&key), buffer_span(&sealed),
				&secret);
	if (r == 0)
		r = write_secret(arguments.output, locked_span(&secret));
	return r < 0 ? EXIT_REFUSED : EXIT_SUCCESS;
}
