/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_arguments.h"

#include <errno.h>
#include <stdlib.h>

#include "attest/anchors.h"
#include "attest/limits.h"
#include "base/cleanup.h"
#include "dbus/nitro_bus.h"
#include "nitro-policyd/bus_read.h"
#include "nitro-policyd/limits.h"

#define VERIFY_LEVEL_MAX     2u
#define VERIFY_LEVEL_DEFAULT 2u

/* A ticket that was mistyped is denied, not an error; what is longer is none. */
#define TICKET_MAX 64u

/* One option of an a{sv}. */
struct option {
	const char *name;
	const char *type;
	int (*read)(sd_bus_message *message, struct arguments *arguments,
		    sd_bus_error *reterr_error);
};

static void free_texts(char **texts)
{
	for (size_t i = 0; texts != NULL && texts[i] != NULL; i++)
		free(texts[i]);
	free(texts);
}

DEFINE_CLEANUP(char **, free_texts)

void arguments_clear(struct arguments *arguments)
{
	free_texts(arguments->roots);
	arguments->roots = NULL;
}

static int no_memory(sd_bus_error *reterr_error)
{
	return sd_bus_error_set(reterr_error, NITRO_ERROR_INTERNAL,
				"Memory is exhausted.");
}

/* Where nothing may stand in its place. */
static int read_needed_document(sd_bus_message *message,
				struct span *ret_document,
				sd_bus_error *reterr_error)
{
	int r = bus_read_document(message, ret_document, reterr_error);

	if (r < 0 || !span_is_absent(*ret_document))
		return r;
	return sd_bus_error_set(reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
				"The document is empty.");
}

static const struct option *find_option(const struct option *options,
					size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

/* One dictionary entry that was entered already. */
static int read_option(sd_bus_message *message, const struct option *option,
		       struct arguments *arguments, sd_bus_error *reterr_error)
{
	const char *type;
	int r = sd_bus_message_peek_type(message, NULL, &type);

	if (r < 0)
		return r;
	if (strcmp(type, option->type) != 0)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The option '%s' has type %s; %s is expected.",
			option->name, type, option->type);

	r = sd_bus_message_enter_container(message, 'v', type);
	if (r < 0)
		return r;
	r = option->read(message, arguments, reterr_error);
	if (r < 0)
		return r;
	return sd_bus_message_exit_container(message);
}

/* An option that is not known is refused: the caller relies on something that
 * would not happen. So is one that is given twice. */
static int read_options(sd_bus_message *message, const struct option *options,
			size_t count, struct arguments *arguments,
			sd_bus_error *reterr_error)
{
	unsigned given = 0;
	int r = sd_bus_message_enter_container(message, 'a', "{sv}");

	if (r < 0)
		return r;

	while ((r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
		const struct option *option;
		const char *name;

		r = sd_bus_message_read_basic(message, 's', &name);
		if (r < 0)
			return r;
		option = find_option(options, count, name);
		if (option == NULL)
			return sd_bus_error_setf(
				reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
				"The option '%.64s' is not known.", name);
		if (given & 1u << (option - options))
			return sd_bus_error_setf(
				reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
				"The option '%s' is given twice.", name);
		given |= 1u << (option - options);

		r = read_option(message, option, arguments, reterr_error);
		if (r < 0)
			return r;
		r = sd_bus_message_exit_container(message);
		if (r < 0)
			return r;
	}
	return r;
}

int arguments_read_challenge(sd_bus_message *message,
			     struct arguments *ret_arguments,
			     sd_bus_error *reterr_error)
{
	int r = bus_read_request(message, &ret_arguments->request,
				 reterr_error);

	if (r < 0)
		return r;
	return read_options(message, NULL, 0, ret_arguments, reterr_error);
}

static int option_remote_host(sd_bus_message *message,
			      struct arguments *arguments,
			      sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_REMOTE_HOST,
			       REQUEST_HOST_MAX,
			       &arguments->request.remote_host, reterr_error);
}

static int option_tty(sd_bus_message *message, struct arguments *arguments,
		      sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_TTY, REQUEST_TTY_MAX,
			       &arguments->request.tty, reterr_error);
}

static int option_command(sd_bus_message *message, struct arguments *arguments,
			  sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_COMMAND,
			       REQUEST_COMMAND_MAX, &arguments->request.command,
			       reterr_error);
}

static int option_run_as(sd_bus_message *message, struct arguments *arguments,
			 sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_RUN_AS, REQUEST_USER_MAX,
			       &arguments->request.run_as, reterr_error);
}

static int option_host(sd_bus_message *message, struct arguments *arguments,
		       sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_HOST, REQUEST_HOST_MAX,
			       &arguments->request.host, reterr_error);
}

static int option_ticket(sd_bus_message *message, struct arguments *arguments,
			 sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_TICKET, TICKET_MAX,
			       &arguments->ticket, reterr_error);
}

/* What Explain takes, then what only Authorize takes. */
static const struct option request_options[] = {
	{ NITRO_OPTION_REMOTE_HOST, "s", option_remote_host },
	{ NITRO_OPTION_TTY, "s", option_tty },
	{ NITRO_OPTION_COMMAND, "s", option_command },
	{ NITRO_OPTION_RUN_AS, "s", option_run_as },
	{ NITRO_OPTION_HOST, "s", option_host },
	{ NITRO_OPTION_TICKET, "s", option_ticket },
};

#define AUTHORIZE_OPTIONS ARRAY_SIZE(request_options)
#define EXPLAIN_OPTIONS	  (AUTHORIZE_OPTIONS - 1)

/* A document, or what stands for it: never both, for then nobody would know which
 * one was judged. */
static int check_evidence(const struct arguments *arguments,
			  sd_bus_error *reterr_error)
{
	const bool has_ticket = arguments->ticket != NULL;

	if (span_is_absent(arguments->document) == has_ticket)
		return 0;
	return sd_bus_error_set(
		reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
		has_ticket
			? "Both a document and the option 'ticket' are given."
			: "The document has 0 bytes, and the option 'ticket' "
			  "is not given.");
}

int arguments_read_authorize(sd_bus_message *message,
			     struct arguments *ret_arguments,
			     sd_bus_error *reterr_error)
{
	int r = bus_read_request(message, &ret_arguments->request,
				 reterr_error);

	if (r < 0)
		return r;
	r = bus_read_nonce(message, &ret_arguments->nonce, reterr_error);
	if (r < 0)
		return r;
	r = bus_read_document(message, &ret_arguments->document, reterr_error);
	if (r < 0)
		return r;
	r = read_options(message, request_options, AUTHORIZE_OPTIONS,
			 ret_arguments, reterr_error);
	if (r < 0)
		return r;
	return check_evidence(ret_arguments, reterr_error);
}

int arguments_read_explain(sd_bus_message *message,
			   struct arguments *ret_arguments,
			   sd_bus_error *reterr_error)
{
	int r = bus_read_request(message, &ret_arguments->request,
				 reterr_error);

	if (r < 0)
		return r;
	r = read_needed_document(message, &ret_arguments->document,
				 reterr_error);
	if (r < 0)
		return r;
	return read_options(message, request_options, EXPLAIN_OPTIONS,
			    ret_arguments, reterr_error);
}

int arguments_read_submit(sd_bus_message *message,
			  struct arguments *ret_arguments,
			  sd_bus_error *reterr_error)
{
	int r = read_needed_document(message, &ret_arguments->document,
				     reterr_error);

	if (r < 0)
		return r;
	return read_options(message, NULL, 0, ret_arguments, reterr_error);
}

static int option_level(sd_bus_message *message, struct arguments *arguments,
			sd_bus_error *reterr_error)
{
	int r = sd_bus_message_read_basic(message, 'u', &arguments->level);

	if (r < 0)
		return r;
	if (arguments->level < 1 || arguments->level > VERIFY_LEVEL_MAX)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"Level %u cannot be decided on; this version knows 1 "
			"to %u.",
			arguments->level, VERIFY_LEVEL_MAX);
	return 0;
}

static int option_nonce(sd_bus_message *message, struct arguments *arguments,
			sd_bus_error *reterr_error)
{
	int r = bus_read_bytes(message, &arguments->nonce);

	if (r < 0)
		return r;
	if (arguments->nonce.size == 0 ||
	    arguments->nonce.size > ATTEST_FIELD_MAX)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The nonce has %zu bytes; 1 to %u are allowed.",
			arguments->nonce.size, ATTEST_FIELD_MAX);
	return 0;
}

/* The bus speaks microseconds; a part of a millisecond counts as a whole one, so
 * that no limit turns into "not asked". */
static int option_max_age(sd_bus_message *message, struct arguments *arguments,
			  sd_bus_error *reterr_error)
{
	uint64_t usec;
	int r = sd_bus_message_read_basic(message, 't', &usec);

	if (r < 0)
		return r;
	if (usec == 0)
		return sd_bus_error_set(reterr_error,
					NITRO_ERROR_INVALID_ARGUMENT,
					"The option 'max_age' is 0; leave it "
					"out to accept any age.");
	arguments->max_age_ms = (usec - 1) / USEC_PER_MSEC + 1;
	return 0;
}

static int option_roots(sd_bus_message *message, struct arguments *arguments,
			sd_bus_error *reterr_error)
{
	_cleanup_(free_textsp) char **roots = NULL;
	size_t count = 0;
	int r = sd_bus_message_read_strv(message, &roots);

	if (r == -ENOMEM)
		return no_memory(reterr_error);
	if (r < 0)
		return r;
	while (roots != NULL && roots[count] != NULL)
		count++;
	if (count == 0 || count > ATTEST_ANCHOR_MAX)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The option 'roots' has %zu labels; 1 to %u are "
			"allowed.",
			count, ATTEST_ANCHOR_MAX);
	arguments->roots = TAKE_PTR(roots);
	return 0;
}

static const struct option verify_options[] = {
	{ NITRO_OPTION_LEVEL, "u", option_level },
	{ NITRO_OPTION_NONCE, "ay", option_nonce },
	{ NITRO_OPTION_MAX_AGE, "t", option_max_age },
	{ NITRO_OPTION_ROOTS, "as", option_roots },
};

/* Unless the caller says otherwise, only AWS's own root counts. */
static int default_roots(struct arguments *arguments)
{
	if (arguments->roots != NULL)
		return 0;

	arguments->roots = calloc(2, sizeof(char *));
	if (arguments->roots == NULL)
		return -ENOMEM;
	arguments->roots[0] = strdup(ANCHORS_AWS_LABEL);
	return arguments->roots[0] != NULL ? 0 : -ENOMEM;
}

int arguments_read_verify(sd_bus_message *message,
			  struct arguments *ret_arguments,
			  sd_bus_error *reterr_error)
{
	int r = read_needed_document(message, &ret_arguments->document,
				     reterr_error);

	if (r < 0)
		return r;

	ret_arguments->level = VERIFY_LEVEL_DEFAULT;
	r = read_options(message, verify_options, ARRAY_SIZE(verify_options),
			 ret_arguments, reterr_error);
	if (r < 0)
		return r;
	if (default_roots(ret_arguments) < 0)
		return no_memory(reterr_error);
	return 0;
}
