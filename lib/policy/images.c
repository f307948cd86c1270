/* SPDX-License-Identifier: Apache-2.0 */
/*
 * images.d: the section [image/NAME].
 */
#include "config.h"

#include <string.h>

#include "policy/loader.h"
#include "policy/values.h"

#define DESCRIPTION_MAX 200

void image_free(struct image *image)
{
	if (image == NULL)
		return;
	free(image->description);
	free(image);
}

static enum policy_error read_description(const struct field *field)
{
	struct image *image = field->target;

	if (strlen(field->value) > DESCRIPTION_MAX) {
		FIELD_ERROR(field, "expected at most %d bytes, found '%s'",
			    DESCRIPTION_MAX, field->value);
		return POLICY_OK;
	}
	image->description = strdup(field->value);
	return image->description != NULL ? POLICY_OK : POLICY_E_NO_MEMORY;
}

static enum policy_error read_kind(const struct field *field)
{
	const char *const names[] = {
		[EVIDENCE_ENCLAVE] = evidence_kind_name(EVIDENCE_ENCLAVE),
		[EVIDENCE_NITROTPM] = evidence_kind_name(EVIDENCE_NITROTPM),
	};
	struct image *image = field->target;
	unsigned kind = image->kind;

	value_choice(field, names, ARRAY_SIZE(names), &kind);
	image->kind = (enum evidence_kind)kind;
	return POLICY_OK;
}

static const struct key_row image_rows[] = {
	{ "description", read_description },
	{ "kind", read_kind, .is_required = true },
};

enum policy_error image_read(struct loader *loader,
			     const struct ini_section *section)
{
	static const struct key_table table = { image_rows,
						ARRAY_SIZE(image_rows) };
	_cleanup_(image_freep) struct image *image = calloc(1, sizeof(*image));
	struct policy *policy = loader->policy;
	enum policy_error error;

	void *larger;

	if (image == NULL)
		return POLICY_E_NO_MEMORY;
	image->origin = loader_declare(loader, section);
	if (image->origin == NULL)
		return POLICY_E_NO_MEMORY;
	image->name = section_names(image->origin);
	error = keys_read(loader, section, &table, image);
	if (error != POLICY_OK)
		return error;

	larger = array_grow(policy->images, policy->image_count);
	if (larger == NULL)
		return POLICY_E_NO_MEMORY;
	policy->images = larger;
	policy->images[policy->image_count++] = TAKE_PTR(image);
	return POLICY_OK;
}
