/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Did you mean …?": finds the known name that an unknown one was probably meant
 * to be. Only for messages; nothing is ever decided by likeness.
 */
#include "config.h"

#include <string.h>

#include "policy/loader.h"

#define TYPING_ERRORS_MAX 2
#define COMPARED_MAX	  64
/* A longer list would make a message expensive. */
#define CANDIDATES_MAX 1000

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Levenshtein's distance, a row of its table at a time; both are at most
 * COMPARED_MAX long. */
static size_t distance(const char *a, size_t a_length, const char *b,
		       size_t b_length)
{
	size_t row[COMPARED_MAX + 1];

	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1,
				       diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[b_length];
}

const char *nearest_name(const char *name, const struct candidates *candidates)
{
	const size_t length = strlen(name);
	size_t best = TYPING_ERRORS_MAX + 1;
	const char *nearest = NULL;

	if (length > COMPARED_MAX || candidates->count > CANDIDATES_MAX)
		return NULL;
	for (size_t i = 0; i < candidates->count; i++) {
		const char *candidate =
			candidates->name_at(candidates->list, i);
		size_t candidate_length = strlen(candidate);
		size_t d;

		if (candidate_length > COMPARED_MAX)
			continue;
		d = distance(name, length, candidate, candidate_length);
		/* A name of which nothing is left is not alike. */
		if (d < best && d < length) {
			best = d;
			nearest = candidate;
		}
	}
	return nearest;
}
