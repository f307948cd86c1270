/* SPDX-License-Identifier: Apache-2.0 */
/*
 * images.d: the keys of a release that name its application. What their files hold
 * is judged here and now, before it matters.
 */
#include "config.h"

#include <string.h>

#include "base/hex.h"
#include "policy/loader.h"
#include "policy/manifest.h"
#include "qos/approvals.h"

#define NAMESPACE_MAX 256

void manifest_rule_deinit(struct manifest_rule *rule)
{
	qos_manifest_free(rule->exact);
	free(rule->namespace_name);
	qos_set_deinit(&rule->trusted);
	buffer_free(rule->trusted_bytes);
	checksum_free(rule->checksum);
}

/* A refusal by lib/qos as the mistake of a file. */
static enum policy_error report(const struct field *field, const char *path,
				const struct qos_failure *failure)
{
	if (failure->error == QOS_E_NO_MEMORY ||
	    failure->error == QOS_E_INTERNAL)
		return POLICY_E_NO_MEMORY;
	FIELD_ERROR(field, "the file %s: %s%s%s%s%s", path,
		    qos_error_sentence(failure->error),
		    failure->expected[0] != '\0' ? " Expected " : "",
		    failure->expected,
		    failure->actual[0] != '\0' ? "; found " : "",
		    failure->actual);
	return POLICY_OK;
}

/* The bytes of a file that a release names; false: there are none, as reported. */
static bool read_file(const struct field *field, const char *path,
		      struct buffer *ret_file)
{
	const struct policy_world *world = field->loader->input->world;
	const char *why = "files are not read here";

	if (path[0] != '/') {
		FIELD_ERROR(field,
			    "expected the absolute path of a file, found '%s'",
			    path);
		return false;
	}
	if (world != NULL &&
	    world->read_file(world->context, path, QOS_MANIFEST_MAX, ret_file,
			     &why) >= 0)
		return true;
	FIELD_ERROR(field, "expected a file of QOS; the file %s %s", path, why);
	return false;
}

static enum policy_error read_exact(const struct field *field, const char *path)
{
	_cleanup_(buffer_freep) struct buffer file = BUFFER_EMPTY;
	const struct digest *digest = loader_digest(field->loader);
	struct release *release = field->target;
	struct qos_failure failure;

	if (digest == NULL)
		return POLICY_E_NO_MEMORY;
	if (!read_file(field, path, &file))
		return POLICY_OK;
	if (qos_manifest_read(digest, buffer_span(&file),
			      &release->manifest.exact, &failure) != QOS_OK)
		return report(field, path, &failure);
	return POLICY_OK;
}

enum policy_error manifest_read_kind(const struct field *field)
{
	static const char prefix[] = "qos:";
	struct release *release = field->target;
	struct manifest_rule *rule = &release->manifest;

	rule->line = field->place.line;
	if (strncmp(field->value, prefix, strlen(prefix)) == 0) {
		rule->kind = MANIFEST_EXACT;
		return read_exact(field, field->value + strlen(prefix));
	}
	if (strcmp(field->value, "qos") == 0)
		rule->kind = MANIFEST_QOS;
	else if (strcmp(field->value, "user-data") == 0)
		rule->kind = MANIFEST_USER_DATA;
	else
		FIELD_ERROR(field,
			    "expected qos:FILE, qos or user-data, found '%s'",
			    field->value);
	return POLICY_OK;
}

enum policy_error manifest_read_pivot(const struct field *field)
{
	static const char prefix[] = "sha256:";
	struct release *release = field->target;
	struct manifest_rule *rule = &release->manifest;
	const char *hex = field->value + strlen(prefix);
	size_t size = 0;

	rule->names_pivot = true;
	if (strncmp(field->value, prefix, strlen(prefix)) != 0 ||
	    hex_decode(span_of_text(hex), rule->pivot, sizeof(rule->pivot),
		       &size) < 0 ||
	    size != sizeof(rule->pivot))
		FIELD_ERROR(field,
			    "expected sha256: and 64 hex digits, the SHA-256 "
			    "of the application's binary; found '%s'",
			    field->value);
	return POLICY_OK;
}

enum policy_error manifest_read_namespace(const struct field *field)
{
	struct release *release = field->target;

	if (strlen(field->value) > NAMESPACE_MAX) {
		FIELD_ERROR(field, "expected at most %d bytes, found '%s'",
			    NAMESPACE_MAX, field->value);
		return POLICY_OK;
	}
	release->manifest.namespace_name = strdup(field->value);
	return release->manifest.namespace_name != NULL ? POLICY_OK
							: POLICY_E_NO_MEMORY;
}

enum policy_error manifest_read_set(const struct field *field)
{
	_cleanup_(buffer_freep) struct buffer file = BUFFER_EMPTY;
	const struct curve *curve = loader_curve(field->loader);
	struct release *release = field->target;
	struct manifest_rule *rule = &release->manifest;
	struct qos_failure failure;

	if (curve == NULL)
		return POLICY_E_NO_MEMORY;
	rule->names_trusted = true;
	if (!read_file(field, field->value, &file))
		return POLICY_OK;
	if (qos_set_read(buffer_span(&file), &rule->trusted,
			 &rule->trusted_bytes, &failure) != QOS_OK ||
	    qos_set_check(curve, &rule->trusted, &failure) != QOS_OK)
		return report(field, field->value, &failure);
	return POLICY_OK;
}

enum policy_error manifest_read_checksum(const struct field *field)
{
	struct release *release = field->target;
	enum qos_error e =
		checksum_parse(field->value, &release->manifest.checksum);

	if (e == QOS_E_NO_MEMORY)
		return POLICY_E_NO_MEMORY;
	if (e != QOS_OK)
		FIELD_ERROR(field,
			    "expected sha256: and 64 hex digits, the hex "
			    "digits of the user_data, json:MEMBER=VALUE or "
			    "cbor:KEY=VALUE; found '%s'",
			    field->value);
	return POLICY_OK;
}

static void report_manifest(const struct loader *loader,
			    const struct release *release,
			    enum diagnostic_severity severity,
			    const char *message)
{
	struct diagnostic_place place =
		origin_place(release->origin, "manifest");

	if (release->manifest.line != 0)
		place.line = release->manifest.line;
	diagnostics_add(loader->diagnostics, severity, &place, "%s", message);
}

/* Keys that mean nothing beside this `manifest`, or are wanting beside it. */
static void check_keys(const struct loader *loader,
		       const struct release *release)
{
	const struct manifest_rule *rule = &release->manifest;
	const bool has_qos_keys = rule->names_pivot || rule->names_trusted ||
				  rule->namespace_name != NULL;
	const bool is_qos =
		rule->kind == MANIFEST_EXACT || rule->kind == MANIFEST_QOS;

	if (has_qos_keys && !is_qos)
		report_manifest(
			loader, release, DIAGNOSTIC_ERROR,
			"pivot, namespace and manifest_set need 'manifest = "
			"qos'");
	if (rule->checksum != NULL && rule->kind != MANIFEST_USER_DATA)
		report_manifest(loader, release, DIAGNOSTIC_ERROR,
				"checksum needs 'manifest = user-data'");
	if (rule->checksum == NULL && rule->kind == MANIFEST_USER_DATA)
		report_manifest(loader, release, DIAGNOSTIC_ERROR,
				"'manifest = user-data' needs a checksum");
	if (rule->kind != MANIFEST_QOS)
		return;
	if (!rule->names_pivot && !rule->names_trusted)
		report_manifest(
			loader, release, DIAGNOSTIC_ERROR,
			"'manifest = qos' needs pivot (which application) or "
			"manifest_set (who approves it), better both");
	else if (!rule->names_trusted)
		report_manifest(
			loader, release, DIAGNOSTIC_WARNING,
			"without manifest_set anybody may have approved the "
			"manifest, with whatever arguments and keys");
}

/* The file of qos:FILE against the other keys, as an envelope that came would be. */
static enum policy_error check_exact(struct loader *loader,
				     const struct release *release)
{
	const struct manifest_rule *rule = &release->manifest;
	const struct curve *curve = loader_curve(loader);
	const struct qos_set *trusted =
		rule->names_trusted ? &rule->trusted : NULL;
	const struct field field = {
		.loader = loader,
		.place = origin_place(release->origin, "manifest"),
	};
	struct qos_failure failure;
	enum qos_error e;

	if (curve == NULL)
		return POLICY_E_NO_MEMORY;
	e = manifest_compare(rule, rule->exact, &failure);
	if (e == QOS_OK && (rule->exact->is_envelope || trusted != NULL))
		e = qos_approvals_check(curve, rule->exact, trusted, &failure);
	if (e != QOS_OK)
		return report(&field, "of 'manifest'", &failure);
	for (unsigned i = 0; i < ARRAY_SIZE(rule->exact->pcrs); i++) {
		const struct span pcr = release_pcr(release, i);

		if (!span_is_absent(pcr) &&
		    !span_equal(pcr, rule->exact->pcrs[i]))
			diagnostics_add(loader->diagnostics, DIAGNOSTIC_ERROR,
					&field.place,
					"the manifest was made for another "
					"PCR%u than that of this release, so "
					"level 3 could never be reached",
					i);
	}
	return POLICY_OK;
}

static enum policy_error check_release(struct loader *loader,
				       const struct release *release)
{
	const struct manifest_rule *rule = &release->manifest;

	check_keys(loader, release);
	if (rule->kind == MANIFEST_NONE || rule->kind == MANIFEST_USER_DATA)
		return POLICY_OK;
	if (release->image != NULL && release->image->kind != EVIDENCE_ENCLAVE)
		report_manifest(
			loader, release, DIAGNOSTIC_ERROR,
			"QOS runs in enclaves, and the image is of kind "
			"nitrotpm; 'manifest = user-data' was meant?");
	/* Judging takes both. */
	if (loader_digest(loader) == NULL || loader_curve(loader) == NULL)
		return POLICY_E_NO_MEMORY;
	return rule->exact != NULL ? check_exact(loader, release) : POLICY_OK;
}

enum policy_error manifests_check(struct loader *loader)
{
	const struct policy *policy = loader->policy;
	enum policy_error error = POLICY_OK;

	for (size_t i = 0; error == POLICY_OK && i < policy->release_count; i++)
		error = check_release(loader, policy->releases[i]);
	return error;
}

static bool is_same_set(const struct qos_set *a, const struct qos_set *b)
{
	if (a->threshold != b->threshold || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!span_equal(a->members[i].alias, b->members[i].alias) ||
		    !span_equal(a->members[i].key, b->members[i].key))
			return false;
	return true;
}

static bool is_same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool manifest_rule_equal(const struct manifest_rule *a,
			 const struct manifest_rule *b)
{
	if (a->kind != b->kind || a->names_pivot != b->names_pivot ||
	    a->names_trusted != b->names_trusted)
		return false;
	if (a->exact != NULL && b->exact != NULL)
		return memcmp(a->exact->hash, b->exact->hash, QOS_HASH_SIZE) ==
		       0;
	if (a->checksum != NULL && b->checksum != NULL)
		return strcmp(checksum_text(a->checksum),
			      checksum_text(b->checksum)) == 0;
	return memcmp(a->pivot, b->pivot, sizeof(a->pivot)) == 0 &&
	       is_same_text(a->namespace_name, b->namespace_name) &&
	       is_same_set(&a->trusted, &b->trusted);
}

void manifest_rule_text(const struct manifest_rule *rule,
			char ret_text[static MANIFEST_TEXT_SIZE])
{
	static const char *const names[] = {
		[MANIFEST_NONE] = "",
		[MANIFEST_EXACT] = "qos:",
		[MANIFEST_QOS] = "qos",
		[MANIFEST_USER_DATA] = "user-data",
	};
	char hash[HEX_SIZE(QOS_HASH_SIZE)] = "";

	if (rule->exact != NULL)
		hex_encode(span_of(rule->exact->hash, QOS_HASH_SIZE), hash);
	snprintf(ret_text, MANIFEST_TEXT_SIZE, "%s%s", names[rule->kind], hash);
}

/* Whatever could end an alias here, or look like what follows it, is escaped. */
static void describe_alias(struct span alias, FILE *stream)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-@";

	for (size_t i = 0; i < alias.size; i++)
		if (memchr(plain, alias.data[i], strlen(plain)) != NULL)
			fputc(alias.data[i], stream);
		else
			fprintf(stream, "%%%02x", alias.data[i]);
}

static void describe_set(const struct qos_set *set, FILE *stream)
{
	char hex[HEX_SIZE(QOS_KEY_SIZE)];

	fprintf(stream, "manifest_set = %u", (unsigned)set->threshold);
	for (size_t i = 0; i < set->count; i++) {
		fputs(", ", stream);
		describe_alias(set->members[i].alias, stream);
		hex_encode(set->members[i].key, hex);
		fprintf(stream, ":%s", hex);
	}
	fputs("\n", stream);
}

void manifest_rule_describe(const struct manifest_rule *rule, FILE *stream)
{
	char text[MANIFEST_TEXT_SIZE];
	char hex[HEX_SIZE(QOS_HASH_SIZE)];

	if (rule->kind == MANIFEST_NONE)
		return;
	manifest_rule_text(rule, text);
	fprintf(stream, "manifest = %s\n", text);
	if (rule->names_pivot) {
		hex_encode(span_of(rule->pivot, sizeof(rule->pivot)), hex);
		fprintf(stream, "pivot = sha256:%s\n", hex);
	}
	if (rule->namespace_name != NULL)
		fprintf(stream, "namespace = %s\n", rule->namespace_name);
	if (rule->names_trusted)
		describe_set(&rule->trusted, stream);
	if (rule->checksum != NULL)
		fprintf(stream, "checksum = %s\n",
			checksum_text(rule->checksum));
}
