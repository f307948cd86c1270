/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is wrong with the configuration, all of it at once: each entry names file,
 * line, section and key, what was found and what was expected.
 */
#ifndef NITRO_POLICY_DIAGNOSTICS_H
#define NITRO_POLICY_DIAGNOSTICS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/compiler.h"

/* More entries than these are counted but not kept. */
#define DIAGNOSTICS_MAX 200

enum diagnostic_severity {
	DIAGNOSTIC_WARNING, /* the policy is used, an admin should look */
	DIAGNOSTIC_ERROR,   /* the policy is refused */
};

struct diagnostic {
	enum diagnostic_severity severity;
	char *file;    /* as the admin can find it */
	unsigned line; /* 1-based; 0: the file as a whole */
	char *section; /* NULL: none */
	char *key;     /* NULL: none */
	char *message; /* one sentence: found, expected */
};

struct diagnostics;

struct diagnostics *diagnostics_new(void) _must_use_;
void diagnostics_free(struct diagnostics *diagnostics);
DEFINE_CLEANUP(struct diagnostics *, diagnostics_free)

/* Where a diagnostic points to; `section` and `key` may be NULL, `line` 0. */
struct diagnostic_place {
	const char *file;
	unsigned line;
	const char *section;
	const char *key;
};

/* Adds one entry. When memory is exhausted the entry is lost but counted, so that
 * an error never turns into acceptance. */
void diagnostics_add(struct diagnostics *diagnostics,
		     enum diagnostic_severity severity,
		     const struct diagnostic_place *place, const char *format,
		     ...) _printf_(4, 5);

/* Errors and warnings seen, also those that were not kept. */
size_t diagnostics_errors(const struct diagnostics *diagnostics);
size_t diagnostics_warnings(const struct diagnostics *diagnostics);

/* The kept entries, in the order they were found. */
size_t diagnostics_count(const struct diagnostics *diagnostics);
const struct diagnostic *diagnostics_get(const struct diagnostics *diagnostics,
					 size_t index);

/* "FILE:LINE: [SECTION] KEY: MESSAGE" with the parts that there are, as a new
 * string; NULL when memory is exhausted. */
char *diagnostic_text(const struct diagnostic *diagnostic) _must_use_;

#endif
