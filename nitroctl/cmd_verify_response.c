/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl verify-response: a document is judged as by `nitroctl verify`, and then
 * its key is held against what it is said to have signed. Never takes a key from
 * anywhere else.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/hex.h"
#include "nitroctl/judgement_json.h"
#include "nitroctl/output_json.h"
#include "nitroctl/output_text.h"
#include "nitroctl/verify_options.h"
#include "response/response.h"

#define BOOT_PROOF "boot proof"

struct settings {
	struct verify_settings verify; /* first: see verify_options.h */
	const char *document;	       /* NULL: the response's boot proof */
	enum response_kind kind;
	struct signature_scheme scheme;
	/* Values as they were given; NULL: not. */
	const char *signature;
	const char *claimed_key;
	const char *payload_file;
	const char *metadata_file;
};

/* What was read. */
struct material {
	struct buffer message;
	struct buffer signature;
	struct buffer claimed_key;
	struct buffer payload;
	struct buffer metadata;
};

static void material_deinit(struct material *material)
{
	buffer_free(material->message);
	buffer_free(material->signature);
	buffer_free(material->claimed_key);
	buffer_free(material->payload);
	buffer_free(material->metadata);
}

/* What came of the response, once the document holds. */
struct outcome {
	const char *key_name;
	struct response_failure failure;
};

static bool set_document(void *settings, const char *argument)
{
	((struct settings *)settings)->document = argument;
	return true;
}

static bool set_signature(void *settings, const char *argument)
{
	((struct settings *)settings)->signature = argument;
	return true;
}

static bool set_key(void *settings, const char *argument)
{
	((struct settings *)settings)->claimed_key = argument;
	return true;
}

static bool set_payload(void *settings, const char *argument)
{
	((struct settings *)settings)->payload_file = argument;
	return true;
}

static bool set_metadata(void *settings, const char *argument)
{
	((struct settings *)settings)->metadata_file = argument;
	return true;
}

static bool set_kind(void *settings, const char *argument)
{
	if (response_kind_parse(argument, &((struct settings *)settings)->kind))
		return true;
	complain("--kind takes message, visualsign or turnkey-proof, but not "
		 "'%s'.",
		 argument);
	return false;
}

static bool set_format(void *settings, const char *argument)
{
	if (signature_format_parse(
		    argument, &((struct settings *)settings)->scheme.format))
		return true;
	complain("--format takes auto, der, raw, pss or pkcs1, but not '%s'.",
		 argument);
	return false;
}

static bool set_digest(void *settings, const char *argument)
{
	if (signature_digest_parse(
		    argument, &((struct settings *)settings)->scheme.digest))
		return true;
	complain("--digest takes usual, sha256, sha384 or sha512, but not "
		 "'%s'.",
		 argument);
	return false;
}

static const struct command_option options[] = {
	{ "document", "FILE", "the document of the application that answered",
	  set_document },
	{ "kind", "RESPONSE",
	  "message (the default), visualsign or turnkey-proof", set_kind },
	{ "signature", "VALUE", "of a message: hexadecimal, or @FILE",
	  set_signature },
	{ "format", "FORMAT", "auto (the default), der, raw; RSA: pss or pkcs1",
	  set_format },
	{ "digest", "DIGEST", "usual (the default), sha256, sha384 or sha512",
	  set_digest },
	{ "key", "VALUE", "the key that is claimed: hexadecimal, or @FILE",
	  set_key },
	{ "payload", "FILE", "visualsign: the unsigned payload as it was sent",
	  set_payload },
	{ "metadata", "FILE",
	  "visualsign: the chain metadata as sent, in Borsh", set_metadata },
	VERIFY_COMMAND_OPTIONS,
};

static const char *find_contradiction(const struct settings *settings)
{
	const bool is_message = settings->kind == RESPONSE_MESSAGE;

	if (is_message != (settings->signature != NULL))
		return is_message ? "--signature says what to verify."
				  : "The response carries its own signature; "
				    "leave --signature out.";
	if (!is_message && (settings->claimed_key != NULL ||
			    settings->scheme.format != SIGNATURE_AUTO ||
			    settings->scheme.digest != SIGNATURE_DIGEST_USUAL))
		return "--key, --format and --digest belong to messages; the "
		       "response carries its own.";
	if (settings->kind != RESPONSE_VISUALSIGN &&
	    (settings->payload_file != NULL || settings->metadata_file != NULL))
		return "Only visualsign is compared with what was sent.";
	if (settings->kind != RESPONSE_VISUALSIGN && settings->document == NULL)
		return "--document says whose response it is.";
	return verify_find_contradiction(&settings->verify);
}

static bool read_bytes(const char *name, struct buffer *ret_bytes)
{
	static const struct read_file_limits limits = {
		.max_size = RESPONSE_MESSAGE_MAX,
	};
	int r = strcmp(name, "-") == 0
			? read_stream(STDIN_FILENO, RESPONSE_MESSAGE_MAX,
				      ret_bytes)
			: read_file_at(AT_FDCWD, name, &limits, ret_bytes);

	if (r < 0)
		complain("%s: %s", name, read_file_explain(r));
	return r >= 0;
}

/* Hexadecimal, or the bytes of @FILE. */
static bool read_value(const char *value, struct buffer *ret_bytes)
{
	const struct span text = span_of_text(value);
	_cleanup_(buffer_freep) struct buffer bytes = BUFFER_EMPTY;

	if (value[0] == '@')
		return read_bytes(value + 1, ret_bytes);
	bytes.data = malloc(text.size / 2 + 1);
	if (bytes.data == NULL) {
		complain("memory is exhausted.");
		return false;
	}
	if (hex_decode(text, bytes.data, text.size / 2, &bytes.size) < 0) {
		complain("'%s' is neither hexadecimal nor @FILE.", value);
		return false;
	}
	*ret_bytes = bytes;
	bytes = BUFFER_EMPTY;
	return true;
}

static bool read_material(const struct settings *settings, const char *file,
			  struct material *material)
{
	return read_bytes(file, &material->message) &&
	       (settings->signature == NULL ||
		read_value(settings->signature, &material->signature)) &&
	       (settings->claimed_key == NULL ||
		read_value(settings->claimed_key, &material->claimed_key)) &&
	       (settings->payload_file == NULL ||
		read_bytes(settings->payload_file, &material->payload)) &&
	       (settings->metadata_file == NULL ||
		read_bytes(settings->metadata_file, &material->metadata));
}

static void refuse_key(struct judgement *judgement, enum key_error error)
{
	if (error == KEY_E_INTERNAL || error == KEY_E_NO_MEMORY)
		judgement_give_up(judgement, key_error_name(error),
				  key_error_sentence(error),
				  key_error_hint(error));
	else
		judgement_refuse(judgement, key_error_name(error),
				 key_error_sentence(error),
				 key_error_hint(error));
}

static void refuse_response(struct judgement *judgement,
			    enum response_error error)
{
	if (error == RESPONSE_E_INTERNAL || error == RESPONSE_E_NO_MEMORY)
		judgement_give_up(judgement, response_error_name(error),
				  response_error_sentence(error),
				  response_error_hint(error));
	else
		judgement_refuse(judgement, response_error_name(error),
				 response_error_sentence(error),
				 response_error_hint(error));
}

static enum response_error verify(const struct key_library *library,
				  const struct attested_key *key,
				  const struct settings *settings,
				  const struct material *material,
				  struct outcome *outcome)
{
	const struct response_input input = {
		.kind = settings->kind,
		.message = buffer_span(&material->message),
		.signature = buffer_span(&material->signature),
		.scheme = settings->scheme,
		.claimed_key = buffer_span(&material->claimed_key),
		.sent_payload = buffer_span(&material->payload),
		.sent_metadata = buffer_span(&material->metadata),
	};

	return response_verify(library, key, &input, &outcome->failure);
}

/* The document holds: the rest of the question. */
static void verify_response(const struct settings *settings,
			    const struct material *material,
			    struct judgement *judgement,
			    struct outcome *outcome)
{
	_cleanup_(key_library_freep) struct key_library *library = NULL;
	_cleanup_(attested_key_freep) struct attested_key *key = NULL;
	enum response_error error;
	enum key_error key_error = key_library_new(&library);

	if (key_error == KEY_OK)
		key_error =
			attested_key_new(library, judgement->evidence, &key);
	if (key_error != KEY_OK) {
		refuse_key(judgement, key_error);
		return;
	}
	outcome->key_name = attested_key_name(key);
	error = verify(library, key, settings, material, outcome);
	if (error != RESPONSE_OK)
		refuse_response(judgement, error);
}

static void print_detail(const char *name, const char *text)
{
	if (text[0] != '\0')
		printf("  %-*s %s\n", TEXT_NAME_WIDTH, name, text);
}

static void print_text(const struct settings *settings,
		       const struct judgement *judgement,
		       const struct outcome *outcome)
{
	text_print_judgement(stdout, text_style_of(stdout), judgement,
			     settings->verify.quiet);
	if (settings->verify.quiet)
		return;
	print_detail("key", outcome->key_name);
	print_detail("expected", outcome->failure.expected);
	print_detail("actual", outcome->failure.actual);
}

static bool print_json(const struct judgement *judgement,
		       const struct outcome *outcome)
{
	json_t *object = json_judgement(judgement);
	json_t *response = json_pack(
		"{s:o, s:o, s:o}", "key",
		json_string_or_null(outcome->key_name), "expected",
		json_string_or_null(outcome->failure.expected), "actual",
		json_string_or_null(outcome->failure.actual));

	if (object == NULL ||
	    json_object_set_new(object, "response", response) < 0) {
		json_decref(object);
		object = NULL;
	}
	return json_print_consume(stdout, object);
}

static enum exit_code report(const struct settings *settings,
			     const struct judgement *judgement,
			     const struct outcome *outcome)
{
	if (!settings->verify.json)
		print_text(settings, judgement, outcome);
	else if (!print_json(judgement, outcome))
		return EXIT_NOT_JUDGED;
	return judgement_exit_code(judgement);
}

/* The document that the response brings along, with its envelope. EXIT_ALLOWED: there
 * is a judgement. */
static enum exit_code judge_boot_proof(const struct judge *judge,
				       const struct material *material,
				       struct judgement *judgement)
{
	_cleanup_(response_boot_proof_freep) struct response_boot_proof proof =
		RESPONSE_BOOT_PROOF_EMPTY;
	struct response_failure failure;
	enum response_error error = response_read_boot_proof(
		buffer_span(&material->message), &proof, &failure);

	if (error != RESPONSE_OK) {
		complain("%s %s%s%s", response_error_sentence(error),
			 response_error_hint(error),
			 failure.actual[0] != '\0' ? " Found: " : "",
			 failure.actual);
		return error == RESPONSE_E_NO_MEMORY ? EXIT_NOT_JUDGED
						     : EXIT_DENIED;
	}
	if (proof.document.size == 0) {
		complain("the response has no boot proof; --document says "
			 "whose response it is.");
		return EXIT_DENIED;
	}
	judge_finding(judge,
		      &(struct finding){ BOOT_PROOF,
					 buffer_span(&proof.document),
					 buffer_span(&proof.envelope) },
		      judgement);
	return EXIT_ALLOWED;
}

static enum exit_code verify_document(const struct judge *judge,
				      const struct settings *settings,
				      const struct material *material,
				      struct judgement *judgement)
{
	if (settings->document == NULL)
		return judge_boot_proof(judge, material, judgement);
	judge_file(judge, settings->document, judgement);
	return EXIT_ALLOWED;
}

static enum exit_code judge_all(const struct settings *settings,
				const char *file)
{
	_cleanup_(judge_freep) struct judge *judge = NULL;
	_cleanup_(material_deinit) struct material material = { 0 };
	struct outcome outcome = { .key_name = "" };
	struct judgement judgement;
	enum exit_code code = judge_new(&settings->verify.judge, &judge);

	if (code != EXIT_ALLOWED)
		return code;
	if (!read_material(settings, file, &material))
		return EXIT_NOT_JUDGED;
	code = verify_document(judge, settings, &material, &judgement);
	if (code != EXIT_ALLOWED)
		return code;
	if (judgement.decision == JUDGEMENT_ALLOW)
		verify_response(settings, &material, &judgement, &outcome);
	code = report(settings, &judgement, &outcome);
	judgement_deinit(&judgement);
	return code;
}

static enum exit_code run_verify_response(const struct command *command,
					  int argc, char **argv)
{
	struct settings settings = { .document = NULL };
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
	if (operands != argc - 1)
		return command_misused(command, "exactly one FILE is "
						"verified; '-' is standard "
						"input.");
	contradiction = find_contradiction(&settings);
	if (contradiction != NULL)
		return command_misused(command, "%s", contradiction);
	verify_warn_of_time(&settings.verify.judge);
	return judge_all(&settings, argv[operands]);
}

const struct command command_verify_response = {
	.name = "verify-response",
	.operands = "FILE",
	.summary = "Judge what the key of a document has signed.",
	.help = "FILE holds the message, or the JSON of a VisualSign gateway "
		"or of a Turnkey\nproof; '-' is standard input. A VisualSign "
		"response may bring its document\nand the envelope of its "
		"manifest along.\n"
		"Exit code: 0 signed by the document's key, 1 not, 2 wrong "
		"use, 3 could not be\njudged.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_verify_response,
};
