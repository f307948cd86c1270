/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-attest ssh-cert: a key for OpenSSH and a certificate that carries the
 * attestation document of this key. A key is replaced only when that is asked for.
 */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <sys/stat.h>
#include <time.h>

#include "base/time_text.h"
#include "nitro-attest/fetch.h"
#include "nitro-attest/output.h"
#include "nitro-attest/ssh_certificate.h"
#include "nitro-attest/verbs.h"

/* A host asks how old the document is, by default five minutes; the module's own
 * certificate, which stands behind the document, lasts three hours. */
#define LIFETIME_DEFAULT_SEC 300u
#define LIFETIME_MAX_SEC     (3u * 3600u)

/* The host's clock may be behind. */
#define LIFETIME_BEFORE_SEC 60u

#define USERS_MAX 1024u

/* Larger files are no keys of any type. */
#define KEY_FILE_MAX 16384u

#define COMMENT "nitro-attest"

struct ssh_cert_arguments {
	struct fetch_options fetch;
	const char *output;
	const char *users;
	const char *type;
	const char *lifetime_text;
	bool refresh;
	bool force;

	/* What the texts mean. */
	enum ssh_key_type key_type;
	uint64_t lifetime_sec;
};

static const struct {
	const char *name;
	enum ssh_key_type type;
} key_types[] = {
	{ "ed25519", SSH_KEY_ED25519 },
	{ "ecdsa", SSH_KEY_ECDSA_P256 },
};

static bool parse_options(int argc, char **argv,
			  struct ssh_cert_arguments *arguments)
{
	static const struct option options[] = {
		{ "nsm", required_argument, NULL, 'm' },
		{ "user", required_argument, NULL, 'u' },
		{ "output", required_argument, NULL, 'o' },
		{ "type", required_argument, NULL, 't' },
		{ "lifetime", required_argument, NULL, 'l' },
		{ "refresh", no_argument, NULL, 'r' },
		{ "force", no_argument, NULL, 'f' },
		{ NULL },
	};
	const char **values[UINT8_MAX + 1] = {
		['m'] = &arguments->fetch.nsm,	   ['u'] = &arguments->users,
		['o'] = &arguments->output,	   ['t'] = &arguments->type,
		['l'] = &arguments->lifetime_text,
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return false;
		if (option == 'r')
			arguments->refresh = true;
		else if (option == 'f')
			arguments->force = true;
		else
			*values[option] = optarg;
	}
	if (optind == argc)
		return true;
	warnx("Unexpected argument \"%s\".", argv[optind]);
	return false;
}

static bool check_type(struct ssh_cert_arguments *arguments)
{
	for (size_t i = 0; i < ARRAY_SIZE(key_types); i++)
		if (strcmp(arguments->type, key_types[i].name) == 0) {
			arguments->key_type = key_types[i].type;
			return true;
		}
	warnx("type: \"%s\" is neither ed25519 nor ecdsa.", arguments->type);
	return false;
}

static bool check_lifetime(struct ssh_cert_arguments *arguments)
{
	uint64_t ms;

	if (time_span_parse(arguments->lifetime_text, &ms) < 0 ||
	    ms < MSEC_PER_SEC || ms / MSEC_PER_SEC > LIFETIME_MAX_SEC) {
		warnx("lifetime: \"%s\" is no time of 1s to 3h, such as 5min.",
		      arguments->lifetime_text);
		return false;
	}
	arguments->lifetime_sec = ms / MSEC_PER_SEC;
	return true;
}

/* sshd takes a certificate without a principal for everybody's, or for nobody's,
 * by its version. */
static bool check_users(const char *users)
{
	size_t length = strlen(users);
	bool is_name_next = true;

	for (size_t i = 0; i < length; i++) {
		if (users[i] <= ' ' || users[i] > '~' ||
		    (users[i] == ',' && is_name_next))
			break;
		is_name_next = users[i] == ',';
		if (i + 1 == length && !is_name_next && length <= USERS_MAX)
			return true;
	}
	warnx("user: Expected names of login users, with commas between.");
	return false;
}

static bool parse_arguments(int argc, char **argv,
			    struct ssh_cert_arguments *arguments)
{
	if (!parse_options(argc, argv, arguments))
		return false;
	if (arguments->users == NULL || arguments->output == NULL) {
		warnx("--user and --output are needed; see nitro-attest "
		      "--help.");
		return false;
	}
	if (arguments->refresh && (arguments->force || arguments->type)) {
		warnx("--refresh keeps the key as it is: --force and --type "
		      "have no place beside it.");
		return false;
	}
	if (arguments->type != NULL && !check_type(arguments))
		return false;
	if (arguments->lifetime_text != NULL && !check_lifetime(arguments))
		return false;
	return check_users(arguments->users);
}

static int read_identity(const char *path, struct identity *ret_identity)
{
	const struct read_file_limits limits = {
		.max_size = KEY_FILE_MAX,
		.trusted = true,
		.owner = geteuid(),
	};
	_cleanup_(buffer_freep) struct buffer file = BUFFER_EMPTY;
	int r;

	r = read_file_at(AT_FDCWD, path, &limits, &file);
	if (r < 0) {
		warnx("%s: %s", path, read_file_explain(r));
		return r;
	}
	r = identity_read(buffer_span(&file), ret_identity);
	explicit_bzero(file.data, file.size);
	if (r < 0)
		warnx("%s: It is no unencrypted Ed25519 or ECDSA P-256 key in "
		      "OpenSSH's format.",
		      path);
	return r;
}

static int make_identity(const struct ssh_cert_arguments *arguments,
			 struct identity *ret_identity)
{
	struct stat status;
	int r;

	if (!arguments->force && lstat(arguments->output, &status) == 0) {
		warnx("%s: It exists. --refresh keeps this key and renews its "
		      "certificate, --force replaces it.",
		      arguments->output);
		return -EEXIST;
	}
	r = identity_generate(arguments->key_type, ret_identity);
	if (r < 0)
		warnx("A key could not be made: %s.", strerror(-r));
	return r;
}

static int write_one(const char *path, const char *suffix, mode_t mode,
		     struct span text)
{
	char name[PATH_MAX];
	int r = snprintf(name, sizeof(name), "%s%s", path, suffix);

	if (r < 0 || (size_t)r >= sizeof(name))
		r = -ENAMETOOLONG;
	else
		r = output_replace(AT_FDCWD, name, mode, text);
	if (r < 0)
		warnx("%s%s: %s.", path, suffix,
		      r == -EEXIST
			      ? "It is not a regular file and stays as it is"
			      : strerror(-r));
	return r;
}

/* The key last: where there is one, its certificate is there, too. */
static int write_key(const char *path, const struct identity *identity)
{
	_cleanup_(buffer_freep) struct buffer public = BUFFER_EMPTY;
	char text[IDENTITY_FILE_MAX];
	size_t length = identity_write(identity, COMMENT, text);
	int r = public_line_make(identity_blob(identity), COMMENT, &public);

	if (r == 0 && length == 0)
		r = -EIO;
	if (r < 0) {
		warnx("The key could not be written: %s.", strerror(-r));
		return r;
	}
	r = write_one(path, ".pub", 0644, buffer_span(&public));
	if (r == 0)
		r = write_one(path, "", 0600, span_of(text, length));
	explicit_bzero(text, sizeof(text));
	return r;
}

static int certify(const struct ssh_cert_arguments *arguments,
		   const struct identity *identity, struct buffer *ret_line)
{
	_cleanup_(buffer_freep) struct buffer document = BUFFER_EMPTY;
	struct fetch_options fetch = arguments->fetch;
	struct certificate_order order = {
		.identity = identity,
		.users = arguments->users,
	};
	uint64_t now;
	int r;

	fetch.key = identity_blob(identity);
	r = fetch_document(&fetch, SPAN_ABSENT, &document);
	if (r < 0)
		return r;
	now = (uint64_t)time(NULL);
	order.valid_after = now - LIFETIME_BEFORE_SEC;
	order.valid_before = now + arguments->lifetime_sec;
	order.document = buffer_span(&document);
	r = certificate_make(&order, COMMENT, ret_line);
	if (r < 0)
		warnx("The certificate could not be made: %s.", strerror(-r));
	return r;
}

int cmd_ssh_cert(int argc, char **argv)
{
	_cleanup_identity_ struct identity identity = IDENTITY_EMPTY;
	_cleanup_(buffer_freep) struct buffer certificate = BUFFER_EMPTY;
	struct ssh_cert_arguments arguments = {
		.key_type = SSH_KEY_ED25519,
		.lifetime_sec = LIFETIME_DEFAULT_SEC,
	};
	int r;

	if (!parse_arguments(argc, argv, &arguments))
		return EXIT_USAGE;
	r = arguments.refresh ? read_identity(arguments.output, &identity)
			      : make_identity(&arguments, &identity);
	if (r == 0)
		r = certify(&arguments, &identity, &certificate);
	if (r < 0)
		return EXIT_REFUSED;
	output_hold_signals();
	r = write_one(arguments.output, "-cert.pub", 0644,
		      buffer_span(&certificate));
	if (r == 0 && !arguments.refresh)
		r = write_key(arguments.output, &identity);
	return r < 0 ? EXIT_REFUSED : 0;
}
