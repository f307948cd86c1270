/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl export kms: the releases of an image as statements for a key policy of
 * AWS KMS, so that a key is given to the same images that may log in here.
 *
 * Each release is a statement of its own. A condition holds when each of its keys
 * holds, and a key when one of its values does: lists of values for several PCRs
 * in one condition would accept mixtures of releases, which nobody has built.
 */
#include "config.h"

#include <string.h>
#include <time.h>

#include "nitroctl/command.h"
#include "nitroctl/configuration.h"
#include "nitroctl/offline_policy.h"
#include "nitroctl/output_json.h"
#include "nitroctl/text.h"

struct export_settings {
	const char *config_dir; /* NULL: the daemon's, above the vendor's */
	const char *vendor_dir; /* NULL: none below --config-dir */
	const char *release;	/* NULL: all that are in force */
	const char *principal;	/* NULL: none is written */
	bool json;
};

/* What one call exports. */
struct export
{
	const struct export_settings *settings;
	const struct policy *policy;
	size_t image; /* index */
	struct policy_image_info info;
	int64_t now_ms;
};

/* "kms:RecipientAttestation:NitroTPMPCR23" and its NUL. */
#define KEY_SIZE 48

static json_t *json_condition(const struct export *export,
			      const struct policy_release_info *release)
{
	const bool is_enclave = export->info.kind == EVIDENCE_ENCLAVE;
	json_t *keys = json_object();

	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		char key[KEY_SIZE];

		if (span_is_absent(release->pcrs[i]))
			continue;
		snprintf(key, sizeof(key), "kms:RecipientAttestation:%sPCR%u",
			 is_enclave ? "" : "NitroTPM", i);
		if (json_object_set_new(keys, key, json_hex(release->pcrs[i])) <
		    0) {
			json_decref(keys);
			return NULL;
		}
	}
	return json_pack("{s:o}", "StringEqualsIgnoreCase", keys);
}

/* Identifiers of statements are letters and digits only. */
static json_t *json_sid(const struct export *export, const char *release)
{
	char sid[2 * VERDICT_NAME_SIZE + sizeof("Nitro")] = "Nitro";
	const char *const parts[] = { export->info.name, release };
	size_t length = strlen(sid);

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		for (const char *at = parts[i]; *at != '\0'; at++)
			if (strchr("._-", *at) == NULL &&
			    length < sizeof(sid) - 1)
				sid[length++] = *at;
	return json_stringn(sid, length);
}

static json_t *json_statement(const struct export *export,
			      const struct policy_release_info *release)
{
	const char *principal = export->settings->principal;
	json_t *who = principal == NULL
			      ? NULL
			      : json_pack("{s:o}", "AWS",
					  json_text(span_of_text(principal)));

	return json_pack("{s:o, s:s, s:o*, s:s, s:s, s:o}", "Sid",
			 json_sid(export, release->name), "Effect", "Allow",
			 "Principal", who, "Action", "kms:Decrypt", "Resource",
			 "*", "Condition", json_condition(export, release));
}

/* True if this release is to be exported; says why it is not what one may think. */
static bool is_wanted(const struct export *export,
		      const struct policy_release_info *release)
{
	const char *name = export->settings->release;
	const bool in_force = release_in_force(release, export->now_ms);

	if (name == NULL)
		return in_force;
	if (strcmp(name, release->name) != 0)
		return false;
	if (release->state == RELEASE_REVOKED) {
		complain("release '%s' is revoked.", name);
		return false;
	}
	if (!in_force)
		complain("warning: release '%s' is not in force now.", name);
	return true;
}

/* KMS knows PCRs of SHA-384 and nothing about user_data. */
static bool can_be_said(const struct policy_release_info *release)
{
	for (size_t i = 0; i < ATTEST_PCR_COUNT; i++) {
		if (span_is_absent(release->pcrs[i]) ||
		    release->pcrs[i].size == ATTEST_SHA384_SIZE)
			continue;
		complain("release '%s' has PCRs of %zu bytes; KMS compares "
			 "PCRs of %u bytes.",
			 release->name, release->pcrs[i].size,
			 ATTEST_SHA384_SIZE);
		return false;
	}
	if (!span_is_absent(release->user_data_sha256))
		complain("warning: release '%s' also demands user_data, which "
			 "a key policy cannot: the key is given to any.",
			 release->name);
	return true;
}

/* NULL, after a complaint, if a release cannot be exported. */
static json_t *json_statements(const struct export *export)
{
	_cleanup_(json_decrefp) json_t *list = json_array();
	size_t count =
		policy_image_release_count(export->policy, export->image);

	for (size_t i = 0; i < count; i++) {
		struct policy_release_info release;

		policy_release_info(export->policy, export->image, i, &release);
		if (!is_wanted(export, &release))
			continue;
		if (!can_be_said(&release))
			return NULL;
		if (json_array_append_new(
			    list, json_statement(export, &release)) < 0) {
			complain("memory is exhausted.");
			return NULL;
		}
	}
	return TAKE_PTR(list);
}

/* A policy with nothing in it would be refused by KMS with other words. */
static enum exit_code complain_nothing(const struct export *export)
{
	if (export->settings->release == NULL)
		complain("image '%s' has no release in force.",
			 export->info.name);
	else
		complain("image '%s' has no release '%s' that could be "
			 "exported.",
			 export->info.name, export->settings->release);
	return EXIT_DENIED;
}

static enum exit_code print(const struct export *export)
{
	_cleanup_(json_decrefp) json_t *statements = json_statements(export);
	json_t *policy;

	if (statements == NULL)
		return EXIT_DENIED;
	if (json_array_size(statements) == 0)
		return complain_nothing(export);
	if (export->settings->principal == NULL)
		complain("note: without --principal the statements fit the "
			 "policy of an IAM identity; in a key policy each "
			 "needs a \"Principal\".");
	policy = json_pack("{s:s, s:O}", "Version", "2012-10-17", "Statement",
			   statements);
	if (export->settings->json || policy == NULL)
		return json_print_consume(stdout, policy) ? EXIT_ALLOWED
							  : EXIT_NOT_JUDGED;
	json_dumpf(policy, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(policy);
	return EXIT_ALLOWED;
}

static enum exit_code export_image(const struct export_settings *settings,
				   const struct policy *policy,
				   const char *name)
{
	struct export export = {
		.settings = settings,
		.policy = policy,
		.now_ms = (int64_t)time(NULL) * MSEC_PER_SEC,
	};

	for (size_t i = 0; i < policy_image_count(policy); i++) {
		if (strcmp(policy_image_name(policy, i), name) != 0)
			continue;
		export.image = i;
		policy_image_info(policy, i, &export.info);
		return print(&export);
	}
	complain("there is no image '%s'.", name);
	return EXIT_DENIED;
}

static enum exit_code export(const struct export_settings *settings,
			     const char *name) {
	const struct config_layers layers = config_layers_choose(
		settings->config_dir, settings->vendor_dir);
	_cleanup_(offline_policy_freep) struct offline_policy offline =
		OFFLINE_POLICY_NONE;
	enum exit_code code = offline_policy_load(&layers, &offline);

	if (code != EXIT_ALLOWED) return code;
	return export_image(settings, offline.policy, name);
}

static bool set_config_dir(void *settings, const char *argument)
{
	((struct export_settings *)settings)->config_dir = argument;
	return true;
}

static bool set_vendor_dir(void *settings, const char *argument)
{
	((struct export_settings *)settings)->vendor_dir = argument;
	return true;
}

static bool set_release(void *settings, const char *argument)
{
	((struct export_settings *)settings)->release = argument;
	return true;
}

static bool set_principal(void *settings, const char *argument)
{
	((struct export_settings *)settings)->principal = argument;
	return true;
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct export_settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	{ "release", "RELEASE", "this release only; without it: all in force",
	  set_release },
	{ "principal", "ARN", "to whom the key is given", set_principal },
	{ "config-dir", "DIR", "read DIR instead of " NITRO_CONFIG_DIR,
	  set_config_dir },
	{ "vendor-dir", "DIR",
	  "with --config-dir: the vendor's files are in DIR", set_vendor_dir },
	{ "json", NULL, "one line", set_json },
};

static enum exit_code run_export_kms(const struct command *command, int argc,
				     char **argv)
{
	struct export_settings settings = { .json = false };
	int operands;

	switch (command_parse(command, argc, argv, &settings, &operands)) {
	case COMMAND_HELPED:
		return EXIT_ALLOWED;
	case COMMAND_USAGE:
		return EXIT_USAGE;
	case COMMAND_GO_ON:
		break;
	}
	if (argc - operands != 1)
		return command_misused(command,
				       "the NAME of one image is needed.");
	return export(&settings, argv[operands]);
}

const struct command command_export_kms = {
	.name = "export kms",
	.operands = "NAME",
	.summary = "Print the releases of an image as statements for a KMS key "
		   "policy.",
	.help = "Exit code: 0 printed, 1 there is nothing to print, 2 wrong "
		"use, 3 the\nconfiguration cannot be used.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_export_kms,
};
