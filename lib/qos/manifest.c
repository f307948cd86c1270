/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "qos/manifest.h"

#include <string.h>

#include "qos/failure.h"
#include "qos/json_form.h"
#include "qos/schema.h"

void qos_set_deinit(struct qos_set *set)
{
	free(set->members);
	*set = (struct qos_set){ 0 };
}

void qos_manifest_free(struct qos_manifest *manifest)
{
	if (manifest == NULL)
		return;
	free(manifest->bridges);
	free(manifest->arguments);
	qos_set_deinit(&manifest->manifest_set);
	qos_set_deinit(&manifest->share_set);
	qos_set_deinit(&manifest->patch_set);
	free(manifest->approvals);
	buffer_free(manifest->canonical);
	buffer_free(manifest->bytes);
	free(manifest);
}

const char *qos_version_name(enum qos_version version)
{
	static const char *const names[] = {
		[QOS_V0] = "v0",
		[QOS_V1] = "v1",
		[QOS_V2] = "v2",
	};

	return names[version];
}

const char *qos_encoding_name(enum qos_encoding encoding)
{
	return encoding == QOS_BORSH ? "borsh" : "json";
}

/* One attempt at reading bytes as one version. */
struct attempt {
	struct borsh borsh;
	struct qos_manifest *manifest; /* NULL when memory is exhausted */
	size_t size;		       /* of the manifest alone */
};

static void attempt_deinit(struct attempt *attempt)
{
	qos_manifest_free(attempt->manifest);
}

static enum qos_error try_version(struct span bytes, enum qos_version version,
				  struct attempt *attempt)
{
	borsh_init(&attempt->borsh, bytes);
	attempt->manifest = calloc(1, sizeof(*attempt->manifest));
	if (attempt->manifest == NULL)
		attempt->borsh.error = QOS_E_NO_MEMORY;
	else
		(void)!schema_read(&attempt->borsh, version, attempt->manifest,
				   &attempt->size);
	return attempt->borsh.error;
}

/* Takes the manifest of an attempt, with its hash: of the bytes if the version is
 * hashed as Borsh. */
static enum qos_error settle(const struct digest *digest,
			     struct attempt *attempt,
			     struct qos_manifest **ret_manifest,
			     struct qos_failure *failure)
{
	const struct span hashed =
		span_of(attempt->borsh.input.data, attempt->size);
	enum qos_error e = schema_check(attempt->manifest, failure);

	if (e != QOS_OK)
		return e;
	if (digest_sha256(digest, &hashed, 1, attempt->manifest->hash) !=
	    ATTEST_OK)
		return qos_fail_plain(failure, QOS_E_NO_MEMORY);
	*ret_manifest = TAKE_PTR(attempt->manifest);
	return QOS_OK;
}

/* Of two refusals the one that came further knows more. */
static enum qos_error refuse_both(const struct attempt *v0,
				  const struct attempt *v1,
				  struct qos_failure *failure)
{
	return schema_explain(v0->borsh.offset > v1->borsh.offset ? &v0->borsh
								  : &v1->borsh,
			      failure);
}

/* Borsh does not say what it is: exactly one version must fit. */
static enum qos_error read_borsh(const struct digest *digest, struct span bytes,
				 struct qos_manifest **ret_manifest,
				 struct qos_failure *failure)
{
	_cleanup_(attempt_deinit) struct attempt v0 = { .size = 0 };
	_cleanup_(attempt_deinit) struct attempt v1 = { .size = 0 };
	const enum qos_error e0 = try_version(bytes, QOS_V0, &v0);
	const enum qos_error e1 = try_version(bytes, QOS_V1, &v1);

	/* Whether the other one fits was not found out. */
	if (e0 == QOS_E_NO_MEMORY || e1 == QOS_E_NO_MEMORY)
		return qos_fail_plain(failure, QOS_E_NO_MEMORY);
	if (e0 == QOS_OK && e1 == QOS_OK)
		return qos_fail(failure, QOS_E_MANIFEST_AMBIGUOUS,
				"a manifest of version 0 or of version 1",
				"both");
	if (e0 != QOS_OK && e1 != QOS_OK)
		return refuse_both(&v0, &v1, failure);
	return settle(digest, e0 == QOS_OK ? &v0 : &v1, ret_manifest, failure);
}

static enum qos_error read_json(const struct digest *digest, struct span text,
				struct qos_manifest **ret_manifest,
				struct qos_failure *failure)
{
	_cleanup_(json_form_deinit) struct json_form form = { 0 };
	_cleanup_(attempt_deinit) struct attempt attempt = { .size = 0 };
	_cleanup_(qos_manifest_freep) struct qos_manifest *manifest = NULL;
	struct span canonical;
	enum qos_error e = json_form_read(text, &form, failure);

	if (e != QOS_OK)
		return e;
	if (try_version(buffer_span(&form.borsh),
			form.version == QOS_V2 ? QOS_V1 : form.version,
			&attempt) != QOS_OK)
		return schema_explain(&attempt.borsh, failure);
	e = settle(digest, &attempt, &manifest, failure);
	if (e != QOS_OK)
		return e;
	canonical = buffer_span(&form.canonical);
	if (form.version == QOS_V2 &&
	    digest_sha256(digest, &canonical, 1, manifest->hash) != ATTEST_OK)
		return qos_fail_plain(failure, QOS_E_NO_MEMORY);
	manifest->version = form.version;
	manifest->encoding = QOS_JSON;
	manifest->bytes = form.borsh;
	manifest->canonical = form.canonical;
	form = (struct json_form){ 0 };
	*ret_manifest = TAKE_PTR(manifest);
	return QOS_OK;
}

/* Borsh begins with the length of a name, which fits into three bytes; JSON has no
 * NUL anywhere. */
static bool is_borsh(struct span input)
{
	return input.size >= 4 && input.data[3] == '\0';
}

enum qos_error qos_manifest_read(const struct digest *digest, struct span input,
				 struct qos_manifest **ret_manifest,
				 struct qos_failure *reterr_failure)
{
	_cleanup_free_ uint8_t *copy = NULL;
	enum qos_error e;

	if (input.size == 0 || input.size > QOS_MANIFEST_MAX)
		return qos_fail(reterr_failure, QOS_E_MANIFEST_SIZE,
				"1 to 262144 bytes", "%zu bytes", input.size);
	if (!is_borsh(input))
		return read_json(digest, input, ret_manifest, reterr_failure);
	copy = malloc(input.size);
	if (copy == NULL)
		return qos_fail_plain(reterr_failure, QOS_E_NO_MEMORY);
	memcpy(copy, input.data, input.size);
	e = read_borsh(digest, span_of(copy, input.size), ret_manifest,
		       reterr_failure);
	if (e != QOS_OK)
		return e;
	(*ret_manifest)->bytes = (struct buffer){ TAKE_PTR(copy), input.size };
	return QOS_OK;
}

enum qos_error qos_set_read(struct span text, struct qos_set *ret_set,
			    struct buffer *ret_bytes,
			    struct qos_failure *reterr_failure)
{
	_cleanup_(buffer_freep) struct buffer bytes = BUFFER_EMPTY;
	_cleanup_(qos_set_deinit) struct qos_set set = { 0 };
	struct borsh borsh;
	enum qos_error e;

	if (text.size == 0 || text.size > QOS_MANIFEST_MAX)
		return qos_fail(reterr_failure, QOS_E_MANIFEST_SIZE,
				"1 to 262144 bytes", "%zu bytes", text.size);
	e = json_form_read_set(text, &bytes, reterr_failure);
	if (e != QOS_OK)
		return e;
	borsh_init(&borsh, buffer_span(&bytes));
	schema_read_set(&borsh, &set);
	if (borsh.error != QOS_OK)
		return schema_explain(&borsh, reterr_failure);
	e = schema_check_set("manifest set", &set, reterr_failure);
	if (e != QOS_OK)
		return e;
	*ret_set = set;
	*ret_bytes = bytes;
	set = (struct qos_set){ 0 };
	bytes = BUFFER_EMPTY;
	return QOS_OK;
}
