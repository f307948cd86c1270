/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The documents that AWS signed, for tests: they are not part of this project, so
 * a test without them is skipped, visibly, and never passed.
 */
#ifndef NITRO_TESTS_SUPPORT_VECTORS_H
#define NITRO_TESTS_SUPPORT_VECTORS_H

#include <jansson.h>

#include "base/read_file.h"
#include "tests/unit/unit.h"

/* True when $NITRO_VECTORS has an index; else says so on standard error. */
bool vectors_are_here(void);

/* The parsed index.json: an array; the caller releases it. Aborts on failure. */
json_t *vectors_index(void);

/* Reads a file of the folder, for example "genuine/….cbor". Aborts on failure. */
struct buffer vectors_read(const char *name);

/* The bytes of a hex string in the index; data is NULL for a JSON null. */
struct buffer vectors_hex(const json_t *value);

/* UNIT_MAIN() for tests that need the documents. */
#define VECTORS_MAIN(name, add_tests)                                          \
	int main(void)                                                         \
	{                                                                      \
		if (!vectors_are_here())                                       \
			return UNIT_SKIPPED;                                   \
		return unit_run(name, add_tests);                              \
	}

#endif
