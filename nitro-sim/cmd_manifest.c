/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-sim manifest: a QOS manifest with its approvals, what a host has to know of
 * it, and what a document has to say to be bound to it.
 */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/hex.h"
#include "base/write_file.h"
#include "nitro-sim/arguments.h"
#include "nitro-sim/command.h"
#include "nitro-sim/document.h"
#include "nitro-sim/manifest.h"

struct invocation {
	struct arguments *arguments;
	struct manifest_options options;
	const char *directory;
};

static void print_help(void)
{
	printf("Usage: nitro-sim manifest OUT [OPTION]...\n"
	       "Makes a QOS manifest in the new directory OUT:\n\n"
	       "  manifest             alone\n"
	       "  envelope             with its approvals\n"
	       "  manifest_set.json    the members and the threshold that a "
	       "host trusts\n"
	       "  release.conf         the keys of a release of images.d\n"
	       "  document.args        options for 'nitro-sim document' and "
	       "'nitro-sim nsm':\n"
	       "                       what is signed with them binds the "
	       "manifest\n"
	       "  signing.key          of the enclave, whose public key the "
	       "document carries\n\n"
	       "  --manifest-version=N 0, 1 (default) or 2\n"
	       "  --json               JSON instead of Borsh; version 2 is "
	       "always JSON\n"
	       "  --namespace=NAME     trial\n"
	       "  --pivot=TEXT         what the application's binary holds\n"
	       "  --members=N          of the manifest set, 1 to 8: 3\n"
	       "  --threshold=N        2\n"
	       "  --approvals=N        2\n"
	       "  --commitment=WHICH   live (PCR17, default), setup (PCR16) or "
	       "none (as QOS\n"
	       "                       before mid-2026)\n"
	       "  --broken=NAME        break one thing on purpose; 'nitro-sim "
	       "breaks' lists\n"
	       "                       the names behind those of documents\n\n"
	       "PCR0 to PCR3 are those of a document with the same options:\n"
	       "%s",
	       arguments_help);
}

static int write_part(int directory, const char *name, struct span bytes)
{
	int r = write_file_at(directory, name, bytes);

	if (r < 0)
		warnx("cannot write %s: %s", name, strerror(-r));
	return r;
}

static int write_text(int directory, const char *name, const char *text)
{
	return write_part(directory, name, span_of_text(text));
}

static int write_release(const struct invocation *invocation, int directory,
			 const struct manifest_set *set)
{
	char hex[HEX_SIZE(MANIFEST_HASH_SIZE)];
	_cleanup_free_ char *path = realpath(invocation->directory, NULL);
	_cleanup_free_ char *text = NULL;

	hex_encode(span_of(set->pivot, sizeof(set->pivot)), hex);
	if (path == NULL ||
	    asprintf(&text,
		     "manifest = qos\npivot = sha256:%s\nnamespace = %s\n"
		     "manifest_set = %s/manifest_set.json\n",
		     hex, invocation->options.name, path) < 0)
		return -ENOMEM;
	return write_text(directory, "release.conf", text);
}

static void print_pcrs(FILE *out, const struct document_options *document)
{
	for (unsigned i = 16; i < ATTEST_PCR_COUNT; i++) {
		char hex[HEX_SIZE(ATTEST_SHA384_SIZE)];

		if (!document->pcrs[i].is_set)
			continue;
		hex_encode(span_of(document->pcrs[i].value, ATTEST_SHA384_SIZE),
			   hex);
		fprintf(out, "--pcr=%u=%s\n", i, hex);
	}
}

static void print_field(FILE *out, const char *option, struct span value)
{
	_cleanup_free_ char *hex =
		span_is_absent(value) ? NULL : hex_dup(value);

	if (hex != NULL)
		fprintf(out, "--%s=%s\n", option, hex);
}

static int write_arguments(const struct invocation *invocation, int directory,
			   const struct manifest_set *set)
{
	struct document_options document = invocation->arguments->options;
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *out;
	int r = manifest_bind(&invocation->options, set, &document);

	if (r < 0)
		return r;
	out = open_memstream(&text, &size);
	if (out == NULL)
		return -ENOMEM;
	print_field(out, "user-data", document.user_data);
	print_field(out, "public-key", document.public_key);
	print_pcrs(out, &document);
	if (fclose(out) != 0)
		return -ENOMEM;
	return write_text(directory, "document.args", text);
}

static int write_key(int directory, EVP_PKEY *key)
{
	int fd = openat(directory, "signing.key",
			O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	_cleanup_fclose_ FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (out == NULL ||
	    PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL) != 1 ||
	    fflush(out) != 0) {
		warnx("cannot write signing.key");
		return -EIO;
	}
	return 0;
}

static int write_all(const struct invocation *invocation,
		     const struct manifest_set *set)
{
	_cleanup_close_ int directory = -1;
	int r;

	if (mkdir(invocation->directory, 0700) < 0) {
		warn("%s", invocation->directory);
		return -EIO;
	}
	directory =
		open(invocation->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return -errno;
	r = write_part(directory, "manifest", bytes_span(&set->manifest));
	if (r == 0)
		r = write_part(directory, "envelope",
			       bytes_span(&set->envelope));
	if (r == 0)
		r = write_part(directory, "manifest_set.json",
			       bytes_span(&set->trusted));
	if (r == 0)
		r = write_release(invocation, directory, set);
	if (r == 0)
		r = write_arguments(invocation, directory, set);
	return r == 0 ? write_key(directory, set->key.signing) : r;
}

static int make(const struct invocation *invocation)
{
	_cleanup_manifest_ struct manifest_set set = { 0 };

	if (manifest_make(&invocation->options, &set) < 0) {
		warnx("cannot make the manifest: OpenSSL or memory failed");
		return EXIT_FAILURE;
	}
	return write_all(invocation, &set) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* A number of [least, most] behind an option. */
static bool read_number(const char *option, const char *value, unsigned least,
			unsigned most, unsigned *ret_number)
{
	const unsigned long number = strtoul(value, NULL, 10);

	if (strlen(value) == 1 && value[0] >= '0' && value[0] <= '9' &&
	    number >= least && number <= most) {
		*ret_number = (unsigned)number;
		return true;
	}
	warnx("--%s: '%s' is not a number from %u to %u", option, value, least,
	      most);
	return false;
}

static bool read_commitment(const char *value,
			    enum manifest_commitment *ret_commitment)
{
	static const char *const names[] = {
		[COMMITMENT_NONE] = "none",
		[COMMITMENT_SETUP] = "setup",
		[COMMITMENT_LIVE] = "live",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], value) == 0) {
			*ret_commitment = (enum manifest_commitment)i;
			return true;
		}
	warnx("--commitment: '%s' is none of live, setup and none", value);
	return false;
}

static bool read_broken(const char *value,
			const struct manifest_break **ret_broken)
{
	*ret_broken = manifest_breaks_find(value);
	if (*ret_broken != NULL)
		return true;
	warnx("--broken: there is no break '%s'; 'nitro-sim breaks' lists them",
	      value);
	return false;
}

static bool read_option(struct invocation *invocation, int option,
			const char *value)
{
	struct manifest_options *options = &invocation->options;

	switch (option) {
	case 'v':
		return read_number("manifest-version", value, 0, 2,
				   &options->version);
	case 'j':
		options->is_json = true;
		return true;
	case 'n':
		options->name = value;
		return true;
	case 'p':
		options->pivot = value;
		return true;
	case 'm':
		return read_number("members", value, 1, MANIFEST_MEMBERS_MAX,
				   &options->members);
	case 't':
		return read_number("threshold", value, 1, MANIFEST_MEMBERS_MAX,
				   &options->threshold);
	case 'a':
		return read_number("approvals", value, 0, MANIFEST_MEMBERS_MAX,
				   &options->approvals);
	case 'c':
		return read_commitment(value, &options->commitment);
	case 'b':
		return read_broken(value, &options->broken);
	default:
		return arguments_read(invocation->arguments, option, value);
	}
}

/* Breaks change the third member. */
static bool check(const struct invocation *invocation)
{
	const struct manifest_options *options = &invocation->options;

	if (options->threshold > options->members ||
	    options->approvals > options->members) {
		warnx("threshold and approvals cannot exceed the %u members",
		      options->members);
		return false;
	}
	if (options->broken != NULL &&
	    (options->members < 3 || options->approvals < 2)) {
		warnx("--broken needs 3 members and 2 approvals");
		return false;
	}
	return arguments_check(invocation->arguments);
}

static int read_options(int argc, char **argv, struct invocation *invocation)
{
	static const struct option options[] = {
		ARGUMENT_ROWS{ "manifest-version", required_argument, NULL,
			       'v' },
		{ "json", no_argument, NULL, 'j' },
		{ "namespace", required_argument, NULL, 'n' },
		{ "pivot", required_argument, NULL, 'p' },
		{ "members", required_argument, NULL, 'm' },
		{ "threshold", required_argument, NULL, 't' },
		{ "approvals", required_argument, NULL, 'a' },
		{ "commitment", required_argument, NULL, 'c' },
		{ "broken", required_argument, NULL, 'b' },
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
		if (!read_option(invocation, option, optarg))
			return EXIT_USAGE;
	}
	return check(invocation) ? -1 : EXIT_USAGE;
}

int cmd_manifest(int argc, char **argv)
{
	_cleanup_arguments_ struct arguments arguments;
	struct invocation invocation = { .arguments = &arguments };
	int code;

	arguments_init(&arguments);
	manifest_options_init(&invocation.options, &arguments.options);
	code = read_options(argc, argv, &invocation);
	if (code >= 0)
		return code;
	if (argc - optind != 1) {
		warnx("manifest takes one directory; see 'nitro-sim manifest "
		      "--help'");
		return EXIT_USAGE;
	}
	invocation.directory = argv[optind];
	return make(&invocation);
}
