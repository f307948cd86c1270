/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which sections there are, in which kind of file, and how their names are made.
 */
#include "config.h"

#include <string.h>

#include "policy/loader.h"

static const struct section_row {
	const char *prefix;
	const char *form;  /* of the whole name, for people */
	size_t name_count; /* names behind the prefix, each after a slash */
	enum policy_source_kind source;
	enum policy_error (*read)(struct loader *loader,
				  const struct ini_section *section);
} section_rows[] = {
	{ "policyd", "[policyd]", 0, POLICY_SOURCE_SETTINGS, settings_read },
	{ "image", "[image/NAME]", 1, POLICY_SOURCE_IMAGES, image_read },
	{ "release", "[release/NAME/RELEASE]", 2, POLICY_SOURCE_IMAGES,
	  release_read },
	{ "rule", "[rule/NAME]", 1, POLICY_SOURCE_RULES, rule_read },
	{ "secret", "[secret/NAME]", 1, POLICY_SOURCE_SECRETS, secret_read },
};

/* Where a kind of section belongs, indexed by enum policy_source_kind. */
static const char *const homes[] = {
	[POLICY_SOURCE_SETTINGS] = "policyd.conf",
	[POLICY_SOURCE_IMAGES] = "a file of images.d",
	[POLICY_SOURCE_RULES] = "a file of rules.d",
	[POLICY_SOURCE_SECRETS] = "a file of secrets.d",
};

bool name_is_valid(const char *name, size_t length)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";

	return length > 0 && length <= NAME_MAX_LENGTH &&
	       strspn(name, allowed) >= length;
}

bool policy_name_is_valid(const char *name)
{
	return name_is_valid(name, strlen(name));
}

static const struct section_row *find_row(const char *name)
{
	const size_t length = strcspn(name, "/");

	for (size_t i = 0; i < ARRAY_SIZE(section_rows); i++)
		if (strlen(section_rows[i].prefix) == length &&
		    strncmp(section_rows[i].prefix, name, length) == 0)
			return &section_rows[i];
	return NULL;
}

/* Whether `name` is "/NAME" as many times as the row asks for. */
static bool has_names(const struct section_row *row, const char *name)
{
	size_t count = 0;

	for (; *name == '/'; count++) {
		size_t length = strcspn(++name, "/");

		if (!name_is_valid(name, length))
			return false;
		name += length;
	}
	return count == row->name_count && *name == '\0';
}

static const char *prefix_at(const void *list, size_t index)
{
	const struct section_row *rows = list;

	return rows[index].prefix;
}

static void report_unknown(const struct loader *loader,
			   const struct diagnostic_place *place)
{
	const struct candidates known = { prefix_at, section_rows,
					  ARRAY_SIZE(section_rows) };
	char prefix[16];
	const char *nearest;
	size_t length = strcspn(place->section, "/");

	if (length >= sizeof(prefix))
		length = sizeof(prefix) - 1;
	memcpy(prefix, place->section, length);
	prefix[length] = '\0';
	nearest = nearest_name(prefix, &known);
	diagnostics_add(loader->diagnostics, DIAGNOSTIC_ERROR, place,
			"unknown section%s%s%s",
			nearest != NULL ? "; did you mean '" : "",
			nearest != NULL ? nearest : "",
			nearest != NULL ? "'?" : "");
}

enum policy_error section_read(const struct ini_section *section, void *context)
{
	struct loader *loader = context;
	const struct section_row *row = find_row(section->name);
	const struct diagnostic_place place = {
		.file = section->file,
		.line = section->line,
		.section = section->name,
	};

	if (row == NULL) {
		report_unknown(loader, &place);
		return POLICY_OK;
	}
	if (row->source != loader->source_kind) {
		diagnostics_add(loader->diagnostics, DIAGNOSTIC_ERROR, &place,
				"this section belongs into %s",
				homes[row->source]);
		return POLICY_OK;
	}
	if (!has_names(row, strchrnul(section->name, '/'))) {
		diagnostics_add(loader->diagnostics, DIAGNOSTIC_ERROR, &place,
				"expected %s, a name being 1 to %d characters "
				"of a-z 0-9 . _ -",
				row->form, NAME_MAX_LENGTH);
		return POLICY_OK;
	}
	return row->read(loader, section);
}
