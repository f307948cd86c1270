/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One journal record under construction: KEY=value fields in a buffer of fixed
 * size. What does not fit is cut; control characters become '?', so that no value
 * can forge a line or a terminal escape.
 */
#ifndef NITRO_POLICYD_RECORD_H
#define NITRO_POLICYD_RECORD_H

#include <stddef.h>
#include <sys/uio.h>

#include "base/compiler.h"

#define RECORD_FIELDS_MAX 32u
#define RECORD_TEXT_SIZE  8192u
/* A value is cut to this, so that each field of a record finds room. */
#define RECORD_VALUE_MAX 600u

struct record {
	size_t count;
	size_t used;
	struct iovec fields[RECORD_FIELDS_MAX];
	char text[RECORD_TEXT_SIZE];
};

void record_init(struct record *record);

/* Adds KEY=value; an empty value adds nothing. */
void record_add(struct record *record, const char *key, const char *format, ...)
	_printf_(3, 4);

/* Writes the record as one line: KEY=value, separated by spaces, values that a
 * shell would split in double quotes with \\ before \\ and ". Returns the length
 * of the text without its NUL; `size` is RECORD_LINE_SIZE. */
#define RECORD_LINE_SIZE (2 * RECORD_TEXT_SIZE + 4 * RECORD_FIELDS_MAX)
size_t record_line(const struct record *record,
		   char ret_line[static RECORD_LINE_SIZE]);

#endif
