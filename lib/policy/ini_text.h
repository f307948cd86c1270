/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of one configuration file -> its sections, through libini_config: the
 * only file that knows that library and its surprises. Knows no section and no
 * key by name.
 */
#ifndef NITRO_POLICY_INI_TEXT_H
#define NITRO_POLICY_INI_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "policy/policy.h"

/* A section of this product has 37 keys at most; a key is shorter than these. */
#define INI_ENTRIES_MAX 100

struct ini_entry {
	const char *key;   /* as written, case included */
	const char *value; /* without blanks at both ends; may be "" */
	unsigned line;
};

/* Borrowed for the call that gets it. */
struct ini_section {
	const char *file;
	const char *name;
	unsigned line;
	const struct ini_entry
		*entries; /* a key that is repeated appears again */
	size_t count;
};

struct ini_reader {
	enum policy_error (*section)(const struct ini_section *section,
				     void *context);
	void *context;
	struct diagnostics *diagnostics;
};

/* Gives the sections of `text` to the reader, in their order, and reports
 * everything that is not INI text. A section that could not be read is left out.
 * POLICY_OK, also with errors reported; or the first other result of the reader;
 * or POLICY_E_NO_MEMORY. */
enum policy_error ini_text_read(const char *file, struct span text,
				const struct ini_reader *reader) _must_use_;

#endif
