/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the files of lib/qos refuse. Private to lib/qos.
 */
#ifndef NITRO_QOS_FAILURE_H
#define NITRO_QOS_FAILURE_H

#include "base/compiler.h"
#include "qos/error.h"

/* Fills in the failure and returns its error; `format` makes the actual value.
 * Texts of others must have been made printable. */
enum qos_error qos_fail(struct qos_failure *reterr_failure,
			enum qos_error error, const char *expected,
			const char *format, ...) _printf_(4, 5) _must_use_;

/* The same without values. */
enum qos_error qos_fail_plain(struct qos_failure *reterr_failure,
			      enum qos_error error) _must_use_;

#endif
