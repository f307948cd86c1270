/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What build tools and key policies say about an image -> its measurements. The
 * text may be by anybody: it is bounded, its types are strict, and what does not
 * name one whole tuple is refused. A measurement that was read is a claim of the
 * text; nobody has vouched for it. Reads no file, no clock, no environment.
 */
#ifndef NITRO_IMPORT_IMPORT_H
#define NITRO_IMPORT_IMPORT_H

#include "attest/evidence.h"
#include "attest/limits.h"
#include "base/compiler.h"
#include "base/span.h"

struct eif;

/* A larger text is no output of these tools. */
#define IMPORT_SIZE_MAX (1024u * 1024u)

/* Tuples in one key policy: a KMS key policy has at most 32 KiB. */
#define IMPORT_TUPLES_MAX 64u

/* Names of images and releases with their NUL, and a sentence. */
#define IMPORT_NAME_SIZE    64u
#define IMPORT_MESSAGE_SIZE 320u

enum import_format {
	IMPORT_BUILD_ENCLAVE,	  /* nitro-cli build-enclave */
	IMPORT_DESCRIBE_EIF,	  /* nitro-cli describe-eif */
	IMPORT_DESCRIBE_ENCLAVES, /* nitro-cli describe-enclaves */
	IMPORT_NITROTPM,	  /* nitro-tpm-pcr-compute */
	IMPORT_PCR_LINES,	  /* lines "HEX PCRn" */
	IMPORT_KMS,		  /* an AWS KMS key policy, or a part of one */
	IMPORT_EIF,		  /* the file itself, measured by lib/eif */
};

/* One whole tuple: for an enclave PCR0, PCR1 and PCR2 that are not all zero, for
 * NitroTPM PCR7, or PCR4 and PCR12. */
struct measurements {
	enum import_format format;
	enum evidence_kind kind;
	uint32_t pcr_mask; /* bit i: PCR i is given */
	uint8_t pcrs[ATTEST_PCR_COUNT][ATTEST_SHA384_SIZE];
	/* What the text calls the image and its version, in the characters that
	 * the configuration allows (a-z 0-9 . _ -); "" when it does not say.
	 * Hints: nothing measures them. */
	char name[IMPORT_NAME_SIZE];
	char version[IMPORT_NAME_SIZE];
};

enum import_error {
	IMPORT_OK,
	IMPORT_E_SIZE,	     /* empty, or more than IMPORT_SIZE_MAX bytes */
	IMPORT_E_FORMAT,     /* none of the formats above, or broken JSON */
	IMPORT_E_TYPE,	     /* a member is missing or has a wrong type */
	IMPORT_E_VALUE,	     /* a PCR that is not 96 digits, an unknown hash */
	IMPORT_E_TWICE,	     /* a PCR or key stands twice */
	IMPORT_E_INCOMPLETE, /* the PCRs do not identify an image */
	IMPORT_E_DEBUG,	     /* an enclave in debug mode */
	IMPORT_E_UNCHECKED,  /* the tool says: CRC or signature is wrong */
	IMPORT_E_CHOICE,     /* none, or several, where one is needed */
	IMPORT_E_MIXED,	     /* a condition that accepts mixtures of tuples */
	IMPORT_E_CONDITION,  /* a condition that does not demand equality */
	IMPORT_E_NO_MEMORY,
};

struct import_failure {
	enum import_error error;
	/* One sentence for people: which value, and what to do. It may quote the
	 * text; print it like any other text of strangers. */
	char message[IMPORT_MESSAGE_SIZE];
};

/* Recognises the format and reads the one tuple in `text`. `enclave` chooses by
 * EnclaveName or EnclaveID in the output of describe-enclaves; NULL: there must be
 * one only. A key policy with several tuples is IMPORT_E_CHOICE. */
enum import_error import_any(struct span text, const char *enclave,
			     struct measurements *ret_measurements,
			     struct import_failure *reterr_failure) _must_use_;

/* Every tuple that a key policy, a statement, or a condition alone accepts; at
 * least one. Statements that do not speak about attestation are left alone. */
enum import_error
import_kms(struct span text,
	   struct measurements ret_tuples[static IMPORT_TUPLES_MAX],
	   size_t *ret_count, struct import_failure *reterr_failure) _must_use_;

/* What lib/eif measured; name and version come from its metadata. */
enum import_error import_eif(const struct eif *eif,
			     struct measurements *ret_measurements,
			     struct import_failure *reterr_failure) _must_use_;

/* A PCR that is given, as ATTEST_SHA384_SIZE bytes; else SPAN_ABSENT. */
struct span measurements_pcr(const struct measurements *measurements,
			     unsigned index);

/* "nitro-cli build-enclave", …, for people. */
const char *import_format_text(enum import_format format);

#endif
