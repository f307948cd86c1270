/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS KMS key policies: which tuples of PCRs their conditions accept. A condition
 * holds when all its keys hold, and a key holds when one of its values does; with
 * lists in two keys it therefore accepts mixtures that no image has, and no
 * release could say the same.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "import/measurements.h"

#define KEY_PREFIX "kms:RecipientAttestation:"

/* What one statement demands of one PCR: one of these texts. */
struct demand {
	const json_t *values; /* a text, or an array of texts; NULL: nothing */
};

struct statement {
	struct demand demands[ATTEST_PCR_COUNT];
	uint32_t mask;
	bool is_enclave, is_nitrotpm;
	struct import_failure *failure;
};

/* The tuples of all statements so far. */
struct tuple_list {
	struct measurements *tuples;
	size_t count;
};

/* Names of condition keys are not case sensitive. */
static const char *attestation_key(const char *key)
{
	if (strncasecmp(key, KEY_PREFIX, strlen(KEY_PREFIX)) != 0)
		return NULL;
	return key + strlen(KEY_PREFIX);
}

static size_t value_count(const json_t *values)
{
	return json_is_array(values) ? json_array_size(values) : 1;
}

static const json_t *value_at(const json_t *values, size_t index)
{
	return json_is_array(values) ? json_array_get(values, index) : values;
}

static enum import_error check_values(const struct statement *statement,
				      const char *key, const json_t *values)
{
	if (value_count(values) == 0)
		return import_fail(statement->failure, IMPORT_E_TYPE,
				   "\"%.80s\" has an empty list.", key);
	for (size_t i = 0; i < value_count(values); i++)
		if (!json_is_string(value_at(values, i)))
			return import_fail(statement->failure, IMPORT_E_TYPE,
					   "\"%.80s\" is not a text or a list "
					   "of texts.",
					   key);
	return IMPORT_OK;
}

/* ImageSha384 is another name of an enclave's PCR0. */
static bool find_pcr(struct statement *statement, const char *name,
		     unsigned *ret_index)
{
	if (strcasecmp(name, "ImageSha384") == 0) {
		statement->is_enclave = true;
		*ret_index = 0;
		return true;
	}
	if (strncasecmp(name, "NitroTPMPCR", 11) == 0) {
		statement->is_nitrotpm = true;
		return pcr_index_parse(span_of_text(name + 11), ret_index);
	}
	statement->is_enclave = true;
	return strncasecmp(name, "PCR", 3) == 0 &&
	       pcr_index_parse(span_of_text(name + 3), ret_index);
}

static enum import_error add_demand(struct statement *statement,
				    const char *key, const json_t *values)
{
	enum import_error e = check_values(statement, key, values);
	unsigned index = 0;

	if (e != IMPORT_OK)
		return e;
	if (!find_pcr(statement, attestation_key(key), &index))
		return import_fail(statement->failure, IMPORT_E_CONDITION,
				   "The condition key \"%.80s\" is not known.",
				   key);
	if (statement->demands[index].values != NULL)
		return import_fail(statement->failure, IMPORT_E_TWICE,
				   "PCR%u is demanded twice in one condition "
				   "(ImageSha384 is PCR0).",
				   index);
	statement->demands[index].values = values;
	statement->mask |= UINT32_C(1) << index;
	return IMPORT_OK;
}

/* Only these two mean that the PCR must be there and must be equal. "IfExists"
 * lets a request without attestation pass, "ForAllValues:" too; "Like" has
 * wildcards, "Not" means the contrary. */
static bool demands_equality(const char *operator)
{
	return strcmp(operator, "StringEquals") == 0 ||
	       strcmp(operator, "StringEqualsIgnoreCase") == 0;
}

static enum import_error read_operator(struct statement *statement,
				       const char *operator, json_t * keys)
{
	const char *key;
	json_t *values;

	if (!json_is_object(keys))
		return import_fail(
			statement->failure, IMPORT_E_TYPE,
			"The condition \"%.80s\" is not an object.", operator);
	json_object_foreach(keys, key, values)
	{
		enum import_error e;

		if (attestation_key(key) == NULL)
			continue;
		if (!demands_equality(operator))
			return import_fail(
				statement->failure, IMPORT_E_CONDITION,
				"\"%.80s\" does not demand that PCRs are "
				"equal; only StringEqualsIgnoreCase and "
				"StringEquals do.",
				operator);
		e = add_demand(statement, key, values);
		if (e != IMPORT_OK)
			return e;
	}
	return IMPORT_OK;
}

static bool is_equal(const struct measurements *a, const struct measurements *b)
{
	return a->kind == b->kind && a->pcr_mask == b->pcr_mask &&
	       memcmp(a->pcrs, b->pcrs, sizeof(a->pcrs)) == 0;
}

/* Two statements may allow two principals the same image. */
static bool is_known(const struct tuple_list *list,
		     const struct measurements *tuple)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_equal(&list->tuples[i], tuple))
			return true;
	return false;
}

/* The tuple that takes value `choice` of the one list in the statement. */
static enum import_error add_tuple(const struct statement *statement,
				   size_t choice, struct tuple_list *list)
{
	struct measurements tuple = { .format = IMPORT_KMS };
	enum import_error e;

	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		const json_t *values = statement->demands[i].values;
		const json_t *value;

		if (values == NULL)
			continue;
		value = value_at(values, value_count(values) > 1 ? choice : 0);
		e = measurements_add(&tuple, i,
				     span_of(json_string_value(value),
					     json_string_length(value)),
				     statement->failure);
		if (e != IMPORT_OK)
			return e;
	}
	e = measurements_judge(&tuple, statement->failure);
	if (e != IMPORT_OK)
		return e;
	if ((tuple.kind == EVIDENCE_ENCLAVE) != statement->is_enclave)
		return import_fail(statement->failure, IMPORT_E_INCOMPLETE,
				   "The PCRs in the condition do not identify "
				   "an image of the kind that its keys name.");
	if (is_known(list, &tuple))
		return IMPORT_OK;
	if (list->count == IMPORT_TUPLES_MAX)
		return import_fail(statement->failure, IMPORT_E_SIZE,
				   "The policy names more than %u images.",
				   IMPORT_TUPLES_MAX);
	list->tuples[list->count++] = tuple;
	return IMPORT_OK;
}

static enum import_error add_tuples(const struct statement *statement,
				    struct tuple_list *list)
{
	size_t lists = 0, choices = 1;

	if (statement->is_enclave && statement->is_nitrotpm)
		return import_fail(statement->failure, IMPORT_E_CONDITION,
				   "The condition demands an enclave and "
				   "NitroTPM at once: nothing fulfils it.");
	for (size_t i = 0; i < ATTEST_PCR_COUNT; i++) {
		const json_t *values = statement->demands[i].values;

		if (values == NULL || value_count(values) == 1)
			continue;
		lists++;
		choices = value_count(values);
	}
	if (lists > 1)
		return import_fail(statement->failure, IMPORT_E_MIXED,
				   "The condition has lists of values for "
				   "%zu PCRs and so accepts mixtures of "
				   "images, which no release does. Write one "
				   "statement for each image.",
				   lists);
	for (size_t i = 0; i < choices; i++) {
		enum import_error e = add_tuple(statement, i, list);

		if (e != IMPORT_OK)
			return e;
	}
	return IMPORT_OK;
}

static enum import_error read_condition(json_t *condition, const char *effect,
					struct tuple_list *list,
					struct import_failure *failure)
{
	struct statement statement = { .failure = failure };
	const char *operator;
	json_t *keys;

	if (!json_is_object(condition))
		return import_fail(failure, IMPORT_E_TYPE,
				   "\"Condition\" is not an object.");
	json_object_foreach(condition, operator, keys)
	{
		enum import_error e = read_operator(&statement, operator, keys);

		if (e != IMPORT_OK)
			return e;
	}
	if (statement.mask == 0)
		return IMPORT_OK;
	if (strcmp(effect, "Allow") != 0)
		return import_fail(failure, IMPORT_E_CONDITION,
				   "A statement with the effect \"%.40s\" "
				   "names PCRs; only \"Allow\" says which "
				   "images are wanted.",
				   effect);
	return add_tuples(&statement, list);
}

static enum import_error read_statement(const json_t *statement,
					struct tuple_list *list,
					struct import_failure *failure)
{
	json_t *condition = json_object_get(statement, "Condition");
	const char *effect =
		json_string_value(json_object_get(statement, "Effect"));

	if (!json_is_object(statement))
		return import_fail(failure, IMPORT_E_TYPE,
				   "\"Statement\" holds something else than "
				   "statements.");
	if (condition == NULL)
		return IMPORT_OK;
	/* A condition that was cut out of its statement. */
	if (effect == NULL && json_object_get(statement, "Effect") == NULL)
		effect = "Allow";
	if (effect == NULL)
		return import_fail(failure, IMPORT_E_TYPE,
				   "\"Effect\" is not a text.");
	return read_condition(condition, effect, list, failure);
}

static enum import_error read_statements(const json_t *statements,
					 struct tuple_list *list,
					 struct import_failure *failure)
{
	if (!json_is_array(statements))
		return read_statement(statements, list, failure);
	for (size_t i = 0; i < json_array_size(statements); i++) {
		enum import_error e = read_statement(
			json_array_get(statements, i), list, failure);

		if (e != IMPORT_OK)
			return e;
	}
	return IMPORT_OK;
}

/* The operators that begin a condition on its own. */
static bool is_condition(const json_t *root)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)root, key, value)
	{
		if (!json_is_object(value) || strstr(key, "String") == NULL)
			return false;
	}
	return json_object_size(root) > 0;
}

bool kms_recognise(const json_t *root)
{
	return json_object_get(root, "Statement") != NULL ||
	       json_object_get(root, "Condition") != NULL || is_condition(root);
}

enum import_error kms_read(const json_t *root, struct measurements *tuples,
			   size_t *ret_count, struct import_failure *failure)
{
	const json_t *statements = json_object_get(root, "Statement");
	struct tuple_list list = { tuples, 0 };
	enum import_error e;

	if (statements != NULL)
		e = read_statements(statements, &list, failure);
	else if (json_object_get(root, "Condition") != NULL)
		e = read_statement(root, &list, failure);
	else
		e = read_condition((json_t *)(uintptr_t)root, "Allow", &list,
				   failure);
	if (e != IMPORT_OK)
		return e;
	if (list.count == 0)
		return import_fail(failure, IMPORT_E_CHOICE,
				   "No statement has a condition on "
				   "attestation (" KEY_PREFIX "PCRn).");
	*ret_count = list.count;
	return IMPORT_OK;
}
