/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arguments of VerifyResponse; a part of bus_arguments.h.
 */
#include "config.h"

#include "dbus/nitro_bus.h"
#include "nitro-policyd/bus_arguments.h"
#include "nitro-policyd/bus_options.h"
#include "nitro-policyd/bus_read.h"
#include "nitro-policyd/limits.h"
#include "nitro-policyd/response_question.h"

static int refuse_word(const char *name, const char *word,
		       sd_bus_error *reterr_error)
{
	return sd_bus_error_setf(reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
				 "The option '%s' may not be '%.64s'.", name,
				 word);
}

static int option_kind(sd_bus_message *message, struct arguments *arguments,
		       sd_bus_error *reterr_error)
{
	const char *word;
	int r = sd_bus_message_read_basic(message, 's', &word);

	if (r >= 0 && !response_kind_parse(word, &arguments->response.kind))
		return refuse_word(NITRO_OPTION_KIND, word, reterr_error);
	return r;
}

static int option_format(sd_bus_message *message, struct arguments *arguments,
			 sd_bus_error *reterr_error)
{
	const char *word;
	int r = sd_bus_message_read_basic(message, 's', &word);

	if (r >= 0 &&
	    !signature_format_parse(word, &arguments->response.scheme.format))
		return refuse_word(NITRO_OPTION_FORMAT, word, reterr_error);
	return r;
}

static int option_digest(sd_bus_message *message, struct arguments *arguments,
			 sd_bus_error *reterr_error)
{
	const char *word;
	int r = sd_bus_message_read_basic(message, 's', &word);

	if (r >= 0 &&
	    !signature_digest_parse(word, &arguments->response.scheme.digest))
		return refuse_word(NITRO_OPTION_DIGEST, word, reterr_error);
	return r;
}

static int option_claimed_key(sd_bus_message *message,
			      struct arguments *arguments,
			      sd_bus_error *reterr_error _unused_)
{
	return bus_read_bytes(message, &arguments->response.claimed_key);
}

static int option_payload(sd_bus_message *message, struct arguments *arguments,
			  sd_bus_error *reterr_error _unused_)
{
	return bus_read_bytes(message, &arguments->response.sent_payload);
}

static int option_metadata(sd_bus_message *message, struct arguments *arguments,
			   sd_bus_error *reterr_error _unused_)
{
	return bus_read_bytes(message, &arguments->response.sent_metadata);
}

static int option_verdict(sd_bus_message *message, struct arguments *arguments,
			  sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_VERDICT, NITRO_ID_LENGTH,
			       &arguments->selector.id, reterr_error);
}

/* What a kind does not look at must not be given: the caller would rely on it. */
static const char *find_contradiction(const struct arguments *arguments)
{
	const struct response_input *response = &arguments->response;
	bool is_message = response->kind == RESPONSE_MESSAGE;
	bool has_live = arguments->selector.id[0] != '\0';

	if (span_is_absent(arguments->document) != has_live)
		return "Give a document or the option 'verdict', and only one.";
	if (has_live &&
	    (!span_is_absent(arguments->nonce) || arguments->max_age_ms != 0))
		return "A live verdict is not asked for 'nonce' or 'max_age'.";
	if (!is_message && (response->signature.size > 0 ||
			    !span_is_absent(response->claimed_key) ||
			    response->scheme.format != SIGNATURE_AUTO ||
			    response->scheme.digest != SIGNATURE_DIGEST_USUAL))
		return "The response has signature and key of its own.";
	if (response->kind != RESPONSE_VISUALSIGN &&
	    (!span_is_absent(response->sent_payload) ||
	     !span_is_absent(response->sent_metadata)))
		return "Only 'visualsign' is compared with what was sent.";
	if (response_question_size(response) > RESPONSE_BYTES_MAX)
		return "The response is too large for the bus.";
	return NULL;
}

static int read_bytes(sd_bus_message *message, struct arguments *arguments,
		      sd_bus_error *reterr_error)
{
	int r = bus_read_document(message, &arguments->document, reterr_error);

	if (r >= 0)
		r = bus_read_bytes(message, &arguments->response.message);
	if (r >= 0)
		r = bus_read_bytes(message, &arguments->response.signature);
	return r;
}

int arguments_read_response(sd_bus_message *message,
			    struct arguments *ret_arguments,
			    sd_bus_error *reterr_error)
{
	static const struct option options[] = {
		VERIFY_OPTIONS,
		{ NITRO_OPTION_VERDICT, "s", option_verdict },
		{ NITRO_OPTION_KIND, "s", option_kind },
		{ NITRO_OPTION_FORMAT, "s", option_format },
		{ NITRO_OPTION_DIGEST, "s", option_digest },
		{ NITRO_OPTION_CLAIMED_KEY, "ay", option_claimed_key },
		{ NITRO_OPTION_PAYLOAD, "ay", option_payload },
		{ NITRO_OPTION_METADATA, "ay", option_metadata },
	};
	const char *contradiction;
	int r;

	ret_arguments->selector.id = "";
	r = read_bytes(message, ret_arguments, reterr_error);
	if (r >= 0)
		r = arguments_read_verify_options(message, options,
						  ARRAY_SIZE(options),
						  ret_arguments, reterr_error);
	if (r < 0)
		return r;
	contradiction = find_contradiction(ret_arguments);
	if (contradiction != NULL)
		return sd_bus_error_set(reterr_error,
					NITRO_ERROR_INVALID_ARGUMENT,
					contradiction);
	return 0;
}
