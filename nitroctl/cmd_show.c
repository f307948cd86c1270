/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl show: what stands in a document, whoever wrote it. The one place
 * outside the verifier that looks at unverified bytes: every line says so, nothing
 * here is a verdict, and nothing is decided by it.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>

#include "attest/certificate.h"
#include "attest/cose_sign1.h"
#include "attest/crypto.h"
#include "attest/document.h"
#include "base/time_text.h"
#include "nitroctl/command.h"
#include "nitroctl/input.h"
#include "nitroctl/output_json.h"
#include "nitroctl/output_text.h"

#define UNVERIFIED "UNVERIFIED "

/* First byte of CBOR tag 18, COSE_Sign1 (RFC 9052 section 2). */
#define TAG_18 0xd2

struct show_settings {
	bool json;
};

/* Views into the input, and what became of it. */
struct showing {
	const char *file;
	struct span input;
	bool was_base64;
	struct cose_sign1 envelope;
	struct document document;
	struct crypto *crypto;
	struct attest_failure failure; /* ATTEST_OK: the views are there */
};

/* The chain as it is used: root first, signer last. */
static size_t chain_length(const struct document *document)
{
	return document->bundle_count + 1;
}

static struct span chain_certificate(const struct document *document,
				     size_t index)
{
	return index < document->bundle_count ? document->bundle[index]
					      : document->certificate;
}

/* The same question as evidence_is_debug(), asked of unverified bytes. */
static bool looks_like_debug(const struct document *document)
{
	return document->kind == EVIDENCE_ENCLAVE &&
	       span_is_zero(document->pcrs[0]) &&
	       span_is_zero(document->pcrs[1]) &&
	       span_is_zero(document->pcrs[2]);
}

static const char *envelope_form(const struct showing *showing)
{
	return showing->input.data[0] == TAG_18 ? "tag 18" : "untagged";
}

static const char *map_form(const struct document *document)
{
	return document->map_is_indefinite ? "indefinite" : "definite";
}

/* One line: a name and a formatted value that is safe already. */
static void print_line(const char *name, const char *format, ...)
	_printf_(2, 3);

static void print_line(const char *name, const char *format, ...)
{
	va_list arguments;

	printf(UNVERIFIED "%-*s ", TEXT_NAME_WIDTH, name);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

static void print_text(const char *name, struct span text)
{
	printf(UNVERIFIED "%-*s ", TEXT_NAME_WIDTH, name);
	print_safely(stdout, text);
	putchar('\n');
}

static void print_certificate(const struct showing *showing, size_t index)
{
	struct certificate certificate = { 0 };
	struct attest_failure failure;
	struct span der = chain_certificate(&showing->document, index);
	char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE];

	print_line("certificate", "%zu of %zu, %zu bytes", index + 1,
		   chain_length(&showing->document), der.size);
	if (certificate_init(&certificate, showing->crypto, der, &failure) !=
	    ATTEST_OK) {
		print_text("",
			   span_of_text(attest_error_sentence(failure.error)));
		return;
	}
	format_seconds(certificate.not_before, from);
	format_seconds(certificate.not_after, to);
	print_text("", span_of_text(certificate.subject));
	print_line("", "%s to %s", from, to);
	certificate_deinit(&certificate);
}

static void print_document(const struct showing *showing)
{
	const struct document *document = &showing->document;
	char time[TIME_TEXT_SIZE];

	time_format((int64_t)document->timestamp_ms, time);
	print_line("envelope", "%s, payload %zu bytes, signature %zu bytes",
		   envelope_form(showing), showing->envelope.payload.size,
		   showing->envelope.signature.size);
	print_line("payload map", "%s", map_form(document));
	print_line("kind", "%s%s", evidence_kind_name(document->kind),
		   looks_like_debug(document) ? " in DEBUG MODE" : "");
	print_text("module_id", document->module_id);
	print_line("timestamp", "%s", time);
	print_text("digest", document->digest);
	text_print_pcrs(stdout, UNVERIFIED, document->pcrs);
	text_print_bytes(stdout, UNVERIFIED, "public_key",
			 document->public_key);
	text_print_bytes(stdout, UNVERIFIED, "user_data", document->user_data);
	text_print_bytes(stdout, UNVERIFIED, "nonce", document->nonce);
	for (size_t i = 0; i < chain_length(document); i++)
		print_certificate(showing, i);
}

static void print_failure(const struct attest_failure *failure)
{
	print_line("problem", "%s", attest_error_sentence(failure->error));
	if (failure->expected[0] != '\0')
		print_text("expected", span_of_text(failure->expected));
	if (failure->actual[0] != '\0')
		print_text("actual", span_of_text(failure->actual));
	print_line("hint", "%s", attest_error_hint(failure->error));
}

static void print_showing(const struct showing *showing)
{
	print_text("file", span_of_text(showing->file));
	print_line("input", "%zu bytes%s", showing->input.size,
		   showing->was_base64 ? ", decoded from base64" : "");
	if (showing->failure.error == ATTEST_OK)
		print_document(showing);
	else
		print_failure(&showing->failure);
}

static json_t *json_certificate(const struct showing *showing, size_t index)
{
	struct certificate certificate = { 0 };
	struct attest_failure failure;
	json_t *object;

	if (certificate_init(&certificate, showing->crypto,
			     chain_certificate(&showing->document, index),
			     &failure) != ATTEST_OK)
		return json_pack("{s:s}", "problem",
				 attest_error_sentence(failure.error));
	object = json_pack(
		"{s:o, s:o, s:o, s:o}", "subject",
		json_text(span_of_text(certificate.subject)), "not_before",
		json_time_seconds(certificate.not_before), "not_after",
		json_time_seconds(certificate.not_after), "sha256",
		json_hex(span_of(certificate.sha256, ATTEST_SHA256_SIZE)));
	certificate_deinit(&certificate);
	return object;
}

static json_t *json_chain(const struct showing *showing)
{
	json_t *chain = json_array();

	for (size_t i = 0; i < chain_length(&showing->document); i++)
		if (json_array_append_new(chain, json_certificate(showing, i)) <
		    0) {
			json_decref(chain);
			return NULL;
		}
	return chain;
}

static json_t *json_document(const struct showing *showing)
{
	const struct document *document = &showing->document;

	if (showing->failure.error != ATTEST_OK)
		return json_null();
	return json_pack(
		"{s:s, s:s, s:o, s:o, s:I, s:o, s:s, s:o, s:o, s:o, s:o, s:b,"
		" s:o}",
		"envelope", envelope_form(showing), "kind",
		evidence_kind_name(document->kind), "module_id",
		json_text(document->module_id), "timestamp",
		json_time_ms((int64_t)document->timestamp_ms), "timestamp_ms",
		(json_int_t)document->timestamp_ms, "digest",
		json_text(document->digest), "payload_map", map_form(document),
		"pcrs", json_pcrs(document->pcrs), "public_key",
		json_hex(document->public_key), "user_data",
		json_hex(document->user_data), "nonce",
		json_hex(document->nonce), "debug", looks_like_debug(document),
		"chain", json_chain(showing));
}

static json_t *json_failure(const struct attest_failure *failure)
{
	if (failure->error == ATTEST_OK)
		return json_null();
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "code",
			 attest_error_name(failure->error), "message",
			 attest_error_sentence(failure->error), "expected",
			 failure->expected, "actual", failure->actual, "hint",
			 attest_error_hint(failure->error));
}

/* The names are others than those of a verdict, on purpose. */
static json_t *json_showing(const struct showing *showing)
{
	return json_pack("{s:b, s:o, s:I, s:b, s:o, s:o}", "verified", 0,
			 "file", json_text(span_of_text(showing->file)),
			 "input_size", (json_int_t)showing->input.size,
			 "input_base64", (int)showing->was_base64, "problem",
			 json_failure(&showing->failure), "unverified_document",
			 json_document(showing));
}

static void parse(struct showing *showing)
{
	enum attest_error e = crypto_new(&showing->crypto);

	if (e != ATTEST_OK) {
		showing->failure.error = e;
		return;
	}
	e = cose_sign1_parse(showing->input, &showing->envelope,
			     &showing->failure);
	if (e == ATTEST_OK)
		e = document_parse(showing->envelope.payload, ATTEST_FIELD_MAX,
				   &showing->document, &showing->failure);
	showing->failure.error = e;
}

static enum exit_code report(const struct show_settings *settings,
			     const struct showing *showing)
{
	if (!settings->json)
		print_showing(showing);
	else if (!json_print_consume(stdout, json_showing(showing)))
		return EXIT_NOT_JUDGED;
	if (showing->failure.error == ATTEST_OK)
		return EXIT_ALLOWED;
	return attest_error_check(showing->failure.error) == ATTEST_CHECK_NONE
		       ? EXIT_NOT_JUDGED
		       : EXIT_DENIED;
}

static enum exit_code show_file(const struct show_settings *settings,
				const char *file)
{
	_cleanup_(input_freep) struct input input = INPUT_EMPTY;
	struct showing showing = { .file = file };
	enum exit_code code;
	int r = input_read(file, &input);

	if (r == -EFBIG) {
		input_too_large(&showing.failure);
		return report(settings, &showing);
	}
	if (r < 0) {
		complain("%s cannot be read: %s", file, input_explain(r));
		return EXIT_NOT_JUDGED;
	}
	showing.input = buffer_span(&input.bytes);
	showing.was_base64 = input.was_base64;
	parse(&showing);
	code = report(settings, &showing);
	crypto_unref(showing.crypto);
	return code;
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct show_settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	{ "json", NULL, "one JSON object", set_json },
};

static enum exit_code run_show(const struct command *command, int argc,
			       char **argv)
{
	struct show_settings settings = { 0 };
	int operands;

	switch (command_parse(command, argc, argv, &settings, &operands)) {
	case COMMAND_HELPED:
		return EXIT_ALLOWED;
	case COMMAND_USAGE:
		return EXIT_USAGE;
	case COMMAND_GO_ON:
		break;
	}
	if (operands + 1 != argc)
		return command_misused(command, "show takes exactly one FILE.");
	return show_file(&settings, argv[operands]);
}

const struct command command_show = {
	.name = "show",
	.operands = "FILE",
	.summary = "Print a document WITHOUT judging it.",
	.help = "Anybody can write such a document: every line is unverified. "
		"FILE as for verify.\n"
		"Exit code: 0 printed, 1 it is no attestation document, 2 "
		"wrong use, 3 the file\ncannot be read.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_show,
};
