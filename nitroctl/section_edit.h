/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing one section of a configuration file that somebody else wrote: exactly
 * the lines concerned change, comments and everything else stay as they are. Knows
 * where sections and keys stand from the parser of the policy, and no key by name.
 */
#ifndef NITRO_NITROCTL_SECTION_EDIT_H
#define NITRO_NITROCTL_SECTION_EDIT_H

#include "base/compiler.h"
#include "base/read_file.h"

struct section_edit {
	struct span text;    /* the whole file */
	const char *section; /* "release/NAME/RELEASE" */
};

/* Sets `key` of the section: in the line where it stands, or in a new one behind
 * the section's last. 0 and the new text; -ENOENT when there is no such section,
 * -EINVAL when the text is no configuration, -ENOMEM. */
int section_set(const struct section_edit *edit, const char *key,
		const char *value, struct buffer *ret_text) _must_use_;

/* Removes the section from its name to its last key; comments behind that stay,
 * because they may be about what follows. *ret_remaining counts the sections that
 * are left. Results as above. */
int section_remove(const struct section_edit *edit, struct buffer *ret_text,
		   size_t *ret_remaining) _must_use_;

#endif
