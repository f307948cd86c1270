/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl pcr: the value of a PCR that measures something an admin knows. Roles
 * and instances are read by the policy's own parser, so that what is accepted here
 * is accepted there.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "attest/digest.h"
#include "config/host_world.h"
#include "nitroctl/command.h"
#include "nitroctl/input.h"
#include "nitroctl/output_json.h"
#include "nitroctl/text.h"
#include "policy/policy.h"

/* Longer than any ARN. */
#define OPERAND_MAX 1024u

struct pcr_settings {
	bool json;
};

/* What the verbs have in common. */
struct pcr_kind {
	unsigned index;
	const char *key; /* "role", … */
	/* EXIT_ALLOWED, or the exit code after a complaint. */
	enum exit_code (*compute)(const struct pcr_kind *kind,
				  const char *operand,
				  uint8_t ret_pcr[static ATTEST_SHA384_SIZE]);
};

/* PCR0 to PCR2 are needed for a release and are not looked at. */
#define IMAGE_PCR                                                              \
	"ffffffffffffffffffffffffffffffffffffffffffffffff"                     \
	"ffffffffffffffffffffffffffffffffffffffffffffffff"

static char *write_policy(const struct pcr_kind *kind, const char *operand)
{
	char *text;

	if (asprintf(&text,
		     "[image/x]\nkind = enclave\n[release/x/x]\n"
		     "pcr0 = " IMAGE_PCR "\npcr1 = " IMAGE_PCR
		     "\npcr2 = " IMAGE_PCR "\npcr%u = %s:%s\n",
		     kind->index, kind->key, operand) < 0)
		return NULL;
	return text;
}

/* The policy's errors are about this one key. */
static enum exit_code complain_refused(const struct diagnostics *diagnostics)
{
	for (size_t i = 0; i < diagnostics_count(diagnostics); i++)
		complain("%s.", diagnostics_get(diagnostics, i)->message);
	return EXIT_USAGE;
}

static enum exit_code load_policy(const char *text, struct policy **ret_policy)
{
	struct host_world host = { .owner = geteuid(),
				   .instance_file = HOST_INSTANCE_FILE };
	const struct policy_world world = host_world_view(&host);
	const struct policy_source source = {
		.kind = POLICY_SOURCE_IMAGES,
		.name = "command line",
		.text = span_of_text(text),
	};
	const struct policy_input input = {
		.sources = &source,
		.source_count = 1,
		.world = &world,
	};
	_cleanup_(diagnostics_freep) struct diagnostics *diagnostics =
		diagnostics_new();
	enum policy_error error = POLICY_E_NO_MEMORY;

	if (diagnostics != NULL)
		error = policy_load(&input, ret_policy, diagnostics);
	switch (error) {
	case POLICY_OK:
		return EXIT_ALLOWED;
	case POLICY_E_INVALID:
		return complain_refused(diagnostics);
	case POLICY_E_NO_MEMORY:
		break;
	}
	complain("memory is exhausted.");
	return EXIT_NOT_JUDGED;
}

static enum exit_code
compute_by_policy(const struct pcr_kind *kind, const char *operand,
		  uint8_t ret_pcr[static ATTEST_SHA384_SIZE])
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_free_ char *text = NULL;
	struct policy_release_info release;
	enum exit_code code;

	/* Else it could say more than one value. */
	if (!is_plain_text(span_of_text(operand)) ||
	    strlen(operand) > OPERAND_MAX) {
		complain("expected 1 to %u printable characters, found '%s'.",
			 OPERAND_MAX, operand);
		return EXIT_USAGE;
	}
	text = write_policy(kind, operand);
	if (text == NULL) {
		complain("memory is exhausted.");
		return EXIT_NOT_JUDGED;
	}
	code = load_policy(text, &policy);
	if (code != EXIT_ALLOWED)
		return code;
	policy_release_info(policy, 0, 0, &release);
	memcpy(ret_pcr, release.pcrs[kind->index].data, ATTEST_SHA384_SIZE);
	return EXIT_ALLOWED;
}

/* A file may be anybody's here: its value is printed, not trusted. */
static enum exit_code
compute_certificate(const struct pcr_kind *kind _unused_, const char *operand,
		    uint8_t ret_pcr[static ATTEST_SHA384_SIZE])
{
	static const struct read_file_limits limits = {
		.max_size = DIGEST_CERTIFICATE_FILE_MAX,
	};
	_cleanup_(buffer_freep) struct buffer file = BUFFER_EMPTY;
	_cleanup_(digest_freep) struct digest *digest = NULL;
	int r = read_file_at(AT_FDCWD, operand, &limits, &file);
	enum attest_error error;

	if (r < 0) {
		complain("%s cannot be read: %s", operand,
			 r == -EFBIG ? "It is too large for a certificate."
				     : input_explain(r));
		return EXIT_NOT_JUDGED;
	}
	error = digest_new(&digest);
	if (error == ATTEST_OK)
		error = digest_pcr_of_certificate(digest, buffer_span(&file),
						  ret_pcr);
	if (error == ATTEST_OK)
		return EXIT_ALLOWED;
	if (error == ATTEST_E_ROOT_FILE ||
	    error == ATTEST_E_CERTIFICATE_ENCODING) {
		complain("%s is not exactly one certificate in PEM or DER.",
			 operand);
		return EXIT_DENIED;
	}
	complain("%s: %s", operand, attest_error_sentence(error));
	return EXIT_NOT_JUDGED;
}

static enum exit_code report(const struct pcr_settings *settings,
			     const struct pcr_kind *kind, struct span pcr)
{
	if (!settings->json) {
		print_hex(stdout, pcr);
		putchar('\n');
		return EXIT_ALLOWED;
	}
	return json_print_consume(stdout,
				  json_pack("{s:i, s:s, s:o}", "pcr",
					    (int)kind->index, "of", kind->key,
					    "value", json_hex(pcr)))
		       ? EXIT_ALLOWED
		       : EXIT_NOT_JUDGED;
}

static enum exit_code run(const struct pcr_kind *kind,
			  const struct command *command, int argc, char **argv)
{
	struct pcr_settings settings = { 0 };
	uint8_t pcr[ATTEST_SHA384_SIZE];
	enum exit_code code;
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
		return command_misused(command, "%s takes exactly one %s.",
				       command->name, command->operands);
	code = kind->compute(kind, argv[operands], pcr);
	return code == EXIT_ALLOWED
		       ? report(&settings, kind, span_of(pcr, sizeof(pcr)))
		       : code;
}

static enum exit_code run_role(const struct command *command, int argc,
			       char **argv)
{
	static const struct pcr_kind kind = { 3, "role", compute_by_policy };

	return run(&kind, command, argc, argv);
}

static enum exit_code run_instance(const struct command *command, int argc,
				   char **argv)
{
	static const struct pcr_kind kind = { 4, "instance",
					      compute_by_policy };

	return run(&kind, command, argc, argv);
}

static enum exit_code run_certificate(const struct command *command, int argc,
				      char **argv)
{
	static const struct pcr_kind kind = { 8, "certificate",
					      compute_certificate };

	return run(&kind, command, argc, argv);
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct pcr_settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	{ "json", NULL, "one JSON object", set_json },
};

static const char help[] =
	"The value is printed in hexadecimal. It is for enclaves; a release "
	"may also say\nwhat it is computed of: see nitro-images(5).\n"
	"Exit code: 0 printed, 1 the file is no certificate, 2 wrong use, 3 it "
	"cannot be\nread.\n";

const struct command command_pcr_role = {
	.name = "pcr role",
	.operands = "ARN",
	.summary = "Compute PCR3 of an IAM role.",
	.help = help,
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_role,
};

const struct command command_pcr_instance = {
	.name = "pcr instance",
	.operands = "ID",
	.summary = "Compute PCR4 of an instance; 'this' is the host's own.",
	.help = help,
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_instance,
};

const struct command command_pcr_certificate = {
	.name = "pcr certificate",
	.operands = "FILE",
	.summary = "Compute PCR8 of the certificate that signs images.",
	.help = help,
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_certificate,
};
