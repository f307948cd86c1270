/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_arguments.h"

#include <errno.h>
#include <stdlib.h>

#include "attest/anchors.h"
#include "attest/limits.h"
#include "base/cleanup.h"
#include "dbus/nitro_bus.h"
#include "nitro-policyd/bus_options.h"
#include "nitro-policyd/bus_read.h"
#include "nitro-policyd/limits.h"
#include "policy/secret.h"
#include "response/certificate.h"
#include "ssh/certificate.h"

#define VERIFY_LEVEL_MAX     3u
#define VERIFY_LEVEL_DEFAULT 2u

/* A ticket that was mistyped is denied, not an error; what is longer is none. */
#define TICKET_MAX 64u

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

int arguments_read_challenge(sd_bus_message *message,
			     struct arguments *ret_arguments,
			     sd_bus_error *reterr_error)
{
	int r = bus_read_request(message, &ret_arguments->request,
				 reterr_error);

	if (r < 0)
		return r;
	return options_read(message, NULL, 0, ret_arguments, reterr_error);
}

static int option_ticket(sd_bus_message *message, struct arguments *arguments,
			 sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_TICKET, TICKET_MAX,
			       &arguments->ticket, reterr_error);
}

static int option_signature(sd_bus_message *message,
			    struct arguments *arguments,
			    sd_bus_error *reterr_error)
{
	int r = bus_read_bytes(message, &arguments->signature);

	if (r < 0)
		return r;
	if (arguments->signature.size == 0 ||
	    arguments->signature.size > SIGNATURE_SIZE_MAX)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The signature has %zu bytes; 1 to %u are allowed.",
			arguments->signature.size, SIGNATURE_SIZE_MAX);
	return 0;
}

/* What Explain takes, then what only Authorize takes. */
static const struct option request_options[] = {
	ORIGIN_OPTIONS,
	{ NITRO_OPTION_MANIFEST, "ay", option_manifest },
	{ NITRO_OPTION_SSH_KEY, "ay", option_ssh_key },
	{ NITRO_OPTION_TICKET, "s", option_ticket },
	{ NITRO_OPTION_SIGNATURE, "ay", option_signature },
};

#define AUTHORIZE_OPTIONS ARRAY_SIZE(request_options)
#define EXPLAIN_OPTIONS	  (AUTHORIZE_OPTIONS - 3)

/* Without a document of its own, the question is about the one in the certificate. */
static int take_certified(struct arguments *arguments,
			  sd_bus_error *reterr_error)
{
	struct ssh_certificate certificate;
	struct span document;
	enum ssh_error error =
		ssh_certificate_read(arguments->ssh_blob, &certificate);

	if (error == SSH_OK)
		error = ssh_certificate_extension(
			&certificate, SSH_EXTENSION_DOCUMENT, &document);
	if (error != SSH_OK)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The document has 0 bytes, and the certificate in "
			"'ssh_key' holds none: %s.",
			ssh_error_text(error));
	if (document.size == 0 || document.size > ATTEST_DOCUMENT_MAX)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The document in the certificate has %zu bytes; 1 to "
			"%u are allowed.",
			document.size, ATTEST_DOCUMENT_MAX);
	arguments->document = document;
	arguments->is_certified = true;
	return 0;
}

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
	r = options_read(message, request_options, AUTHORIZE_OPTIONS,
			 ret_arguments, reterr_error);
	if (r < 0)
		return r;
	if (span_is_absent(ret_arguments->document) &&
	    ret_arguments->ticket == NULL &&
	    ssh_is_certificate(ret_arguments->ssh_blob))
		return take_certified(ret_arguments, reterr_error);
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
	return options_read(message, request_options, EXPLAIN_OPTIONS,
			    ret_arguments, reterr_error);
}

static int option_challenge(sd_bus_message *message,
			    struct arguments *arguments,
			    sd_bus_error *reterr_error)
{
	return bus_read_nonce(message, &arguments->nonce, reterr_error);
}

int arguments_read_secret(sd_bus_message *message,
			  struct arguments *ret_arguments,
			  sd_bus_error *reterr_error)
{
	static const struct option options[] = {
		{ NITRO_OPTION_NONCE, "ay", option_challenge },
		{ NITRO_OPTION_MANIFEST, "ay", option_manifest },
		{ NITRO_OPTION_SIGNATURE, "ay", option_signature },
	};
	const char *name;
	int r = sd_bus_message_read_basic(message, 's', &name);

	if (r < 0)
		return r;
	if (!policy_name_is_valid(name))
		return sd_bus_error_set(reterr_error,
					NITRO_ERROR_INVALID_ARGUMENT,
					"The name of the secret is not 1 to "
					"127 characters of a-z 0-9 . _ -");
	ret_arguments->request.service = SECRET_SERVICE;
	ret_arguments->request.user = name;
	r = read_needed_document(message, &ret_arguments->document,
				 reterr_error);
	return r < 0 ? r
		     : options_read(message, options, ARRAY_SIZE(options),
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
	return options_read(message, NULL, 0, ret_arguments, reterr_error);
}

int option_level(sd_bus_message *message, struct arguments *arguments,
		 sd_bus_error *reterr_error)
{
	int r = sd_bus_message_read_basic(message, 'u', &arguments->level);

	if (r < 0)
		return r;
	if (arguments->level < 1 || arguments->level > VERIFY_LEVEL_MAX)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"Level %u cannot be decided on; there are levels 1 to "
			"%u.",
			arguments->level, VERIFY_LEVEL_MAX);
	return 0;
}

int option_nonce(sd_bus_message *message, struct arguments *arguments,
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
int option_max_age(sd_bus_message *message, struct arguments *arguments,
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

int option_roots(sd_bus_message *message, struct arguments *arguments,
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

int arguments_read_verify_options(sd_bus_message *message,
				  const struct option *options, size_t count,
				  struct arguments *arguments,
				  sd_bus_error *reterr_error)
{
	int r;

	arguments->level = VERIFY_LEVEL_DEFAULT;
	r = options_read(message, options, count, arguments, reterr_error);
	if (r < 0)
		return r;
	if (default_roots(arguments) < 0)
		return no_memory(reterr_error);
	return 0;
}

static int option_tls_certificate(sd_bus_message *message,
				  struct arguments *arguments,
				  sd_bus_error *reterr_error)
{
	int r = bus_read_bytes(message, &arguments->tls_certificate);

	if (r >= 0 && arguments->tls_certificate.size > TLS_CERTIFICATE_MAX)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The certificate has %zu bytes; at most %u are "
			"allowed.",
			arguments->tls_certificate.size, TLS_CERTIFICATE_MAX);
	return r;
}

static int option_tls_nonce(sd_bus_message *message,
			    struct arguments *arguments,
			    sd_bus_error *reterr_error _unused_)
{
	int in_nonce;
	int r = sd_bus_message_read_basic(message, 'b', &in_nonce);

	if (r >= 0)
		arguments->tls_in_nonce = in_nonce != 0;
	return r;
}

int arguments_read_verify(sd_bus_message *message,
			  struct arguments *ret_arguments,
			  sd_bus_error *reterr_error)
{
	static const struct option options[] = {
		VERIFY_OPTIONS,
		{ NITRO_OPTION_TLS_CERTIFICATE, "ay", option_tls_certificate },
		{ NITRO_OPTION_TLS_NONCE, "b", option_tls_nonce },
	};
	int r = read_needed_document(message, &ret_arguments->document,
				     reterr_error);

	if (r < 0)
		return r;
	return arguments_read_verify_options(message, options,
					     ARRAY_SIZE(options), ret_arguments,
					     reterr_error);
}
