/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON of nitro-cli (build-enclave, describe-eif, describe-enclaves) and of
 * nitro-tpm-pcr-compute. They share one member, "Measurements".
 */
#include "config.h"

#include <string.h>

#include "import/measurements.h"

static enum import_error wrong_type(struct import_failure *failure,
				    const char *member, const char *expected)
{
	return import_fail(failure, IMPORT_E_TYPE,
			   "\"%s\" is missing, or is not %s.", member,
			   expected);
}

/* nitro-cli writes the debug form of its hash object, the TPM tool a name. */
static enum import_error check_hash(const json_t *value,
				    struct import_failure *failure)
{
	const char *name = json_string_value(value);

	if (name == NULL)
		return wrong_type(failure, "HashAlgorithm", "a text");
	if (strcmp(name, "SHA384") != 0 && strcmp(name, "Sha384 { ... }") != 0)
		return import_fail(failure, IMPORT_E_VALUE,
				   "\"HashAlgorithm\" is \"%.40s\", not "
				   "SHA384.",
				   name);
	return IMPORT_OK;
}

static enum import_error read_pcr(const char *key, const json_t *value,
				  struct measurements *measurements,
				  struct import_failure *failure)
{
	unsigned index;

	if (strncmp(key, "PCR", 3) != 0 ||
	    !pcr_index_parse(span_of_text(key + 3), &index))
		return import_fail(failure, IMPORT_E_TYPE,
				   "\"%.40s\" among the measurements is not "
				   "known.",
				   key);
	if (!json_is_string(value))
		return wrong_type(failure, key, "a text");
	return measurements_add(
		measurements, index,
		span_of(json_string_value(value), json_string_length(value)),
		failure);
}

static enum import_error read_measurements(const json_t *object,
					   struct measurements *measurements,
					   struct import_failure *failure)
{
	enum import_error e;
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return wrong_type(failure, "Measurements", "an object");
	e = check_hash(json_object_get(object, "HashAlgorithm"), failure);
	if (e != IMPORT_OK)
		return e;
	/* jansson's macro wants an object that it may change; it does not. */
	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		if (strcmp(key, "HashAlgorithm") == 0)
			continue;
		e = read_pcr(key, value, measurements, failure);
		if (e != IMPORT_OK)
			return e;
	}
	return measurements_judge(measurements, failure);
}

void hints_read(const json_t *object, struct measurements *measurements)
{
	const char *name =
		json_string_value(json_object_get(object, "ImageName"));
	const char *version =
		json_string_value(json_object_get(object, "ImageVersion"));

	if (name == NULL)
		name = json_string_value(
			json_object_get(object, "EnclaveName"));
	if (name != NULL)
		name_hint(name, measurements->name);
	if (version != NULL)
		name_hint(version, measurements->version);
}

/* The tool has looked at the file and must have found it whole. */
static enum import_error check_eif(const json_t *object,
				   const struct measurements *measurements,
				   struct import_failure *failure)
{
	const json_t *is_signed = json_object_get(object, "IsSigned");
	const bool has_pcr8 =
		!span_is_absent(measurements_pcr(measurements, 8));

	if (!json_is_boolean(is_signed))
		return wrong_type(failure, "IsSigned", "true or false");
	if (!json_is_boolean(json_object_get(object, "CheckCRC")))
		return wrong_type(failure, "CheckCRC", "true or false");
	if (json_is_false(json_object_get(object, "CheckCRC")))
		return import_fail(failure, IMPORT_E_UNCHECKED,
				   "\"CheckCRC\" is false: the file was "
				   "damaged when it was described.");
	if (json_is_true(is_signed) &&
	    !json_is_true(json_object_get(object, "SignatureCheck")))
		return import_fail(failure, IMPORT_E_UNCHECKED,
				   "\"SignatureCheck\" is not true: the "
				   "signature of the file did not hold.");
	if (json_is_true(is_signed) != has_pcr8)
		return import_fail(failure, IMPORT_E_TYPE,
				   "\"IsSigned\" and PCR8 contradict each "
				   "other.");
	return IMPORT_OK;
}

/* The tool prints the PCRs that the image would have, also for an enclave whose
 * own PCRs are zero because it is being debugged. */
static enum import_error check_flags(const json_t *object,
				     struct import_failure *failure)
{
	const char *flags = json_string_value(json_object_get(object, "Flags"));

	if (flags == NULL)
		return wrong_type(failure, "Flags", "a text");
	if (strcmp(flags, "NONE") != 0)
		return import_fail(failure, IMPORT_E_DEBUG,
				   "The enclave runs with \"%.40s\", so that "
				   "it attests none of these PCRs. Start it "
				   "without --debug-mode.",
				   flags);
	return IMPORT_OK;
}

static bool is_called(const json_t *object, const char *member,
		      const char *name)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL && strcmp(text, name) == 0;
}

static bool is_chosen(const json_t *object, const char *enclave)
{
	return enclave == NULL || is_called(object, "EnclaveName", enclave) ||
	       is_called(object, "EnclaveID", enclave);
}

static enum import_error choose(const json_t *list, const char *enclave,
				const json_t **ret_object,
				struct import_failure *failure)
{
	size_t found = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *object = json_array_get(list, i);

		if (!json_is_object(object))
			return import_fail(failure, IMPORT_E_TYPE,
					   "The list holds something else "
					   "than enclaves.");
		if (!is_chosen(object, enclave))
			continue;
		*ret_object = object;
		found++;
	}
	if (found == 1)
		return IMPORT_OK;
	if (enclave != NULL)
		return import_fail(failure, IMPORT_E_CHOICE,
				   "The list has %zu enclaves called "
				   "\"%.100s\"; one is needed.",
				   found, enclave);
	return import_fail(failure, IMPORT_E_CHOICE,
			   "The list has %zu enclaves; say which one is meant.",
			   found);
}

static enum import_error read_enclaves(const json_t *list, const char *enclave,
				       struct measurements *measurements,
				       struct import_failure *failure)
{
	const json_t *object = NULL;
	enum import_error e = choose(list, enclave, &object, failure);

	if (e == IMPORT_OK)
		e = check_flags(object, failure);
	if (e == IMPORT_OK)
		e = read_measurements(json_object_get(object, "Measurements"),
				      measurements, failure);
	if (e == IMPORT_OK)
		hints_read(object, measurements);
	measurements->format = IMPORT_DESCRIBE_ENCLAVES;
	return e;
}

enum import_error tool_read(const json_t *root, const char *enclave,
			    struct measurements *measurements,
			    struct import_failure *failure)
{
	enum import_error e;

	if (json_is_array(root))
		return read_enclaves(root, enclave, measurements, failure);
	if (json_object_get(root, "Measurements") == NULL)
		return import_fail(failure, IMPORT_E_FORMAT,
				   "This JSON is neither of nitro-cli, nor of "
				   "nitro-tpm-pcr-compute, nor a key policy: "
				   "it has no \"Measurements\".");
	if (json_object_get(root, "EnclaveID") != NULL)
		return import_fail(failure, IMPORT_E_FORMAT,
				   "This is one enclave out of a list; give "
				   "the whole output of describe-enclaves.");
	e = read_measurements(json_object_get(root, "Measurements"),
			      measurements, failure);
	if (e != IMPORT_OK)
		return e;
	hints_read(root, measurements);
	if (json_object_get(root, "EifVersion") != NULL) {
		measurements->format = IMPORT_DESCRIBE_EIF;
		return check_eif(root, measurements, failure);
	}
	measurements->format = measurements->kind == EVIDENCE_ENCLAVE
				       ? IMPORT_BUILD_ENCLAVE
				       : IMPORT_NITROTPM;
	return IMPORT_OK;
}
