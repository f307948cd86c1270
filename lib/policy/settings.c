/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policyd.conf: the [policyd] section. Its defaults are in policy_load(), which
 * counts also when there is no such file.
 */
#include "config.h"

#include "policy/loader.h"
#include "policy/values.h"

#define WORKERS_MAX    64u
#define FIELD_SIZE_MIN 512u

static const struct span_range skew_range = { 0, 600000, "0s to 10min" };
static const struct span_range lifetime_range = { 5000, 600000, "5s to 10min" };

static const struct span_range expiry_range = { 0, UINT64_C(31622400000),
						"0s to 366d" };

static enum policy_error read_workers(const struct field *field)
{
	struct policy_settings *settings = field->target;

	value_number(field, 0, WORKERS_MAX, &settings->workers);
	return POLICY_OK;
}

static enum policy_error read_max_document_age(const struct field *field)
{
	struct policy_settings *settings = field->target;

	value_span(field, &age_range, &settings->max_document_age_ms);
	return POLICY_OK;
}

static enum policy_error read_clock_skew(const struct field *field)
{
	struct policy_settings *settings = field->target;

	value_span(field, &skew_range, &settings->clock_skew_ms);
	return POLICY_OK;
}

static enum policy_error read_challenge_lifetime(const struct field *field)
{
	struct policy_settings *settings = field->target;

	value_span(field, &lifetime_range, &settings->challenge_lifetime_ms);
	return POLICY_OK;
}

static enum policy_error read_max_field_size(const struct field *field)
{
	struct policy_settings *settings = field->target;
	unsigned size = (unsigned)settings->max_field_size;

	value_number(field, FIELD_SIZE_MIN, ATTEST_FIELD_MAX, &size);
	settings->max_field_size = size;
	return POLICY_OK;
}

static enum policy_error read_expiry_warning(const struct field *field)
{
	struct policy_settings *settings = field->target;

	value_span(field, &expiry_range, &settings->expiry_warning_ms);
	return POLICY_OK;
}

static const struct key_row rows[] = {
	{ "workers", read_workers },
	{ "max_document_age", read_max_document_age },
	{ "clock_skew", read_clock_skew },
	{ "challenge_lifetime", read_challenge_lifetime },
	{ "max_field_size", read_max_field_size },
	{ "expiry_warning", read_expiry_warning },
};

enum policy_error settings_read(struct loader *loader,
				const struct ini_section *section)
{
	static const struct key_table table = { rows, ARRAY_SIZE(rows) };

	if (loader_declare(loader, section) == NULL)
		return POLICY_E_NO_MEMORY;
	/* A second [policyd] is reported with all that stands twice. */
	if (loader->has_settings)
		return POLICY_OK;
	loader->has_settings = true;
	return keys_read(loader, section, &table, &loader->policy->settings);
}
