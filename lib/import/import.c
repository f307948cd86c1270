/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "import/import.h"

#include <string.h>

#include "eif/eif.h"
#include "import/measurements.h"

const char *import_format_text(enum import_format format)
{
	static const char *const texts[] = {
		[IMPORT_BUILD_ENCLAVE] = "nitro-cli build-enclave",
		[IMPORT_DESCRIBE_EIF] = "nitro-cli describe-eif",
		[IMPORT_DESCRIBE_ENCLAVES] = "nitro-cli describe-enclaves",
		[IMPORT_NITROTPM] = "nitro-tpm-pcr-compute",
		[IMPORT_PCR_LINES] = "lines of PCRs",
		[IMPORT_KMS] = "AWS KMS key policy",
		[IMPORT_EIF] = "enclave image file",
	};

	return texts[format];
}

static enum import_error check_size(struct span text,
				    struct import_failure *failure)
{
	if (text.size == 0)
		return import_fail(failure, IMPORT_E_SIZE, "It is empty.");
	if (text.size > IMPORT_SIZE_MAX)
		return import_fail(failure, IMPORT_E_SIZE,
				   "It has %zu bytes; at most %u are read.",
				   text.size, IMPORT_SIZE_MAX);
	return IMPORT_OK;
}

static bool looks_like_json(struct span text)
{
	size_t i = 0;

	while (i < text.size && text.data[i] != '\0' &&
	       strchr(" \t\r\n", text.data[i]) != NULL)
		i++;
	return i < text.size && (text.data[i] == '{' || text.data[i] == '[');
}

/* jansson bounds the depth (2048) itself, takes nothing behind the value, and no
 * NUL in a text. A key that stands twice would mean what its reader likes. */
static enum import_error parse(struct span text, json_t **ret_root,
			       struct import_failure *failure)
{
	json_error_t error;
	json_t *root = json_loadb((const char *)text.data, text.size,
				  JSON_REJECT_DUPLICATES, &error);

	if (root != NULL) {
		*ret_root = root;
		return IMPORT_OK;
	}
	if (json_error_code(&error) == json_error_out_of_memory)
		return import_fail(failure, IMPORT_E_NO_MEMORY,
				   "Memory is exhausted.");
	if (json_error_code(&error) == json_error_duplicate_key)
		return import_fail(failure, IMPORT_E_TWICE,
				   "Line %d, column %d: a key stands twice.",
				   error.line, error.column);
	return import_fail(failure, IMPORT_E_FORMAT,
			   "It is no JSON: line %d, column %d: %.120s.",
			   error.line, error.column, error.text);
}

static enum import_error read_one_kms(const json_t *root,
				      struct measurements *measurements,
				      struct import_failure *failure)
{
	_cleanup_free_ struct measurements *tuples =
		calloc(IMPORT_TUPLES_MAX, sizeof(*tuples));
	size_t count = 0;
	enum import_error e;

	if (tuples == NULL)
		return import_fail(failure, IMPORT_E_NO_MEMORY,
				   "Memory is exhausted.");
	e = kms_read(root, tuples, &count, failure);
	if (e != IMPORT_OK)
		return e;
	if (count != 1)
		return import_fail(failure, IMPORT_E_CHOICE,
				   "The policy names %zu images; 'nitroctl "
				   "import kms' prints a release for each.",
				   count);
	*measurements = tuples[0];
	return IMPORT_OK;
}

static enum import_error read_json(struct span text, const char *enclave,
				   struct measurements *measurements,
				   struct import_failure *failure)
{
	_cleanup_(json_decrefp) json_t *root = NULL;
	enum import_error e = parse(text, &root, failure);

	if (e != IMPORT_OK)
		return e;
	if (enclave != NULL && !json_is_array(root))
		return import_fail(failure, IMPORT_E_CHOICE,
				   "It is not a list of enclaves, out of which "
				   "\"%.100s\" could be chosen.",
				   enclave);
	if (kms_recognise(root))
		return read_one_kms(root, measurements, failure);
	return tool_read(root, enclave, measurements, failure);
}

enum import_error import_any(struct span text, const char *enclave,
			     struct measurements *ret_measurements,
			     struct import_failure *reterr_failure)
{
	struct measurements measurements = { .pcr_mask = 0 };
	enum import_error e = check_size(text, reterr_failure);

	if (e != IMPORT_OK)
		return e;
	if (looks_like_json(text))
		e = read_json(text, enclave, &measurements, reterr_failure);
	else if (enclave == NULL)
		e = lines_read(text, &measurements, reterr_failure);
	else
		e = import_fail(reterr_failure, IMPORT_E_CHOICE,
				"It is not a list of enclaves, out of which "
				"\"%.100s\" could be chosen.",
				enclave);
	if (e == IMPORT_OK)
		*ret_measurements = measurements;
	return e;
}

enum import_error
import_kms(struct span text,
	   struct measurements ret_tuples[static IMPORT_TUPLES_MAX],
	   size_t *ret_count, struct import_failure *reterr_failure)
{
	_cleanup_(json_decrefp) json_t *root = NULL;
	enum import_error e = check_size(text, reterr_failure);

	if (e == IMPORT_OK)
		e = parse(text, &root, reterr_failure);
	if (e != IMPORT_OK)
		return e;
	if (!kms_recognise(root))
		return import_fail(reterr_failure, IMPORT_E_FORMAT,
				   "This JSON is no key policy, statement or "
				   "condition of AWS KMS.");
	return kms_read(root, ret_tuples, ret_count, reterr_failure);
}

static enum import_error take_eif_pcrs(const struct eif *eif,
				       struct measurements *measurements,
				       struct import_failure *failure)
{
	const struct {
		unsigned index;
		const uint8_t *value;
	} pcrs[] = { { 0, eif->pcr0 },
		     { 1, eif->pcr1 },
		     { 2, eif->pcr2 },
		     { 8, eif->pcr8 } };

	_Static_assert(EIF_PCR_SIZE == ATTEST_SHA384_SIZE,
		       "an EIF is measured with SHA-384");
	for (size_t i = 0; i < ARRAY_SIZE(pcrs); i++) {
		if (pcrs[i].index == 8 && !eif->is_signed)
			continue;
		memcpy(measurements->pcrs[pcrs[i].index], pcrs[i].value,
		       EIF_PCR_SIZE);
		measurements->pcr_mask |= UINT32_C(1) << pcrs[i].index;
	}
	return measurements_judge(measurements, failure);
}

enum import_error import_eif(const struct eif *eif,
			     struct measurements *ret_measurements,
			     struct import_failure *reterr_failure)
{
	struct measurements measurements = { .format = IMPORT_EIF };
	_cleanup_(json_decrefp) json_t *metadata = NULL;
	struct import_failure ignored;
	enum import_error e = take_eif_pcrs(eif, &measurements, reterr_failure);

	if (e != IMPORT_OK)
		return e;
	/* What cannot be read gives no hint; the PCRs do not depend on it. */
	if (eif->metadata.data != NULL &&
	    parse(buffer_span(&eif->metadata), &metadata, &ignored) ==
		    IMPORT_OK)
		hints_read(metadata, &measurements);
	*ret_measurements = measurements;
	return IMPORT_OK;
}
