/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "import/measurements.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/hex.h"

#define PCR_BIT(index) (UINT32_C(1) << (index))

#define ENCLAVE_MASK  (PCR_BIT(0) | PCR_BIT(1) | PCR_BIT(2))
#define TPM_BOOT_MASK (PCR_BIT(4) | PCR_BIT(12))

enum import_error import_fail(struct import_failure *reterr_failure,
			      enum import_error error, const char *format, ...)
{
	va_list arguments;

	reterr_failure->error = error;
	va_start(arguments, format);
	vsnprintf(reterr_failure->message, sizeof(reterr_failure->message),
		  format, arguments);
	va_end(arguments);
	return error;
}

bool pcr_index_parse(struct span digits, unsigned *ret_index)
{
	unsigned index = 0;

	if (digits.size == 0 || digits.size > 2 ||
	    (digits.size == 2 && digits.data[0] == '0'))
		return false;
	for (size_t i = 0; i < digits.size; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return false;
		index = index * 10 + (unsigned)(digits.data[i] - '0');
	}
	if (index >= ATTEST_PCR_COUNT)
		return false;
	*ret_index = index;
	return true;
}

enum import_error measurements_add(struct measurements *measurements,
				   unsigned index, struct span hex,
				   struct import_failure *failure)
{
	size_t size = 0;

	if ((measurements->pcr_mask & PCR_BIT(index)) != 0)
		return import_fail(failure, IMPORT_E_TWICE,
				   "PCR%u stands twice.", index);
	if (hex_decode(hex, measurements->pcrs[index], ATTEST_SHA384_SIZE,
		       &size) < 0 ||
	    size != ATTEST_SHA384_SIZE)
		return import_fail(failure, IMPORT_E_VALUE,
				   "PCR%u is not 96 hexadecimal digits.",
				   index);
	measurements->pcr_mask |= PCR_BIT(index);
	return IMPORT_OK;
}

struct span measurements_pcr(const struct measurements *measurements,
			     unsigned index)
{
	if ((measurements->pcr_mask & PCR_BIT(index)) == 0)
		return SPAN_ABSENT;
	return span_of(measurements->pcrs[index], ATTEST_SHA384_SIZE);
}

static bool is_zero(const struct measurements *measurements, unsigned index)
{
	return span_is_zero(measurements_pcr(measurements, index));
}

static enum import_error judge_enclave(const struct measurements *measurements,
				       struct import_failure *failure)
{
	if ((measurements->pcr_mask & ENCLAVE_MASK) != ENCLAVE_MASK)
		return import_fail(failure, IMPORT_E_INCOMPLETE,
				   "Only PCR0, PCR1 and PCR2 together identify "
				   "an enclave image, and not all of them are "
				   "given; 'nitroctl measure' prints those of "
				   "an EIF.");
	if (is_zero(measurements, 0) && is_zero(measurements, 1) &&
	    is_zero(measurements, 2))
		return import_fail(failure, IMPORT_E_DEBUG,
				   "PCR0, PCR1 and PCR2 are all zero: an "
				   "enclave in debug mode, which identifies no "
				   "image. Start it without --debug-mode.");
	return IMPORT_OK;
}

/* AWS, "NitroTPM attestation document": PCR7 identifies an image that boots with
 * Secure Boot, PCR4 and PCR12 together one that boots without. */
static enum import_error judge_nitrotpm(const struct measurements *measurements,
					struct import_failure *failure)
{
	if ((measurements->pcr_mask & PCR_BIT(7)) != 0 ||
	    (measurements->pcr_mask & TPM_BOOT_MASK) == TPM_BOOT_MASK)
		return IMPORT_OK;
	return import_fail(failure, IMPORT_E_INCOMPLETE,
			   "An image is identified by PCR0, PCR1 and PCR2 "
			   "(enclave), by PCR7, or by PCR4 and PCR12 "
			   "(NitroTPM); these are not given.");
}

enum import_error measurements_judge(struct measurements *measurements,
				     struct import_failure *failure)
{
	const bool is_enclave = (measurements->pcr_mask & ENCLAVE_MASK) != 0;

	measurements->kind = is_enclave ? EVIDENCE_ENCLAVE : EVIDENCE_NITROTPM;
	return is_enclave ? judge_enclave(measurements, failure)
			  : judge_nitrotpm(measurements, failure);
}

/* 0 for what may not stand in a name. */
static char name_character(char character)
{
	if (character >= 'A' && character <= 'Z')
		return (char)(character - 'A' + 'a');
	if ((character >= 'a' && character <= 'z') ||
	    (character >= '0' && character <= '9') || character == '.' ||
	    character == '_')
		return character;
	return 0;
}

void name_hint(const char *text, char ret_name[static IMPORT_NAME_SIZE])
{
	size_t length = 0;

	for (; *text != '\0' && length < IMPORT_NAME_SIZE - 1; text++) {
		char character = name_character(*text);

		if (character != 0)
			ret_name[length++] = character;
		else if (length > 0 && ret_name[length - 1] != '-')
			ret_name[length++] = '-';
	}
	while (length > 0 && ret_name[length - 1] == '-')
		length--;
	ret_name[length] = '\0';
}
