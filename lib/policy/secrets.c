/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secrets.d: the section [secret/NAME] and its keys, most of which are those of a
 * rule.
 */
#include "config.h"

#include "policy/secret.h"

#include <string.h>

#include "policy/loader.h"

#define FILE_PREFIX	  "file:"
#define CREDENTIAL_PREFIX "credential:"

void secret_free(struct secret *secret)
{
	if (secret == NULL)
		return;
	rule_deinit(&secret->rule);
	free(secret->location);
	free(secret);
}

static enum policy_error take_source(const struct field *field,
				     enum secret_source source,
				     const char *location)
{
	struct secret *secret = field->target;

	secret->source = source;
	secret->location = strdup(location);
	return secret->location != NULL ? POLICY_OK : POLICY_E_NO_MEMORY;
}

/* What follows the prefix, or NULL. */
static const char *behind(const char *value, const char *prefix)
{
	const size_t length = strlen(prefix);

	return strncmp(value, prefix, length) == 0 ? value + length : NULL;
}

/* A credential is a file in one directory: its name must not leave it. */
static enum policy_error read_source(const struct field *field)
{
	const char *path = behind(field->value, FILE_PREFIX);
	const char *name = behind(field->value, CREDENTIAL_PREFIX);

	if (path != NULL && path[0] == '/')
		return take_source(field, SECRET_FILE, path);
	if (name != NULL && policy_name_is_valid(name) && name[0] != '.')
		return take_source(field, SECRET_CREDENTIAL, name);
	FIELD_ERROR(field,
		    "expected " FILE_PREFIX "/PATH, or " CREDENTIAL_PREFIX
		    "NAME of a credential of the daemon's unit, found '%s'",
		    field->value);
	return POLICY_OK;
}

/* Nobody proves an SSH key to get a secret. */
static enum policy_error read_bind(const struct field *field)
{
	const struct secret *secret = field->target;
	enum policy_error error = rule_read_bind(field);

	if ((secret->rule.requirements.bindings & BIND_SSH_KEY) != 0)
		FIELD_ERROR(field, "expected nonce, host or key, found '%s'",
			    field->value);
	return error;
}

static const struct key_row rows[] = {
	{ "source", read_source, .is_required = true },
	{ "image", rule_read_image, .is_required = true },
	{ "level", rule_read_level, .is_required = true },
	{ "roots", rule_read_roots },
	{ "max_age", rule_read_max_age },
	{ "bind", read_bind },
};

/* Level 1 would release it to anybody with a document of any enclave. */
static void check_level(const struct loader *loader,
			const struct secret *secret)
{
	const struct diagnostic_place place =
		origin_place(secret->rule.origin, "level");

	if (secret->rule.requirements.level == 1)
		diagnostics_add(loader->diagnostics, DIAGNOSTIC_ERROR, &place,
				"a secret needs level 2 or 3: at level 1 every "
				"enclave would get it");
}

enum policy_error secret_read(struct loader *loader,
			      const struct ini_section *section)
{
	static const struct key_table table = { rows, ARRAY_SIZE(rows) };
	_cleanup_(secret_freep) struct secret *secret =
		calloc(1, sizeof(*secret));
	struct policy *policy = loader->policy;
	enum policy_error error;
	void *larger;

	if (secret == NULL)
		return POLICY_E_NO_MEMORY;
	secret->rule.origin = loader_declare(loader, section);
	if (secret->rule.origin == NULL)
		return POLICY_E_NO_MEMORY;
	secret->rule.name = section_names(secret->rule.origin);
	error = keys_read(loader, section, &table, secret);
	if (error == POLICY_OK)
		error = rule_fill_requirements(&secret->rule);
	if (error != POLICY_OK)
		return error;
	check_level(loader, secret);

	larger = array_grow(policy->secrets, policy->secret_count);
	if (larger == NULL)
		return POLICY_E_NO_MEMORY;
	policy->secrets = larger;
	policy->secrets[policy->secret_count++] = TAKE_PTR(secret);
	return POLICY_OK;
}

size_t policy_secret_count(const struct policy *policy)
{
	return policy->secret_count;
}

const struct secret *policy_secret(const struct policy *policy, size_t index)
{
	return policy->secrets[index];
}

const struct secret *policy_find_secret(const struct policy *policy,
					const char *name)
{
	for (size_t i = 0; i < policy->secret_count; i++)
		if (strcmp(policy->secrets[i]->rule.name, name) == 0)
			return policy->secrets[i];
	return NULL;
}

const char *secret_name(const struct secret *secret)
{
	return secret->rule.name;
}

enum secret_source secret_source(const struct secret *secret)
{
	return secret->source;
}

const char *secret_location(const struct secret *secret)
{
	return secret->location;
}

const struct rule *secret_rule(const struct secret *secret)
{
	return &secret->rule;
}
