/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_arguments.h"

#include <errno.h>
#include <stdlib.h>

#include "attest/anchors.h"
#include "attest/limits.h"
#include "base/cleanup.h"
#include "dbus/nitro_bus.h"
#include "nitro-policyd/limits.h"

#define VERIFY_LEVEL_MAX     2u
#define VERIFY_LEVEL_DEFAULT 2u

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

static int read_bytes(sd_bus_message *message, struct span *ret_bytes)
{
	const void *bytes;
	size_t size;
	int r = sd_bus_message_read_array(message, 'y', &bytes, &size);

	if (r < 0)
		return r;

	/* An empty array is present, though it has no address. */
	*ret_bytes = span_of(size > 0 ? bytes : "", size);
	return 0;
}

/* Printable ASCII: all texts go into logs and are held against patterns. That holds
 * for login names too, though some hosts could have others: two names that look
 * alike must not be two users of a rule. */
static bool is_printable(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

static bool is_within(const char *text, size_t max)
{
	return strnlen(text, max + 1) <= max;
}

static int read_name(sd_bus_message *message, const char *what, size_t max,
		     const char **ret_name, sd_bus_error *reterr_error)
{
	const char *name;
	int r = sd_bus_message_read_basic(message, 's', &name);

	if (r < 0)
		return r;

	/* A service names a file in /etc/pam.d. */
	if (name[0] == '\0' || !is_within(name, max) || !is_printable(name) ||
	    strchr(name, '/') != NULL)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The %s is not 1 to %zu printable ASCII characters "
			"without '/'.",
			what, max);
	*ret_name = name;
	return 0;
}

static int read_request(sd_bus_message *message, struct request *ret_request,
			sd_bus_error *reterr_error)
{
	int r = read_name(message, "service", REQUEST_SERVICE_MAX,
			  &ret_request->service, reterr_error);

	if (r < 0)
		return r;
	return read_name(message, "user", REQUEST_USER_MAX, &ret_request->user,
			 reterr_error);
}

static int read_document(sd_bus_message *message, struct span *ret_document,
			 sd_bus_error *reterr_error)
{
	int r = read_bytes(message, ret_document);

	if (r < 0)
		return r;
	if (ret_document->size == 0 || ret_document->size > ATTEST_DOCUMENT_MAX)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The document has %zu bytes; 1 to %u are allowed.",
			ret_document->size, ATTEST_DOCUMENT_MAX);
	return 0;
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
	int r = read_request(message, &ret_arguments->request, reterr_error);

	if (r < 0)
		return r;
	return read_options(message, NULL, 0, ret_arguments, reterr_error);
}

static int read_nonce(sd_bus_message *message, struct span *ret_nonce,
		      sd_bus_error *reterr_error)
{
	int r = read_bytes(message, ret_nonce);

	if (r < 0)
		return r;
	if (ret_nonce->size == 0)
		*ret_nonce = SPAN_ABSENT;
	else if (ret_nonce->size != NITRO_NONCE_SIZE)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The nonce has %zu bytes; it is the %d bytes of "
			"CreateChallenge, or empty.",
			ret_nonce->size, NITRO_NONCE_SIZE);
	return 0;
}

/* A text of the request that may be empty: not known. */
static int read_origin(sd_bus_message *message, const char *what, size_t max,
		       const char **ret_text, sd_bus_error *reterr_error)
{
	int r = sd_bus_message_read_basic(message, 's', ret_text);

	if (r < 0)
		return r;
	if (!is_within(*ret_text, max) || !is_printable(*ret_text))
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The option '%s' is not at most %zu printable ASCII "
			"characters.",
			what, max);
	return 0;
}

static int option_remote_host(sd_bus_message *message,
			      struct arguments *arguments,
			      sd_bus_error *reterr_error)
{
	return read_origin(message, NITRO_OPTION_REMOTE_HOST, REQUEST_HOST_MAX,
			   &arguments->request.remote_host, reterr_error);
}

static int option_tty(sd_bus_message *message, struct arguments *arguments,
		      sd_bus_error *reterr_error)
{
	return read_origin(message, NITRO_OPTION_TTY, REQUEST_TTY_MAX,
			   &arguments->request.tty, reterr_error);
}

static int option_command(sd_bus_message *message, struct arguments *arguments,
			  sd_bus_error *reterr_error)
{
	return read_origin(message, NITRO_OPTION_COMMAND, REQUEST_COMMAND_MAX,
			   &arguments->request.command, reterr_error);
}

static int option_run_as(sd_bus_message *message, struct arguments *arguments,
			 sd_bus_error *reterr_error)
{
	return read_origin(message, NITRO_OPTION_RUN_AS, REQUEST_USER_MAX,
			   &arguments->request.run_as, reterr_error);
}

static int option_host(sd_bus_message *message, struct arguments *arguments,
		       sd_bus_error *reterr_error)
{
	return read_origin(message, NITRO_OPTION_HOST, REQUEST_HOST_MAX,
			   &arguments->request.host, reterr_error);
}

static const struct option origin_options[] = {
	{ NITRO_OPTION_REMOTE_HOST, "s", option_remote_host },
	{ NITRO_OPTION_TTY, "s", option_tty },
	{ NITRO_OPTION_COMMAND, "s", option_command },
	{ NITRO_OPTION_RUN_AS, "s", option_run_as },
	{ NITRO_OPTION_HOST, "s", option_host },
};

int arguments_read_authorize(sd_bus_message *message,
			     struct arguments *ret_arguments,
			     sd_bus_error *reterr_error)
{
	int r = read_request(message, &ret_arguments->request, reterr_error);

	if (r < 0)
		return r;
	r = read_nonce(message, &ret_arguments->nonce, reterr_error);
	if (r < 0)
		return r;
	r = read_document(message, &ret_arguments->document, reterr_error);
	if (r < 0)
		return r;
	return read_options(message, origin_options, ARRAY_SIZE(origin_options),
			    ret_arguments, reterr_error);
}

int arguments_read_explain(sd_bus_message *message,
			   struct arguments *ret_arguments,
			   sd_bus_error *reterr_error)
{
	int r = read_request(message, &ret_arguments->request, reterr_error);

	if (r < 0)
		return r;
	r = read_document(message, &ret_arguments->document, reterr_error);
	if (r < 0)
		return r;
	return read_options(message, origin_options, ARRAY_SIZE(origin_options),
			    ret_arguments, reterr_error);
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
	int r = read_bytes(message, &arguments->nonce);

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
	int r = read_document(message, &ret_arguments->document, reterr_error);

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
