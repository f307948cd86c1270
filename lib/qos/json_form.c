/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "qos/json_form.h"

#include <string.h>

#include "base/printable.h"
#include "qos/canonical.h"
#include "qos/failure.h"
#include "qos/json_schema.h"

/* Room for the name of a version that is not known. */
#define VERSION_SHOWN 32

/* Deeper than `left` levels of objects and lists. */
static bool is_deeper(const json_t *value, unsigned left)
{
	const char *name;
	json_t *inner;

	if (!json_is_object(value) && !json_is_array(value))
		return false;
	if (left == 0)
		return true;
	for (size_t i = 0; i < json_array_size(value); i++)
		if (is_deeper(json_array_get(value, i), left - 1))
			return true;
	json_object_foreach((json_t *)(uintptr_t)value, name, inner)
	{
		if (is_deeper(inner, left - 1))
			return true;
	}
	return false;
}

/* What jansson says of a text that it does not take. It stops at a depth of its own
 * (2048), takes nothing behind the value, and no NUL in a string. */
static const struct json_row {
	enum json_error_code code;
	enum qos_error error;
} json_rows[] = {
	{ json_error_out_of_memory, QOS_E_NO_MEMORY },
	/* It has no words when it cannot even begin. */
	{ json_error_unknown, QOS_E_NO_MEMORY },
	{ json_error_duplicate_key, QOS_E_MANIFEST_TWICE },
	{ json_error_stack_overflow, QOS_E_MANIFEST_DEPTH },
	{ json_error_end_of_input_expected, QOS_E_MANIFEST_TRAILING },
};

static enum qos_error explain_syntax(const json_error_t *error,
				     struct qos_failure *failure)
{
	enum qos_error found = QOS_E_MANIFEST_JSON;
	char text[sizeof(error->text)];

	for (size_t i = 0; i < ARRAY_SIZE(json_rows); i++)
		if (json_error_code(error) == json_rows[i].code)
			found = json_rows[i].error;
	printable_copy(text, sizeof(text), error->text);
	return qos_fail(failure, found, "", "line %d, column %d: %s",
			error->line, error->column, text);
}

static enum qos_error load(struct span text, json_t **ret_root,
			   struct qos_failure *failure)
{
	_cleanup_(json_decrefp) json_t *root = NULL;
	json_error_t error;

	/* jansson passes over one that follows a number or a word. */
	if (memchr(text.data, '\0', text.size) != NULL)
		return qos_fail(failure, QOS_E_MANIFEST_JSON, "",
				"a NUL in the text");
	root = json_loadb((const char *)text.data, text.size,
			  JSON_REJECT_DUPLICATES, &error);
	if (root == NULL)
		return explain_syntax(&error, failure);
	if (!json_is_object(root))
		return qos_fail(failure, QOS_E_MANIFEST_JSON, "a JSON object",
				"a list");
	if (is_deeper(root, QOS_DEPTH_MAX))
		return qos_fail(failure, QOS_E_MANIFEST_DEPTH, "8 levels",
				"more");
	*ret_root = TAKE_PTR(root);
	return QOS_OK;
}

/* A version that is named must be 2 and the schema its own; else bridges and debug
 * mode tell 1 from 0. Having one of the two is version 1 with a member missing. */
static enum qos_error tell_version(const json_t *manifest,
				   enum qos_version *ret_version,
				   struct qos_failure *failure)
{
	const json_t *version = json_object_get(manifest, "version");
	const json_t *pivot = json_object_get(manifest, "pivot");
	char named[VERSION_SHOWN];

	if (version == NULL) {
		*ret_version =
			json_object_get(pivot, "bridgeConfig") != NULL ||
					json_object_get(pivot, "debugMode")
				? QOS_V1
				: QOS_V0;
		return QOS_OK;
	}
	if (!json_is_string(version))
		return qos_fail(failure, QOS_E_MANIFEST_VERSION, "\"v2\"",
				"no text");
	if (strcmp(json_string_value(version), "v2") != 0) {
		printable_copy(named, sizeof(named),
			       json_string_value(version));
		return qos_fail(failure, QOS_E_MANIFEST_VERSION, "\"v2\"",
				"\"%s\"", named);
	}
	if (json_object_get(manifest, "patchSet") != NULL)
		return qos_fail(failure, QOS_E_MANIFEST_VERSION,
				"version 2, which has no patch set",
				"\"patchSet\"");
	*ret_version = QOS_V2;
	return QOS_OK;
}

/* A stream into memory, that becomes a buffer. */
struct page {
	FILE *stream;
	char *data;
	size_t size;
};

static void page_deinit(struct page *page)
{
	if (page->stream != NULL)
		fclose(page->stream);
	free(page->data);
}

static bool page_open(struct page *page)
{
	page->stream = open_memstream(&page->data, &page->size);
	return page->stream != NULL;
}

/* Hands over what was written; false when memory was exhausted on the way. */
static bool page_close(struct page *page, struct buffer *ret_buffer)
{
	bool is_whole = ferror(page->stream) == 0;

	is_whole = fclose(TAKE_PTR(page->stream)) == 0 && is_whole;
	if (!is_whole)
		return false;
	*ret_buffer = (struct buffer){ (uint8_t *)page->data, page->size };
	page->data = NULL;
	return true;
}

/* An environment of nothing is not written by QOS, so it is not hashed. */
static void drop_empty_environment(const json_t *manifest)
{
	json_t *pivot = json_object_get(manifest, "pivot");
	const json_t *environment = json_object_get(pivot, "env");

	if (environment != NULL && json_object_size(environment) == 0)
		json_object_del(pivot, "env");
}

static enum qos_error make_canonical(const json_t *manifest,
				     struct buffer *ret_canonical,
				     struct qos_failure *failure)
{
	_cleanup_(page_deinit) struct page page = { NULL };
	enum qos_error e;

	drop_empty_environment(manifest);
	if (!page_open(&page))
		return qos_fail_plain(failure, QOS_E_NO_MEMORY);
	e = canonical_write(manifest, page.stream);
	if (e == QOS_OK && !page_close(&page, ret_canonical))
		e = QOS_E_NO_MEMORY;
	return e == QOS_OK ? e : qos_fail_plain(failure, e);
}

void json_form_deinit(struct json_form *form)
{
	buffer_free(form->borsh);
	buffer_free(form->canonical);
}

enum qos_error json_form_read(struct span text, struct json_form *ret_form,
			      struct qos_failure *reterr_failure)
{
	_cleanup_(json_form_deinit) struct json_form form = { 0 };
	_cleanup_(json_decrefp) json_t *root = NULL;
	_cleanup_(page_deinit) struct page page = { NULL };
	struct translation translation = { .failure = reterr_failure };
	const json_t *manifest;
	enum qos_error e = load(text, &root, reterr_failure);

	if (e != QOS_OK)
		return e;
	manifest = json_object_get(root, "manifest");
	if (manifest == NULL)
		manifest = root;
	e = tell_version(manifest, &form.version, reterr_failure);
	if (e != QOS_OK)
		return e;
	if (!page_open(&page))
		return qos_fail_plain(reterr_failure, QOS_E_NO_MEMORY);
	translation.out = page.stream;
	e = json_schema_write(&translation, form.version, root);
	if (e == QOS_OK && form.version == QOS_V2)
		e = make_canonical(manifest, &form.canonical, reterr_failure);
	if (e != QOS_OK)
		return e;
	if (!page_close(&page, &form.borsh))
		return qos_fail_plain(reterr_failure, QOS_E_NO_MEMORY);
	*ret_form = form;
	form = (struct json_form){ 0 };
	return QOS_OK;
}

enum qos_error json_form_read_set(struct span text, struct buffer *ret_borsh,
				  struct qos_failure *reterr_failure)
{
	_cleanup_(json_decrefp) json_t *root = NULL;
	_cleanup_(page_deinit) struct page page = { NULL };
	struct translation translation = { .failure = reterr_failure };
	enum qos_error e = load(text, &root, reterr_failure);

	if (e != QOS_OK)
		return e;
	if (!page_open(&page))
		return qos_fail_plain(reterr_failure, QOS_E_NO_MEMORY);
	translation.out = page.stream;
	e = json_schema_write_set(&translation, root);
	if (e != QOS_OK)
		return e;
	if (!page_close(&page, ret_borsh))
		return qos_fail_plain(reterr_failure, QOS_E_NO_MEMORY);
	return QOS_OK;
}
