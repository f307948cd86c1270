/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "config/config_directory.h"

#include <endian.h>
#include <string.h>

#include "attest/digest.h"
#include "config/file_list.h"

void config_free(struct config *config)
{
	if (config == NULL)
		return;
	policy_free(config->policy);
	anchors_free(config->anchors);
	free(config);
}

/* Memory is nobody's mistake; everything else is the file's. */
static enum policy_error take_root_error(enum attest_error error,
					 const char *path,
					 struct diagnostics *diagnostics)
{
	const struct diagnostic_place place = { .file = path };

	if (error == ATTEST_E_NO_MEMORY)
		return POLICY_E_NO_MEMORY;
	if (error != ATTEST_OK)
		diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, &place, "%s %s",
				attest_error_sentence(error),
				attest_error_hint(error));
	return POLICY_OK;
}

static enum policy_error add_root(struct anchors *anchors,
				  const struct config_file *file,
				  struct diagnostics *diagnostics)
{
	const char *stem = strrchr(file->name, '/') + 1;
	_cleanup_free_ char *label =
		strndup(stem, strlen(stem) - strlen(".pem"));

	if (label == NULL)
		return POLICY_E_NO_MEMORY;
	return take_root_error(
		anchors_add_pem(anchors, label, buffer_span(&file->text)),
		file->path, diagnostics);
}

static enum policy_error load_anchors(const struct file_list *list,
				      const char *directory,
				      struct diagnostics *diagnostics,
				      struct anchors **ret_anchors)
{
	_cleanup_(anchors_freep) struct anchors *anchors = NULL;
	enum attest_error e = anchors_new(&anchors);
	enum policy_error error;

	if (e == ATTEST_OK)
		e = anchors_add_aws(anchors);
	error = take_root_error(e, directory, diagnostics);
	if (e != ATTEST_OK)
		return error != POLICY_OK ? error : POLICY_E_INVALID;
	for (size_t i = 0; error == POLICY_OK && i < list->count; i++)
		if (list->files[i].kind == CONFIG_FILE_ROOT)
			error = add_root(anchors, &list->files[i], diagnostics);
	if (error == POLICY_OK)
		*ret_anchors = TAKE_PTR(anchors);
	return error;
}

static bool take_source(const struct config_file *file,
			struct policy_source *ret_source)
{
	static const struct source_row {
		bool is_source;
		enum policy_source_kind kind;
	} rows[] = {
		[CONFIG_FILE_SETTINGS] = { true, POLICY_SOURCE_SETTINGS },
		[CONFIG_FILE_ROOT] = { false },
		[CONFIG_FILE_IMAGES] = { true, POLICY_SOURCE_IMAGES },
		[CONFIG_FILE_RULES] = { true, POLICY_SOURCE_RULES },
	};

	*ret_source = (struct policy_source){
		.kind = rows[file->kind].kind,
		.name = file->path,
		.text = buffer_span(&file->text),
	};
	return rows[file->kind].is_source;
}

static enum policy_error load_policy(const struct file_list *list,
				     const struct anchors *anchors,
				     struct diagnostics *diagnostics,
				     struct policy **ret_policy)
{
	_cleanup_free_ struct policy_source *sources =
		calloc(list->count + 1, sizeof(*sources));
	const char *labels[ATTEST_ANCHOR_MAX + 1];
	size_t source_count = 0;
	size_t label_count = 0;

	if (sources == NULL)
		return POLICY_E_NO_MEMORY;
	for (size_t i = 0; i < list->count; i++)
		if (take_source(&list->files[i], &sources[source_count]))
			source_count++;
	for (; label_count < anchors_count(anchors) &&
	       label_count < ARRAY_SIZE(labels);
	     label_count++)
		labels[label_count] = anchors_label(anchors, label_count);
	return policy_load(
		&(struct policy_input){
			.sources = sources,
			.source_count = source_count,
			.root_labels = labels,
			.label_count = label_count,
		},
		ret_policy, diagnostics);
}

static enum policy_error sha256(const struct span *parts, size_t count,
				uint8_t ret_sha256[static ATTEST_SHA256_SIZE])
{
	_cleanup_(digest_freep) struct digest *digest = NULL;

	if (digest_new(&digest) != ATTEST_OK ||
	    digest_sha256(digest, parts, count, ret_sha256) != ATTEST_OK)
		return POLICY_E_NO_MEMORY;
	return POLICY_OK;
}

/* Name with its NUL, size, bytes: no two directories that differ look alike. */
static enum policy_error make_digest(const struct file_list *list,
				     struct config *config)
{
	_cleanup_free_ struct span *parts =
		calloc(list->count * 3 + 1, sizeof(*parts));
	_cleanup_free_ uint64_t *sizes =
		calloc(list->count + 1, sizeof(*sizes));
	size_t count = 0;

	if (parts == NULL || sizes == NULL)
		return POLICY_E_NO_MEMORY;
	for (size_t i = 0; i < list->count; i++) {
		const struct config_file *file = &list->files[i];

		sizes[i] = htole64(file->text.size);
		parts[count++] = span_of(file->name, strlen(file->name) + 1);
		parts[count++] = span_of(&sizes[i], sizeof(sizes[i]));
		parts[count++] = buffer_span(&file->text);
	}
	return sha256(parts, count, config->digest);
}

static enum policy_error load_all(const struct file_list *list,
				  const char *directory, struct config *config,
				  struct diagnostics *diagnostics)
{
	enum policy_error error =
		load_anchors(list, directory, diagnostics, &config->anchors);

	if (error == POLICY_OK)
		error = load_policy(list, config->anchors, diagnostics,
				    &config->policy);
	if (error == POLICY_OK)
		error = make_digest(list, config);
	return error;
}

struct config_layers config_layers_choose(const char *config_dir,
					  const char *vendor_dir)
{
	if (config_dir != NULL)
		return (struct config_layers){ config_dir, vendor_dir,
					       geteuid() };
	return (struct config_layers){
		.config_dir = NITRO_CONFIG_DIR,
		.vendor_dir =
			vendor_dir != NULL ? vendor_dir : NITRO_VENDOR_DIR,
	};
}

enum policy_error config_load(const struct config_layers *layers,
			      struct config **ret_config,
			      struct diagnostics *diagnostics)
{
	const char *directory = layers->config_dir;
	_cleanup_(file_list_deinit) struct file_list list;
	_cleanup_(config_freep) struct config *config =
		calloc(1, sizeof(*config));
	const size_t errors_before = diagnostics_errors(diagnostics);
	enum policy_error error =
		file_list_read(directory, layers->owner, diagnostics, &list);

	if (config == NULL)
		return POLICY_E_NO_MEMORY;
	if (error == POLICY_OK)
		error = load_all(&list, directory, config, diagnostics);
	if (error != POLICY_OK)
		return error;
	if (diagnostics_errors(diagnostics) != errors_before)
		return POLICY_E_INVALID;

	*ret_config = TAKE_PTR(config);
	return POLICY_OK;
}
