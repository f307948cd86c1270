/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the files of lib/eif refuse. Private to lib/eif.
 */
#ifndef NITRO_EIF_FAILURE_H
#define NITRO_EIF_FAILURE_H

#include "base/compiler.h"
#include "eif/eif.h"

/* Fills in the failure and returns its error. */
enum eif_error eif_fail(struct eif_failure *reterr_failure,
			enum eif_error error, uint64_t offset,
			const char *format, ...) _printf_(4, 5) _must_use_;

/* The same without detail. */
enum eif_error eif_fail_plain(struct eif_failure *reterr_failure,
			      enum eif_error error, uint64_t offset) _must_use_;

#endif
