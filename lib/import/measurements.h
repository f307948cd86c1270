/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How measurements are put together, and the readers of each kind of text. Private
 * to lib/import.
 */
#ifndef NITRO_IMPORT_MEASUREMENTS_H
#define NITRO_IMPORT_MEASUREMENTS_H

#include <jansson.h>

#include "base/cleanup.h"
#include "import/import.h"

/* Fills in the failure and returns its error. */
enum import_error import_fail(struct import_failure *reterr_failure,
			      enum import_error error, const char *format, ...)
	_printf_(3, 4) _must_use_;

/* "PCR7" or "7" behind a prefix: the digits of an index. False when it is none. */
bool pcr_index_parse(struct span digits, unsigned *ret_index);

/* Adds one PCR; refuses one that is there already. */
enum import_error measurements_add(struct measurements *measurements,
				   unsigned index, struct span hex,
				   struct import_failure *failure) _must_use_;

/* Decides what kind of machine these PCRs are of, and whether they identify it. */
enum import_error measurements_judge(struct measurements *measurements,
				     struct import_failure *failure) _must_use_;

/* A text as a name that the configuration allows; what it does not becomes '-'.
 * "" when nothing is left. */
void name_hint(const char *text, char ret_name[static IMPORT_NAME_SIZE]);

/* Takes the hints out of an object that may have "ImageName" and "ImageVersion";
 * what is no text is no hint. */
void hints_read(const json_t *object, struct measurements *measurements);

/* The output of nitro-cli and nitro-tpm-pcr-compute. */
enum import_error tool_read(const json_t *root, const char *enclave,
			    struct measurements *measurements,
			    struct import_failure *failure) _must_use_;

/* Lines "HEX PCRn". */
enum import_error lines_read(struct span text,
			     struct measurements *measurements,
			     struct import_failure *failure) _must_use_;

/* Does this JSON speak about conditions at all? */
bool kms_recognise(const json_t *root);

/* See import_kms(). */
enum import_error kms_read(const json_t *root, struct measurements *tuples,
			   size_t *ret_count,
			   struct import_failure *failure) _must_use_;

#endif
