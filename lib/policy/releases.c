/* SPDX-License-Identifier: Apache-2.0 */
/*
 * images.d: the section [release/IMAGE/RELEASE], as far as it can be judged alone.
 * What releases mean to their images and to each other is in tuples.c.
 */
#include "config.h"

#include <string.h>

#include "policy/computed.h"
#include "policy/loader.h"
#include "policy/values.h"

void release_free(struct release *release)
{
	if (release == NULL)
		return;
	free(release->image_name);
	free(release->values);
	manifest_rule_deinit(&release->manifest);
	free(release);
}

struct span release_pcr(const struct release *release, unsigned index)
{
	const uint32_t bit = UINT32_C(1) << index;
	unsigned before;

	if ((release->pcr_mask & bit) == 0)
		return SPAN_ABSENT;
	before = (unsigned)__builtin_popcount(release->pcr_mask & (bit - 1));
	return span_of(release->values + before * release->pcr_size,
		       release->pcr_size);
}

struct span release_user_data(const struct release *release)
{
	if (!release->has_user_data)
		return SPAN_ABSENT;
	return span_of(release->user_data_sha256, ATTEST_SHA256_SIZE);
}

static enum policy_error read_state(const struct field *field)
{
	const char *const names[] = {
		release_state_name(RELEASE_CURRENT),
		release_state_name(RELEASE_RETIRING),
		release_state_name(RELEASE_REVOKED),
	};
	struct release *release = field->target;
	unsigned state = release->state;

	value_choice(field, names, ARRAY_SIZE(names), &state);
	release->state = (enum release_state)state;
	return POLICY_OK;
}

static enum policy_error read_not_before(const struct field *field)
{
	struct release *release = field->target;

	value_time(field, false, &release->not_before_ms);
	return POLICY_OK;
}

static enum policy_error read_not_after(const struct field *field)
{
	struct release *release = field->target;

	value_time(field, true, &release->not_after_ms);
	return POLICY_OK;
}

/* Takes in the value of one PCR, unless it is shorter or longer than the others. */
static void take_pcr(const struct field *field, const struct pcr_value *value)
{
	struct release *release = field->target;
	uint8_t *to = release->values + field->argument * ATTEST_PCR_SIZE_MAX;

	if (release->pcr_size != 0 && release->pcr_size != value->size) {
		FIELD_ERROR(field,
			    "expected %zu bytes, as long as the PCRs above; "
			    "found %zu bytes",
			    release->pcr_size, value->size);
		return;
	}
	memcpy(to, value->bytes, value->size);
	release->pcr_size = value->size;
	release->pcr_mask |= UINT32_C(1) << field->argument;
}

static enum policy_error read_pcr(const struct field *field)
{
	struct release *release = field->target;
	struct pcr_value value = { .size = 0 };
	enum policy_error error = pcr_read(field, field->argument, &value);

	if (error != POLICY_OK || value.size == 0)
		return error;
	if (value.is_computed)
		release->computed_line = field->place.line;
	take_pcr(field, &value);
	return POLICY_OK;
}

static enum policy_error read_user_data(const struct field *field)
{
	struct release *release = field->target;

	return user_data_read(field, &release->has_user_data,
			      release->user_data_sha256);
}

#define PCR_ROW(number)                                                        \
	{                                                                      \
		"pcr" #number, read_pcr, number                                \
	}

static const struct key_row rows[] = {
	{ "state", read_state },
	{ "not_before", read_not_before },
	{ "not_after", read_not_after },
	{ "user_data", read_user_data },
	{ "manifest", manifest_read_kind },
	{ "pivot", manifest_read_pivot },
	{ "namespace", manifest_read_namespace },
	{ "manifest_set", manifest_read_set },
	{ "checksum", manifest_read_checksum },
	PCR_ROW(0),
	PCR_ROW(1),
	PCR_ROW(2),
	PCR_ROW(3),
	PCR_ROW(4),
	PCR_ROW(5),
	PCR_ROW(6),
	PCR_ROW(7),
	PCR_ROW(8),
	PCR_ROW(9),
	PCR_ROW(10),
	PCR_ROW(11),
	PCR_ROW(12),
	PCR_ROW(13),
	PCR_ROW(14),
	PCR_ROW(15),
	PCR_ROW(16),
	PCR_ROW(17),
	PCR_ROW(18),
	PCR_ROW(19),
	PCR_ROW(20),
	PCR_ROW(21),
	PCR_ROW(22),
	PCR_ROW(23),
	PCR_ROW(24),
	PCR_ROW(25),
	PCR_ROW(26),
	PCR_ROW(27),
	PCR_ROW(28),
	PCR_ROW(29),
	PCR_ROW(30),
	PCR_ROW(31),
};

/* Moves the PCRs that are named together and gives the rest of the room back. */
static void pack_values(struct release *release)
{
	uint8_t *next = release->values;
	uint8_t *smaller;

	for (size_t i = 0; i < ATTEST_PCR_COUNT; i++) {
		if ((release->pcr_mask & (UINT32_C(1) << i)) == 0)
			continue;
		memmove(next, release->values + i * ATTEST_PCR_SIZE_MAX,
			release->pcr_size);
		next += release->pcr_size;
	}
	smaller =
		realloc(release->values, (size_t)(next - release->values) + 1);
	if (smaller != NULL)
		release->values = smaller;
}

static void check_window(const struct loader *loader,
			 const struct release *release)
{
	const struct diagnostic_place place =
		origin_place(release->origin, "not_after");

	if (release->not_after_ms < release->not_before_ms)
		diagnostics_add(loader->diagnostics, DIAGNOSTIC_ERROR, &place,
				"not_after lies before not_before: the release "
				"would never be in force");
}

/* NULL when memory is exhausted. */
static struct release *release_new(const struct origin *origin)
{
	_cleanup_(release_freep) struct release *release =
		calloc(1, sizeof(*release));
	const char *names = section_names(origin);
	const char *slash = strchrnul(names, '/');

	if (release == NULL)
		return NULL;
	release->origin = origin;
	release->image_name = strndup(names, (size_t)(slash - names));
	release->name = slash + 1;
	release->values = calloc(ATTEST_PCR_COUNT, ATTEST_PCR_SIZE_MAX);
	if (release->image_name == NULL || release->values == NULL)
		return NULL;
	release->not_before_ms = INT64_MIN;
	release->not_after_ms = INT64_MAX;
	return TAKE_PTR(release);
}

enum policy_error release_read(struct loader *loader,
			       const struct ini_section *section)
{
	static const struct key_table table = { rows, ARRAY_SIZE(rows) };
	_cleanup_(release_freep) struct release *release = NULL;
	const struct origin *origin = loader_declare(loader, section);
	struct policy *policy = loader->policy;
	enum policy_error error;
	void *larger;

	if (origin == NULL)
		return POLICY_E_NO_MEMORY;
	release = release_new(origin);
	if (release == NULL)
		return POLICY_E_NO_MEMORY;
	error = keys_read(loader, section, &table, release);
	if (error != POLICY_OK)
		return error;
	check_window(loader, release);
	pack_values(release);

	larger = array_grow(policy->releases, policy->release_count);
	if (larger == NULL)
		return POLICY_E_NO_MEMORY;
	policy->releases = larger;
	policy->releases[policy->release_count++] = TAKE_PTR(release);
	return POLICY_OK;
}
