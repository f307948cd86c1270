/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-attest askpass: answers one prompt of the conversation "nitro-attest/1"
 * and ends. A prompt that is anything else (a password, a host key) is refused:
 * nothing is ever read from a person or written for one to see.
 */
#include "config.h"

#include "nitro-attest/fetch.h"
#include "nitro-attest/output.h"
#include "nitro-attest/prompt.h"
#include "nitro-attest/sign.h"
#include "nitro-attest/store.h"
#include "nitro-attest/submit.h"
#include "nitro-attest/verbs.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>

/* How long the program that asked may take to make room for the answer. */
#define ANSWER_WAIT_MS 2000

struct askpass_arguments {
	struct fetch_options fetch;
	struct submit_options submit;
	struct sign_options sign;
	const char *document; /* NULL: $NITRO_DOCUMENT_FILE, else the module */
	const char *manifest; /* NULL: the file $NITRO_MANIFEST_FILE */
};

static bool parse_arguments(int argc, char **argv,
			    struct askpass_arguments *arguments)
{
	static const struct option known[] = {
		{ "nsm", required_argument, NULL, 'm' },
		{ "public-key", required_argument, NULL, 'k' },
		{ "private-key", required_argument, NULL, 'p' },
		{ "to", required_argument, NULL, 't' },
		{ "manifest", required_argument, NULL, 'f' },
		{ "document", required_argument, NULL, 'd' },
		{ "sign-key", required_argument, NULL, 's' },
		{ "login-host", required_argument, NULL, 'h' },
		{ "login-service", required_argument, NULL, 'v' },
		{ "login-user", required_argument, NULL, 'u' },
		{ NULL },
	};
	const char **values[UINT8_MAX + 1] = {
		['m'] = &arguments->fetch.nsm,
		['k'] = &arguments->fetch.public_key,
		['p'] = &arguments->submit.key,
		['t'] = &arguments->submit.to,
		['f'] = &arguments->manifest,
		['d'] = &arguments->document,
		['s'] = &arguments->sign.key,
		['h'] = &arguments->sign.host,
		['v'] = &arguments->sign.service,
		['u'] = &arguments->sign.user,
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == '?')
			return false;
		*values[option] = optarg;
	}
	if (optind + 1 == argc)
		return true;
	warnx("Expected exactly one prompt.");
	return false;
}

static int open_store(void)
{
	char path[PATH_MAX];
	int store = store_open(path);

	if (store == -EPERM)
		warnx("%s: The directory must belong to this user alone, with "
		      "mode 0700.",
		      path);
	else if (store < 0)
		warnx("%s: No directory to keep the document in: %s.", path,
		      strerror(-store));
	return store;
}

static int read_evidence(const char *what, const char *path, size_t max,
			 struct buffer *ret_bytes)
{
	const struct read_file_limits limits = { .max_size = max };
	int r = read_file_at(AT_FDCWD, path, &limits, ret_bytes);

	if (r < 0)
		warnx("%s: %s: %s", what, path, read_file_explain(r));
	return r;
}

/* The manifest envelope that goes with every document; none is no mistake. */
static int read_manifest(const char *path, struct buffer *ret_manifest)
{
	if (path == NULL)
		path = secure_getenv("NITRO_MANIFEST_FILE");
	return path == NULL ? 0
			    : read_evidence("manifest", path,
					    PROMPT_MANIFEST_MAX, ret_manifest);
}

/* A document that is kept can be used when its key signs; else a new one is asked
 * for that carries the nonce. */
static int get_document(const struct prompt *prompt,
			const struct askpass_arguments *arguments,
			struct buffer *ret_document)
{
	const char *path = arguments->document != NULL
				   ? arguments->document
				   : secure_getenv("NITRO_DOCUMENT_FILE");

	if (path != NULL)
		return read_evidence("document", path, PROMPT_DOCUMENT_MAX,
				     ret_document);
	return fetch_document(&arguments->fetch,
			      span_of(prompt->nonce, PROMPT_NONCE_SIZE),
			      ret_document);
}

/* All that answers the challenge, as one text. */
static int make_evidence(const struct prompt *prompt,
			 const struct askpass_arguments *arguments,
			 struct buffer *ret_text)
{
	_cleanup_(buffer_freep) struct buffer document = BUFFER_EMPTY;
	_cleanup_(buffer_freep) struct buffer manifest = BUFFER_EMPTY;
	_cleanup_(buffer_freep) struct buffer signature = BUFFER_EMPTY;
	struct prompt_evidence evidence;
	char *text;
	int r = read_manifest(arguments->manifest, &manifest);

	if (r == 0)
		r = get_document(prompt, arguments, &document);
	if (r == 0 && sign_is_configured(&arguments->sign))
		r = sign_login(&arguments->sign, prompt, &signature);
	if (r < 0)
		return r;
	evidence.document = buffer_span(&document);
	evidence.manifest = buffer_span(&manifest);
	evidence.signature = buffer_span(&signature);
	r = prompt_evidence_text(&evidence, &text);
	if (r < 0) {
		warnx("The document of %zu bytes or the manifest of %zu "
		      "cannot be sent: %s.",
		      document.size, manifest.size, strerror(-r));
		return r;
	}
	*ret_text = (struct buffer){ (uint8_t *)text, strlen(text) };
	return 0;
}

/* The text of this conversation: a new one for part 1, else what part 1 kept. */
static int get_text(int store, const struct prompt *prompt,
		    const struct askpass_arguments *arguments,
		    struct buffer *ret_text)
{
	int r;

	if (prompt->part == 1)
		return make_evidence(prompt, arguments, ret_text);
	r = store_get(store, prompt->nonce, ret_text);
	if (r == -ENOENT)
		warnx("Part %u is asked for, but no document is kept for this "
		      "nonce; part 1 comes first.",
		      prompt->part);
	else if (r < 0)
		warnx("The document that was kept %s.", read_file_explain(r));
	return r;
}

static int make_answer(const struct prompt *prompt, struct span text,
		       struct prompt_answer *ret_answer)
{
	int r = prompt_answer(prompt, text, ret_answer);

	if (r == -EFBIG)
		warnx("Document and manifest make %zu characters, which do "
		      "not fit into %u answers of %u; raise chunk= of "
		      "pam_nitro, or let the release name the manifest.",
		      text.size, PROMPT_PART_MAX, prompt->max);
	else if (r == -ERANGE)
		warnx("The document has no part %u.", prompt->part);
	return r;
}

/* Keeps the document as long as parts are missing. The last answer is given
 * after the file is gone, so that no failure leaves it behind. */
static int keep_or_remove(int store, const struct prompt *prompt,
			  struct span text, const struct prompt_answer *answer)
{
	int r = 0;

	if (prompt->part == answer->total)
		store_remove(store, prompt->nonce);
	else if (prompt->part == 1)
		r = store_put(store, prompt->nonce, text);
	if (r < 0)
		warnx("The document cannot be kept for the next part: %s.",
		      strerror(-r));
	return r;
}

static int give_answer(const struct prompt_answer *answer)
{
	int r;

	r = output_wait(STDOUT_FILENO, ANSWER_WAIT_MS);
	if (r == 0)
		r = output_write(STDOUT_FILENO, span_of_text(answer->line));
	if (r < 0)
		warnx("standard output: %s.", strerror(-r));
	return r;
}

/* Answers with the text at hand. Signals wait from here on: one that ends us
 * ends the conversation too, and then the document must go. */
static int answer_prompt(int store, const struct prompt *prompt,
			 struct span text)
{
	struct prompt_answer answer;
	int r;

	output_hold_signals();
	r = make_answer(prompt, text, &answer);
	if (r == 0)
		r = keep_or_remove(store, prompt, text, &answer);
	if (r == 0)
		r = give_answer(&answer);
	if (r == 0 && output_is_ending())
		r = -EINTR;
	if (r < 0)
		store_remove(store, prompt->nonce);
	return r;
}

/* A document in parts: a new one at part 1, kept until the last part is given. */
static int answer_by_document(const struct prompt *prompt,
			      const struct askpass_arguments *arguments)
{
	_cleanup_(buffer_freep) struct buffer text = BUFFER_EMPTY;
	_cleanup_close_ int store = open_store();
	int r = store;

	if (r < 0)
		return r;
	store_sweep(store);
	r = get_text(store, prompt, arguments, &text);
	if (r < 0)
		return r;
	return answer_prompt(store, prompt, buffer_span(&text));
}

static int make_ticket(const struct prompt *prompt,
		       const struct askpass_arguments *arguments,
		       char ret_ticket[static DEPOSIT_TICKET_MAX + 1])
{
	_cleanup_(buffer_freep) struct buffer document = BUFFER_EMPTY;
	int r = fetch_document(&arguments->fetch,
			       span_of(prompt->nonce, PROMPT_NONCE_SIZE),
			       &document);

	if (r < 0)
		return r;
	return submit_document(&arguments->submit, buffer_span(&document),
			       ret_ticket);
}

/* One answer is all: $NITRO_TICKET, or a ticket for a new document. */
static int answer_by_ticket(const struct prompt *prompt, const char *given,
			    const struct askpass_arguments *arguments)
{
	char ticket[DEPOSIT_TICKET_MAX + 1];
	struct prompt_answer answer;
	int r = 0;

	if (prompt->part != 1) {
		warnx("Part %u is asked for, but a ticket has no parts.",
		      prompt->part);
		return -ERANGE;
	}
	if (given == NULL) {
		r = make_ticket(prompt, arguments, ticket);
		given = ticket;
	}
	if (r == 0)
		r = prompt_answer_ticket(given, &answer);
	if (r == -EINVAL)
		warnx("NITRO_TICKET is no ticket: 26 characters of a-z and "
		      "2-7 are.");
	return r < 0 ? r : give_answer(&answer);
}

int cmd_askpass(int argc, char **argv)
{
	struct askpass_arguments arguments = { .submit.to = NULL };
	const char *ticket = secure_getenv("NITRO_TICKET");
	struct prompt prompt;
	int r;

	if (!parse_arguments(argc, argv, &arguments))
		return EXIT_USAGE;
	if (prompt_parse(span_of_text(argv[optind]), &prompt) < 0) {
		warnx("This prompt is not a challenge of pam_nitro; passwords "
		      "and host keys are not answered here.");
		return EXIT_REFUSED;
	}
	if (ticket != NULL || submit_is_configured(&arguments.submit))
		r = answer_by_ticket(&prompt, ticket, &arguments);
	else
		r = answer_by_document(&prompt, &arguments);
	return r < 0 ? EXIT_REFUSED : EXIT_SUCCESS;
}
