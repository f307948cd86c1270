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
#include "nitro-attest/store.h"
#include "nitro-attest/verbs.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>

/* How long the program that asked may take to make room for the answer. */
#define ANSWER_WAIT_MS 2000

static bool parse_arguments(int argc, char **argv,
			    struct fetch_options *options)
{
	static const struct option known[] = {
		{ "nsm", required_argument, NULL, 'm' },
		{ "public-key", required_argument, NULL, 'k' },
		{ NULL },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == '?')
			return false;
		if (option == 'm')
			options->nsm = optarg;
		else
			options->public_key = optarg;
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

/* The document of this conversation: a new one for part 1, else what part 1
 * kept. */
static int get_document(int store, const struct prompt *prompt,
			const struct fetch_options *options,
			struct buffer *ret_document)
{
	int r;

	if (prompt->part == 1)
		return fetch_document(options,
				      span_of(prompt->nonce, PROMPT_NONCE_SIZE),
				      ret_document);
	r = store_get(store, prompt->nonce, ret_document);
	if (r == -ENOENT)
		warnx("Part %u is asked for, but no document is kept for this "
		      "nonce; part 1 comes first.",
		      prompt->part);
	else if (r < 0)
		warnx("The document that was kept %s.", read_file_explain(r));
	return r;
}

static int make_answer(const struct prompt *prompt, struct span document,
		       struct prompt_answer *ret_answer)
{
	int r = prompt_answer(prompt, document, ret_answer);

	if (r == -EFBIG)
		warnx("The document of %zu bytes does not fit into %u answers "
		      "of %u characters; raise chunk= of pam_nitro.",
		      document.size, PROMPT_PART_MAX, prompt->max);
	else if (r == -ERANGE)
		warnx("The document has no part %u.", prompt->part);
	return r;
}

/* Keeps the document as long as parts are missing. The last answer is given
 * after the file is gone, so that no failure leaves it behind. */
static int keep_or_remove(int store, const struct prompt *prompt,
			  struct span document,
			  const struct prompt_answer *answer)
{
	int r = 0;

	if (prompt->part == answer->total)
		store_remove(store, prompt->nonce);
	else if (prompt->part == 1)
		r = store_put(store, prompt->nonce, document);
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

/* Answers with the document at hand. Signals wait from here on: one that ends us
 * ends the conversation too, and then the document must go. */
static int answer_prompt(int store, const struct prompt *prompt,
			 struct span document)
{
	struct prompt_answer answer;
	int r;

	output_hold_signals();
	r = make_answer(prompt, document, &answer);
	if (r == 0)
		r = keep_or_remove(store, prompt, document, &answer);
	if (r == 0)
		r = give_answer(&answer);
	if (r == 0 && output_is_ending())
		r = -EINTR;
	if (r < 0)
		store_remove(store, prompt->nonce);
	return r;
}

int cmd_askpass(int argc, char **argv)
{
	_cleanup_(buffer_freep) struct buffer document = BUFFER_EMPTY;
	_cleanup_close_ int store = -1;
	struct fetch_options options = { 0 };
	struct prompt prompt;

	if (!parse_arguments(argc, argv, &options))
		return EXIT_USAGE;
	if (prompt_parse(span_of_text(argv[optind]), &prompt) < 0) {
		warnx("This prompt is not a challenge of pam_nitro; passwords "
		      "and host keys are not answered here.");
		return EXIT_REFUSED;
	}
	store = open_store();
	if (store < 0)
		return EXIT_REFUSED;
	store_sweep(store);
	if (get_document(store, &prompt, &options, &document) < 0)
		return EXIT_REFUSED;
	if (answer_prompt(store, &prompt, buffer_span(&document)) < 0)
		return EXIT_REFUSED;
	return EXIT_SUCCESS;
}
