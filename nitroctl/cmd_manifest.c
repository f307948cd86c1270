/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl manifest: what a QOS manifest or its envelope says, and its hash. Whether
 * anybody should believe it, a release of images.d decides; here only the envelope's
 * own approvals are verified, so that the reader knows whether it is whole.
 */
#include "config.h"

#include <inttypes.h>

#include "nitroctl/manifest_file.h"
#include "nitroctl/output_json.h"
#include "nitroctl/text.h"
#include "qos/approvals.h"

struct settings {
	bool json;
};

/* A manifest and what came of its approvals. */
struct subject {
	const char *file;
	struct qos_manifest *manifest;
	enum qos_error approved;
	struct qos_failure failure;
};

static void subject_deinit(struct subject *subject)
{
	qos_manifest_free(subject->manifest);
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	{ "json", NULL, "one JSON object", set_json },
};

static enum exit_code refuse(const char *file,
			     const struct qos_failure *failure)
{
	complain("%s: %s %s%s%s%s%s", file, qos_error_sentence(failure->error),
		 qos_error_hint(failure->error),
		 failure->expected[0] != '\0' ? " Expected: " : "",
		 failure->expected,
		 failure->actual[0] != '\0' ? " Found: " : "", failure->actual);
	return failure->error == QOS_E_NO_MEMORY ? EXIT_NOT_JUDGED
						 : EXIT_DENIED;
}

static enum exit_code complain_library(void)
{
	complain("the cryptographic library failed, or memory is exhausted.");
	return EXIT_NOT_JUDGED;
}

static enum exit_code read_subject(const char *file, struct subject *subject)
{
	_cleanup_(digest_freep) struct digest *digest = NULL;
	_cleanup_(buffer_freep) struct buffer bytes = BUFFER_EMPTY;
	enum exit_code code = manifest_file_read(file, &bytes);

	if (code != EXIT_ALLOWED)
		return code;
	if (digest_new(&digest) != ATTEST_OK)
		return complain_library();
	subject->file = file;
	if (qos_manifest_read(digest, buffer_span(&bytes), &subject->manifest,
			      &subject->failure) != QOS_OK)
		return refuse(file, &subject->failure);
	return EXIT_ALLOWED;
}

static enum exit_code check_approvals(struct subject *subject)
{
	_cleanup_(curve_freep) struct curve *curve = NULL;

	if (curve_new(&curve) != QOS_OK)
		return complain_library();
	subject->approved = qos_approvals_check(curve, subject->manifest, NULL,
						&subject->failure);
	return EXIT_ALLOWED;
}

/* Whether an approval names this member. */
static bool has_approved(const struct qos_manifest *manifest,
			 const struct qos_member *member)
{
	for (size_t i = 0; i < manifest->approval_count; i++)
		if (span_equal(manifest->approvals[i].member.key, member->key))
			return true;
	return false;
}

static json_t *json_members(const struct qos_set *set)
{
	json_t *array = json_array();

	for (size_t i = 0; i < set->count; i++) {
		json_t *member = json_pack("{s:o}", "pubKey",
					   json_hex(set->members[i].key));

		if (!span_is_absent(set->members[i].alias))
			json_object_set_new(member, "alias",
					    json_text(set->members[i].alias));
		json_array_append_new(array, member);
	}
	return json_pack("{s:I, s:o}", "threshold", (json_int_t)set->threshold,
			 "members", array);
}

static json_t *json_approvals(const struct subject *subject)
{
	const struct qos_manifest *manifest = subject->manifest;
	json_t *array = json_array();

	for (size_t i = 0; i < manifest->approval_count; i++)
		json_array_append_new(
			array,
			json_pack(
				"{s:o, s:o}", "alias",
				json_text(manifest->approvals[i].member.alias),
				"pubKey",
				json_hex(manifest->approvals[i].member.key)));
	return json_pack("{s:o, s:b, s:o, s:i}", "by", array, "valid",
			 subject->approved == QOS_OK, "reason",
			 json_string_or_null(qos_error_name(subject->approved)),
			 "shareSet", (int)manifest->share_approval_count);
}

static json_t *json_pivot(const struct qos_manifest *manifest)
{
	json_t *arguments = json_array(), *bridges = json_array();

	for (size_t i = 0; i < manifest->argument_count; i++)
		json_array_append_new(arguments,
				      json_text(manifest->arguments[i]));
	for (size_t i = 0; i < manifest->bridge_count; i++) {
		const struct qos_bridge *bridge = &manifest->bridges[i];

		json_array_append_new(
			bridges,
			json_pack("{s:s, s:i, s:o}", "type",
				  bridge->is_client ? "client" : "server",
				  "port", (int)bridge->port, "host",
				  span_is_absent(bridge->host)
					  ? json_null()
					  : json_text(bridge->host)));
	}
	return json_pack("{s:o, s:s, s:o, s:b, s:o}", "hash",
			 json_hex(manifest->pivot), "restart",
			 manifest->restarts ? "Always" : "Never",
			 "bridgeConfig", bridges, "debugMode",
			 manifest->is_debug, "args", arguments);
}

/* What only version 2 has is in the canonical text. */
static json_t *json_canonical(const struct qos_manifest *manifest)
{
	return json_loadb((const char *)manifest->canonical.data,
			  manifest->canonical.size, 0, NULL);
}

static json_t *json_subject(const struct subject *subject)
{
	const struct qos_manifest *manifest = subject->manifest;
	const struct span hash =
		span_of(manifest->hash, sizeof(manifest->hash));
	struct span pcrs[ATTEST_PCR_COUNT] = { SPAN_ABSENT };
	json_t *object;

	for (size_t i = 0; i < ARRAY_SIZE(manifest->pcrs); i++)
		pcrs[i] = manifest->pcrs[i];
	object = json_pack(
		"{s:s, s:s, s:s, s:o, s:{s:o, s:I, s:o}, s:o, s:o, s:o, s:o, "
		"s:o}",
		"file", subject->file, "version",
		qos_version_name(manifest->version), "encoding",
		qos_encoding_name(manifest->encoding), "hash", json_hex(hash),
		"namespace", "name", json_text(manifest->namespace_name),
		"nonce", (json_int_t)manifest->namespace_nonce, "quorumKey",
		json_hex(manifest->quorum_key), "pivot", json_pivot(manifest),
		"pcrs", json_pcrs(pcrs), "manifestSet",
		json_members(&manifest->manifest_set), "shareSet",
		json_members(&manifest->share_set), "qosCommit",
		json_text(manifest->commit));
	if (manifest->is_envelope)
		json_object_set_new(object, "approvals",
				    json_approvals(subject));
	if (manifest->version == QOS_V2)
		json_object_set_new(object, "canonical",
				    json_canonical(manifest));
	return object;
}

static void print_field(const char *name, struct span text)
{
	printf("%-12s", name);
	print_safely(stdout, text);
	fputc('\n', stdout);
}

static void print_bytes(const char *name, struct span bytes)
{
	printf("%-12s", name);
	print_hex(stdout, bytes);
	fputc('\n', stdout);
}

/* Each approval was verified, even if there are too few of them. */
static bool are_verified(const struct subject *subject)
{
	return subject->approved == QOS_OK ||
	       subject->approved == QOS_E_APPROVALS_FEW;
}

static void print_set(const struct subject *subject)
{
	const struct qos_manifest *manifest = subject->manifest;
	const struct qos_set *set = &manifest->manifest_set;

	printf("approvers   %" PRIu32 " of %zu\n", set->threshold, set->count);
	for (size_t i = 0; i < set->count; i++) {
		fputs("  ", stdout);
		print_safely(stdout, set->members[i].alias);
		if (!has_approved(manifest, &set->members[i]))
			fputs("  did not approve", stdout);
		else
			fputs(are_verified(subject)
				      ? "  approved"
				      : "  is said to have approved",
			      stdout);
		fputs("\n    ", stdout);
		print_hex(stdout, set->members[i].key);
		fputc('\n', stdout);
	}
}

static void print_pivot(const struct qos_manifest *manifest)
{
	print_bytes("pivot", manifest->pivot);
	printf("restart     %s\n", manifest->restarts ? "always" : "never");
	if (manifest->is_debug)
		puts("debug       the pivot's output goes to the host");
	for (size_t i = 0; i < manifest->argument_count; i++)
		print_field("argument", manifest->arguments[i]);
	for (size_t i = 0; i < manifest->bridge_count; i++) {
		const struct qos_bridge *bridge = &manifest->bridges[i];

		printf("bridge      %s, port %u%s",
		       bridge->is_client ? "client" : "server", bridge->port,
		       span_is_absent(bridge->host) ? "" : ", host ");
		print_safely(stdout, bridge->host);
		fputc('\n', stdout);
	}
}

static void print_subject(const struct subject *subject)
{
	const struct qos_manifest *manifest = subject->manifest;

	print_bytes("hash", span_of(manifest->hash, sizeof(manifest->hash)));
	printf("version     %s, %s, %s\n", qos_version_name(manifest->version),
	       qos_encoding_name(manifest->encoding),
	       manifest->is_envelope ? "envelope" : "manifest alone");
	print_field("namespace", manifest->namespace_name);
	printf("nonce       %" PRIu32 "\n", manifest->namespace_nonce);
	print_pivot(manifest);
	print_set(subject);
	for (size_t i = 0; i < ARRAY_SIZE(manifest->pcrs); i++) {
		char name[8];

		snprintf(name, sizeof(name), "pcr%zu", i);
		print_bytes(name, manifest->pcrs[i]);
	}
	if (manifest->version == QOS_V2)
		print_field("canonical", buffer_span(&manifest->canonical));
	if (subject->approved == QOS_OK)
		puts("approvals   verify, and are as many as the manifest "
		     "itself asks for");
	else
		printf("approvals   %s: %s\n",
		       qos_error_name(subject->approved),
		       qos_error_sentence(subject->approved));
}

static enum exit_code show(const struct settings *settings, const char *file)
{
	_cleanup_(subject_deinit) struct subject subject = { NULL };
	enum exit_code code = read_subject(file, &subject);

	if (code == EXIT_ALLOWED)
		code = check_approvals(&subject);
	if (code != EXIT_ALLOWED)
		return code;
	if (!settings->json)
		print_subject(&subject);
	else if (!json_print_consume(stdout, json_subject(&subject)))
		return EXIT_NOT_JUDGED;
	/* A manifest alone promises no approvals. */
	return subject.manifest->is_envelope && subject.approved != QOS_OK
		       ? EXIT_DENIED
		       : EXIT_ALLOWED;
}

static enum exit_code run_show(const struct command *command, int argc,
			       char **argv)
{
	struct settings settings = { 0 };
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
		return command_misused(command,
				       "one FILE is needed; '-' is standard "
				       "input.");
	return show(&settings, argv[operands]);
}

const struct command command_manifest_show = {
	.name = "manifest show",
	.operands = "FILE",
	.summary = "Print what a QOS manifest or envelope says.",
	.help = "FILE is Borsh or JSON, or base64 of it. Exit code: 0 it is "
		"whole, 1 it is refused or\nits own approvals do not hold, 2 "
		"wrong use, 3 it could not be judged.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_show,
};

static enum exit_code hash(const struct settings *settings, const char *file)
{
	_cleanup_(subject_deinit) struct subject subject = { NULL };
	enum exit_code code = read_subject(file, &subject);
	struct span bytes;

	if (code != EXIT_ALLOWED)
		return code;
	bytes = span_of(subject.manifest->hash, QOS_HASH_SIZE);
	if (!settings->json) {
		print_hex(stdout, bytes);
		fputc('\n', stdout);
	} else if (!json_print_consume(stdout, json_pack("{s:o}", "hash",
							 json_hex(bytes)))) {
		return EXIT_NOT_JUDGED;
	}
	return EXIT_ALLOWED;
}

static enum exit_code run_hash(const struct command *command, int argc,
			       char **argv)
{
	struct settings settings = { 0 };
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
		return command_misused(command,
				       "one FILE is needed; '-' is standard "
				       "input.");
	return hash(&settings, argv[operands]);
}

const struct command command_manifest_hash = {
	.name = "manifest hash",
	.operands = "FILE",
	.summary = "Print the hash of a QOS manifest: what documents bind.",
	.help = "FILE is a manifest or an envelope, Borsh or JSON, or base64 "
		"of it.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_hash,
};
