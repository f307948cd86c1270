/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "config/config_directory.h"

#include <endian.h>
#include <string.h>

#include "attest/digest.h"
#include "config/file_list.h"
#include "config/host_world.h"
#include "config/overlay.h"

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
		[CONFIG_FILE_SECRETS] = { true, POLICY_SOURCE_SECRETS },
	};

	*ret_source = (struct policy_source){
		.kind = rows[file->kind].kind,
		.name = file->path,
		.text = buffer_span(&file->text),
	};
	return rows[file->kind].is_source;
}

static enum policy_error load_policy(const struct file_list *list,
				     const struct anchors *anchors, uid_t owner,
				     struct diagnostics *diagnostics,
				     struct policy **ret_policy)
{
	struct host_world host = { owner, HOST_INSTANCE_FILE };
	const struct policy_world world = host_world_view(&host);
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
			.world = &world,
		},
		ret_policy, diagnostics);
}

/* Whatever is digested, part by part. */
struct parts {
	struct span *spans;
	size_t count;
	uint64_t *sizes; /* of the files, in one byte order */
};

static void parts_deinit(struct parts *parts)
{
	free(parts->spans);
	free(parts->sizes);
}

static bool parts_init(struct parts *ret_parts, size_t files, size_t items)
{
	*ret_parts = (struct parts){
		.spans = calloc(files * 3 + items * 2 + 1, sizeof(struct span)),
		.sizes = calloc(files + 1, sizeof(uint64_t)),
	};
	return ret_parts->spans != NULL && ret_parts->sizes != NULL;
}

/* With its NUL: no two texts run into each other. */
static void add_text(struct parts *parts, const char *text)
{
	parts->spans[parts->count++] = span_of(text, strlen(text) + 1);
}

/* Name, size, bytes: no two directories that differ look alike. */
static void add_file(struct parts *parts, const struct config_file *file,
		     uint64_t *size)
{
	*size = htole64(file->text.size);
	add_text(parts, file->name);
	parts->spans[parts->count++] = span_of(size, sizeof(*size));
	parts->spans[parts->count++] = buffer_span(&file->text);
}

static enum policy_error sha256(const struct parts *parts,
				uint8_t ret_sha256[static ATTEST_SHA256_SIZE])
{
	_cleanup_(digest_freep) struct digest *digest = NULL;

	if (digest_new(&digest) != ATTEST_OK ||
	    digest_sha256(digest, parts->spans, parts->count, ret_sha256) !=
		    ATTEST_OK)
		return POLICY_E_NO_MEMORY;
	return POLICY_OK;
}

/* The files alone do not say what the policy is: a certificate that one of them
 * names may have been replaced, or the host is another instance. */
static enum policy_error make_digest(const struct file_list *list,
				     struct config *config)
{
	_cleanup_(policy_description_freep) struct policy_description
		description = { NULL, 0 };
	_cleanup_(parts_deinit) struct parts parts = { NULL };
	enum policy_error error = policy_describe(config->policy, &description);

	if (error != POLICY_OK)
		return error;
	if (!parts_init(&parts, list->count, description.count))
		return POLICY_E_NO_MEMORY;
	for (size_t i = 0; i < list->count; i++)
		add_file(&parts, &list->files[i], &parts.sizes[i]);
	for (size_t i = 0; i < description.count; i++) {
		add_text(&parts, description.items[i].name);
		add_text(&parts, description.items[i].text);
	}
	return sha256(&parts, config->digest);
}

static enum policy_error load_all(const struct file_list *list,
				  const struct config_layers *layers,
				  struct config *config,
				  struct diagnostics *diagnostics)
{
	enum policy_error error = load_anchors(list, layers->config_dir,
					       diagnostics, &config->anchors);

	if (error == POLICY_OK)
		error = load_policy(list, config->anchors, layers->owner,
				    diagnostics, &config->policy);
	if (error == POLICY_OK)
		error = make_digest(list, config);
	return error;
}

struct config_layers config_layers_choose(const char *config_dir,
					  const char *vendor_dir)
{
	if (config_dir != NULL)
		return (struct config_layers){ .config_dir = config_dir,
					       .vendor_dir = vendor_dir,
					       .owner = geteuid() };
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
	_cleanup_(file_list_deinit) struct file_list list;
	_cleanup_(config_freep) struct config *config =
		calloc(1, sizeof(*config));
	const size_t errors_before = diagnostics_errors(diagnostics);
	enum policy_error error = file_list_read(layers, diagnostics, &list);

	if (config == NULL)
		return POLICY_E_NO_MEMORY;
	if (error == POLICY_OK)
		error = overlay_apply(layers, &list);
	if (error == POLICY_OK)
		error = load_all(&list, layers, config, diagnostics);
	if (error != POLICY_OK)
		return error;
	if (diagnostics_errors(diagnostics) != errors_before)
		return POLICY_E_INVALID;

	*ret_config = TAKE_PTR(config);
	return POLICY_OK;
}
