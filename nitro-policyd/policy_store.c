/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/policy_store.h"

#include <errno.h>

struct snapshot *snapshot_ref(struct snapshot *snapshot)
{
	snapshot->references++;
	return snapshot;
}

void snapshot_unref(struct snapshot *snapshot)
{
	if (snapshot == NULL || --snapshot->references > 0)
		return;

	config_free(snapshot->config);
	free(snapshot);
}

enum policy_error snapshot_load(const struct config_layers *layers,
				uint64_t generation,
				struct snapshot **ret_snapshot,
				struct diagnostics *diagnostics)
{
	struct snapshot *snapshot;
	struct config *config;
	enum policy_error error = config_load(layers, &config, diagnostics);

	if (error != POLICY_OK)
		return error;

	snapshot = calloc(1, sizeof(*snapshot));
	if (snapshot == NULL) {
		config_free(config);
		return POLICY_E_NO_MEMORY;
	}
	snapshot->references = 1;
	snapshot->generation = generation;
	snapshot->config = config;
	hex_encode(span_of(config->digest, sizeof(config->digest)),
		   snapshot->digest);
	*ret_snapshot = snapshot;
	return POLICY_OK;
}

static void texts_free(char **texts)
{
	if (texts == NULL)
		return;

	for (size_t i = 0; texts[i] != NULL; i++)
		free(texts[i]);
	free(texts);
}

DEFINE_CLEANUP(char **, texts_free)

static char **texts_of(const struct diagnostics *diagnostics,
		       enum diagnostic_severity severity)
{
	size_t count = diagnostics_count(diagnostics), used = 0;
	_cleanup_(texts_freep) char **texts = calloc(count + 1, sizeof(char *));

	if (texts == NULL)
		return NULL;

	for (size_t i = 0; i < count; i++) {
		const struct diagnostic *entry =
			diagnostics_get(diagnostics, i);

		if (entry->severity != severity)
			continue;
		texts[used] = diagnostic_text(entry);
		if (texts[used++] == NULL)
			return NULL;
	}
	return TAKE_PTR(texts);
}

int policy_store_update(struct policy_store *store, struct snapshot *loaded,
			const struct diagnostics *diagnostics)
{
	_cleanup_(texts_freep) char **errors =
		texts_of(diagnostics, DIAGNOSTIC_ERROR);
	_cleanup_(texts_freep) char **warnings =
		texts_of(diagnostics, DIAGNOSTIC_WARNING);

	if (errors == NULL || warnings == NULL)
		return -ENOMEM;

	if (loaded != NULL) {
		snapshot_unref(store->current);
		store->current = snapshot_ref(loaded);
	}
	texts_free(store->errors);
	texts_free(store->warnings);
	store->errors = TAKE_PTR(errors);
	store->warnings = TAKE_PTR(warnings);
	return 0;
}

void policy_store_clear(struct policy_store *store)
{
	snapshot_unref(store->current);
	texts_free(store->errors);
	texts_free(store->warnings);
	*store = (struct policy_store){ 0 };
}
