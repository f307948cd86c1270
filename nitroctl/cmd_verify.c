/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl verify: options -> settings, then one judgement per file. It never
 * decides anything itself.
 */
#include "config.h"

#include <fcntl.h>
#include <string.h>

#include "nitroctl/judgement_json.h"
#include "nitroctl/output_json.h"
#include "nitroctl/output_text.h"
#include "nitroctl/tls_fetch.h"
#include "nitroctl/verify_options.h"
#include "response/certificate.h"

struct settings {
	struct verify_settings verify; /* first: see verify_options.h */
	const char *tls_cert;	       /* file or address; NULL: none */
	bool tls_in_nonce;
};

/* The certificate that documents must name; `is_given` false: none. */
struct tls {
	bool is_given;
	bool in_nonce;
	struct tls_certificate certificate;
};

static void tls_deinit(struct tls *tls)
{
	tls_certificate_free(tls->certificate);
}

static bool set_tls_cert(void *settings, const char *argument)
{
	((struct settings *)settings)->tls_cert = argument;
	return true;
}

static bool set_tls_nonce(void *settings, const char *argument _unused_)
{
	((struct settings *)settings)->tls_in_nonce = true;
	return true;
}

static const struct command_option options[] = {
	VERIFY_COMMAND_OPTIONS,
	{ "tls-cert", "FILE|ADDRESS",
	  "the document must name this TLS certificate, or that\n"
	  "of the server at ADDRESS (HOST:PORT); without\n"
	  "FILE, judge the document that the certificate holds",
	  set_tls_cert },
	{ "tls-nonce", NULL,
	  "the nonce may name it: where no stranger chooses it",
	  set_tls_nonce },
};

/* A file of this name is meant before an address is. */
static bool read_certificate(const char *name, struct buffer *ret_bytes)
{
	const struct read_file_limits limits = { .max_size =
							 TLS_CERTIFICATE_MAX };
	int r;

	if (access(name, F_OK) < 0 && tls_fetch_is_address(name))
		return tls_fetch(name, ret_bytes);
	r = read_file_at(AT_FDCWD, name, &limits, ret_bytes);
	if (r < 0)
		complain("%s: %s", name, read_file_explain(r));
	return r >= 0;
}

static bool prepare_tls(const struct settings *settings, struct tls *tls)
{
	_cleanup_(key_library_freep) struct key_library *library = NULL;
	_cleanup_(buffer_freep) struct buffer bytes = BUFFER_EMPTY;
	enum response_error error = RESPONSE_E_NO_MEMORY;

	if (settings->tls_cert == NULL)
		return true;
	if (!read_certificate(settings->tls_cert, &bytes))
		return false;
	if (key_library_new(&library) == KEY_OK)
		error = tls_certificate_read(library, buffer_span(&bytes),
					     &tls->certificate);
	if (error != RESPONSE_OK)
		complain("%s: %s %s", settings->tls_cert,
			 response_error_sentence(error),
			 response_error_hint(error));
	tls->is_given = error == RESPONSE_OK;
	tls->in_nonce = settings->tls_in_nonce;
	return tls->is_given;
}

/* Where the document names the certificate; refuses it when nowhere. */
static const char *check_tls(const struct tls *tls, struct judgement *judgement)
{
	const char *field;

	if (!tls->is_given || judgement->decision != JUDGEMENT_ALLOW)
		return NULL;
	field = tls_certificate_find(&tls->certificate, judgement->evidence,
				     tls->in_nonce);
	if (field == NULL)
		judgement_refuse(
			judgement,
			response_error_name(RESPONSE_E_CERTIFICATE_DIFFERENT),
			response_error_sentence(
				RESPONSE_E_CERTIFICATE_DIFFERENT),
			response_error_hint(RESPONSE_E_CERTIFICATE_DIFFERENT));
	return field;
}

static json_t *json_of(const struct tls *tls, const char *field,
		       const struct judgement *judgement)
{
	const struct span sha256 = span_of(tls->certificate.sha256,
					   sizeof(tls->certificate.sha256));
	json_t *object = json_judgement(judgement);

	if (!tls->is_given || object == NULL ||
	    json_object_set_new(object, "tls",
				json_pack("{s:o, s:o}", "certificate_sha256",
					  json_hex(sha256), "named_by",
					  field == NULL
						  ? json_null()
						  : json_string(field))) == 0)
		return object;
	json_decref(object);
	return NULL;
}

static enum exit_code report(const struct settings *settings,
			     const struct tls *tls, struct judgement *judgement)
{
	const bool quiet = settings->verify.quiet;
	const char *field = check_tls(tls, judgement);

	if (settings->verify.json) {
		if (!json_print_consume(stdout, json_of(tls, field, judgement)))
			return EXIT_NOT_JUDGED;
		return judgement_exit_code(judgement);
	}
	text_print_judgement(stdout, text_style_of(stdout), judgement, quiet);
	if (field != NULL && !quiet)
		printf("  %-*s named by %s\n", TEXT_NAME_WIDTH, "certificate",
		       field);
	return judgement_exit_code(judgement);
}

/* The document that the certificate itself holds. */
static enum exit_code judge_embedded(const struct settings *settings,
				     const struct tls *tls,
				     const struct judge *judge)
{
	struct judgement judgement;
	enum exit_code code;

	if (tls->certificate.document.size == 0) {
		complain("%s: the certificate holds no document; give its "
			 "FILE.",
			 settings->tls_cert);
		return EXIT_DENIED;
	}
	judge_finding(
		judge,
		&(struct finding){ settings->tls_cert,
				   buffer_span(&tls->certificate.document),
				   SPAN_ABSENT },
		&judgement);
	code = report(settings, tls, &judgement);
	judgement_deinit(&judgement);
	return code;
}

static enum exit_code judge_all(const struct settings *settings,
				char *const *files)
{
	_cleanup_(judge_freep) struct judge *judge = NULL;
	_cleanup_(tls_deinit) struct tls tls = {
		.certificate = TLS_CERTIFICATE_EMPTY
	};
	enum exit_code worst = judge_new(&settings->verify.judge, &judge);

	if (worst != EXIT_ALLOWED)
		return worst;
	if (!prepare_tls(settings, &tls))
		return EXIT_NOT_JUDGED;
	if (files[0] == NULL)
		return judge_embedded(settings, &tls, judge);
	for (size_t i = 0; files[i] != NULL; i++) {
		struct judgement judgement;
		enum exit_code code;

		judge_file(judge, files[i], &judgement);
		code = report(settings, &tls, &judgement);
		judgement_deinit(&judgement);
		if (code > worst)
			worst = code;
	}
	return worst;
}

static enum exit_code run_verify(const struct command *command, int argc,
				 char **argv)
{
	struct settings settings = { .tls_cert = NULL };
	const char *contradiction;
	int operands;

	switch (command_parse(command, argc, argv, &settings, &operands)) {
	case COMMAND_HELPED:
		return EXIT_ALLOWED;
	case COMMAND_USAGE:
		return EXIT_USAGE;
	case COMMAND_GO_ON:
		break;
	}
	if (operands == argc && settings.tls_cert == NULL)
		return command_misused(command,
				       "no FILE was given; '-' is standard "
				       "input.");
	if (settings.tls_in_nonce && settings.tls_cert == NULL)
		return command_misused(command,
				       "--tls-nonce belongs to --tls-cert.");
	contradiction = verify_find_contradiction(&settings.verify);
	if (contradiction != NULL)
		return command_misused(command, "%s", contradiction);
	verify_warn_of_time(&settings.verify.judge);
	return judge_all(&settings, argv + operands);
}

const struct command command_verify = {
	.name = "verify",
	.operands = "FILE...",
	.summary = "Judge documents offline, as the daemon would.",
	.help = "FILE holds a document as the NSM gave it, or base64 of it; "
		"'-' is standard input.\n"
		"The AWS root is always trusted. Exit code: 0 all allowed, "
		"1 some denied,\n2 wrong use, 3 some could not be judged.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_verify,
};
