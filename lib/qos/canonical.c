/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "qos/canonical.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* The first lead byte of a character that UTF-16 writes as two units, and the first
 * of those that UTF-16 sorts behind them. */
#define LEAD_OF_PAIR   0xf0
#define LEAD_BEHIND_IT 0xee

struct entry {
	const char *name;
	size_t size;
	const json_t *value;
};

/* RFC 8785 section 3.2.3: by UTF-16 code units. UTF-8 sorts the same, but that
 * surrogates (D800…) come before U+E000 to U+FFFF. */
static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	const size_t least = x->size < y->size ? x->size : y->size;

	for (size_t i = 0; i < least; i++) {
		const unsigned char p = (unsigned char)x->name[i];
		const unsigned char q = (unsigned char)y->name[i];

		if (p == q)
			continue;
		if (p >= LEAD_BEHIND_IT && q >= LEAD_BEHIND_IT &&
		    (p >= LEAD_OF_PAIR) != (q >= LEAD_OF_PAIR))
			return p >= LEAD_OF_PAIR ? -1 : 1;
		return p < q ? -1 : 1;
	}
	return (x->size > y->size) - (x->size < y->size);
}

/* RFC 8785 section 3.2.2.2: the shortest escape, and only where one is needed. */
static void write_text(const char *text, size_t size, FILE *stream)
{
	static const char escaped[] = "\b\t\n\f\r\"\\";
	static const char letters[] = "btnfr\"\\";

	fputc('"', stream);
	for (size_t i = 0; i < size; i++) {
		const char *found = memchr(escaped, text[i], strlen(escaped));

		if (found != NULL)
			fprintf(stream, "\\%c", letters[found - escaped]);
		else if ((unsigned char)text[i] < 0x20)
			fprintf(stream, "\\u%04x", (unsigned)text[i]);
		else
			fputc(text[i], stream);
	}
	fputc('"', stream);
}

static enum qos_error write_value(const json_t *value, unsigned depth,
				  FILE *stream);

static enum qos_error write_array(const json_t *array, unsigned depth,
				  FILE *stream)
{
	enum qos_error e = QOS_OK;

	fputc('[', stream);
	for (size_t i = 0; e == QOS_OK && i < json_array_size(array); i++) {
		if (i > 0)
			fputc(',', stream);
		e = write_value(json_array_get(array, i), depth, stream);
	}
	fputc(']', stream);
	return e;
}

/* The members that are not null, in order; NULL when memory is exhausted. */
static struct entry *sort_members(const json_t *object, size_t *ret_count)
{
	struct entry *entries =
		calloc(json_object_size(object) + 1, sizeof(*entries));
	const char *name;
	json_t *value;

	*ret_count = 0;
	if (entries == NULL)
		return NULL;
	/* The iterator does not change what it runs over. */
	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		if (!json_is_null(value))
			entries[(*ret_count)++] =
				(struct entry){ name, strlen(name), value };
	}
	qsort(entries, *ret_count, sizeof(*entries), compare_entries);
	return entries;
}

static enum qos_error write_object(const json_t *object, unsigned depth,
				   FILE *stream)
{
	size_t count;
	_cleanup_free_ struct entry *entries = sort_members(object, &count);
	enum qos_error e = QOS_OK;

	if (entries == NULL)
		return QOS_E_NO_MEMORY;
	fputc('{', stream);
	for (size_t i = 0; e == QOS_OK && i < count; i++) {
		if (i > 0)
			fputc(',', stream);
		write_text(entries[i].name, entries[i].size, stream);
		fputc(':', stream);
		e = write_value(entries[i].value, depth, stream);
	}
	fputc('}', stream);
	return e;
}

static enum qos_error write_value(const json_t *value, unsigned depth,
				  FILE *stream)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		if (depth == QOS_DEPTH_MAX)
			return QOS_E_MANIFEST_DEPTH;
		return json_is_object(value)
			       ? write_object(value, depth + 1, stream)
			       : write_array(value, depth + 1, stream);
	case JSON_STRING:
		write_text(json_string_value(value), json_string_length(value),
			   stream);
		return QOS_OK;
	case JSON_INTEGER:
		fprintf(stream, "\"%" JSON_INTEGER_FORMAT "\"",
			json_integer_value(value));
		return QOS_OK;
	case JSON_REAL:
		return QOS_E_MANIFEST_VALUE;
	case JSON_TRUE:
		fputs("true", stream);
		return QOS_OK;
	case JSON_FALSE:
		fputs("false", stream);
		return QOS_OK;
	case JSON_NULL:
		fputs("null", stream);
		return QOS_OK;
	}
	return QOS_E_INTERNAL;
}

enum qos_error canonical_write(const json_t *value, FILE *stream)
{
	return write_value(value, 0, stream);
}
