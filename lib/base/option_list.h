/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arguments that an admin gives to a module, in the line that loads it.
 * Whatever is unknown, malformed or said twice is an error: an option that is
 * silently ignored opens doors.
 */
#ifndef NITRO_BASE_OPTION_LIST_H
#define NITRO_BASE_OPTION_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* More options than any module has: a bit for each. */
#define OPTION_LIST_MAX 32

struct option_row {
	const char *name; /* ends with "=" if it takes a value */
	/* Stores the value ("" if it takes none); false: it is malformed. */
	bool (*set)(const char *value, void *settings);
	const char *expected; /* "a number of seconds from 1 to 60" */
};

struct option_list {
	const struct option_row *rows;
	size_t count;
	const char *page; /* where they are explained: "pam_nitro(8)" */
};

#define OPTION_LIST_PROBLEM_SIZE 256

/* Stores what the arguments give. True; or false and a printable sentence without
 * full stop that names the argument and what was expected. */
bool option_list_parse(const struct option_list *list, size_t count,
		       const char *const *arguments, void *settings,
		       char reterr_problem[static OPTION_LIST_PROBLEM_SIZE])
	_must_use_;

/* A decimal number within bounds: digits only, no sign, no leading zero. */
bool option_list_number(const char *text, unsigned min, unsigned max,
			unsigned *ret_number) _must_use_;

/* A deadline, as modules take it; OPTION_LIST_SECONDS is what is expected then. */
#define OPTION_LIST_SECONDS "a number of seconds from 1 to 60"
bool option_list_seconds(const char *text, uint64_t *ret_usec) _must_use_;

#endif
