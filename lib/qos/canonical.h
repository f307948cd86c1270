/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Canonical JSON as QOS signs and hashes it: RFC 8785 with two differences, integers
 * become decimal strings and members that are null are left out.
 */
#ifndef NITRO_QOS_CANONICAL_H
#define NITRO_QOS_CANONICAL_H

#include <jansson.h>
#include <stdio.h>

#include "base/compiler.h"
#include "qos/error.h"

/* Writes `value`, nested QOS_DEPTH_MAX deep at most. QOS_OK, MANIFEST_DEPTH,
 * MANIFEST_VALUE (a number that is no integer) or NO_MEMORY. Whether the stream
 * took all of it, the caller asks the stream. */
enum qos_error canonical_write(const json_t *value, FILE *stream) _must_use_;

#endif
