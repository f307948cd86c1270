/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of sudo.conf, read as sudo reads it: comments from "#" to the end of a
 * line, lines that go on after a backslash, keywords whose case does not matter, and
 * anything else passed over without a word. All that is not our own line stays as it
 * is, to the byte. Pure.
 */
#ifndef NITRO_NITROCTL_SUDO_CONF_H
#define NITRO_NITROCTL_SUDO_CONF_H

#include <stdbool.h>

#include "base/read_file.h"

#define SUDO_CONF_SYMBOL "sudo_nitro_approval"

/* "Plugin sudo_nitro_approval PATH [OPTION]..." with one space between the words, as
 * it stands in the text; a new text, NULL when memory is exhausted. */
char *sudo_conf_make_line(const char *path, size_t option_count,
			  char *const *options) _must_use_;

struct sudo_conf_found {
	char *line; /* the first of our lines, as sudo_conf_make_line() has it */
	unsigned number; /* of that line */
	size_t count;	 /* of our lines; sudo takes the first */
};

/* Looks for the lines that load our plugin, whatever their path. True; false when
 * memory is exhausted or the text holds a NUL. The line is to be freed. */
bool sudo_conf_find(struct span text,
		    struct sudo_conf_found *ret_found) _must_use_;

/* The text with `line` as the only one of our lines, where the first one stood or
 * else at the end; or, with NULL, without any. False as above. */
bool sudo_conf_edit(struct span text, const char *line,
		    struct buffer *ret_text) _must_use_;

#endif
