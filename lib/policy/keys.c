/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A section's entries against the table of its keys. The same for every section:
 * what a key means is in the file that owns the table.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "policy/loader.h"

/* One bit for each row that was seen. */
_Static_assert(INI_ENTRIES_MAX >= 64, "a section may have all of 64 keys");

static const char *key_name_at(const void *list, size_t index)
{
	const struct key_row *rows = list;

	return rows[index].name;
}

static const struct key_row *find_row(const struct key_table *table,
				      const char *key)
{
	for (size_t i = 0; i < table->count; i++)
		if (strcmp(table->rows[i].name, key) == 0)
			return &table->rows[i];
	return NULL;
}

static void report_unknown(const struct field *field,
			   const struct key_table *table)
{
	const struct candidates known = { key_name_at, table->rows,
					  table->count };
	const char *nearest = nearest_name(field->place.key, &known);

	if (nearest != NULL)
		FIELD_ERROR(field, "unknown key; did you mean '%s'?", nearest);
	else
		FIELD_ERROR(field, "unknown key");
}

static void report_missing(struct loader *loader,
			   const struct ini_section *section,
			   const struct key_table *table, uint64_t seen)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct diagnostic_place place = {
			.file = section->file,
			.line = section->line,
			.section = section->name,
			.key = table->rows[i].name,
		};

		if (!table->rows[i].is_required ||
		    (seen & (UINT64_C(1) << i)) != 0)
			continue;
		diagnostics_add(loader->diagnostics, DIAGNOSTIC_ERROR, &place,
				"this key is required and missing");
	}
}

static enum policy_error read_entry(const struct ini_entry *entry,
				    struct field *field,
				    const struct key_table *table,
				    uint64_t *seen)
{
	const struct key_row *row = find_row(table, entry->key);
	uint64_t bit;

	field->place.line = entry->line;
	field->place.key = entry->key;
	if (row == NULL) {
		report_unknown(field, table);
		return POLICY_OK;
	}
	bit = UINT64_C(1) << (row - table->rows);
	if ((*seen & bit) != 0) {
		FIELD_ERROR(field, "this key stands in the section twice");
		return POLICY_OK;
	}
	*seen |= bit;
	if (*entry->value == '\0') {
		FIELD_ERROR(field, "the value is empty; drop the line to get "
				   "the default");
		return POLICY_OK;
	}
	field->value = entry->value;
	field->argument = row->argument;
	return row->read(field);
}

enum policy_error keys_read(struct loader *loader,
			    const struct ini_section *section,
			    const struct key_table *table, void *target)
{
	struct field field = {
		.loader = loader,
		.place = { .file = section->file, .section = section->name },
		.target = target,
	};
	uint64_t seen = 0;

	for (size_t i = 0; i < section->count; i++) {
		enum policy_error error =
			read_entry(&section->entries[i], &field, table, &seen);

		if (error != POLICY_OK)
			return error;
	}
	report_missing(loader, section, table, seen);
	return POLICY_OK;
}
