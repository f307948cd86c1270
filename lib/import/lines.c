/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines "HEX PCRn", as builds of QOS publish them. Empty lines do not count.
 */
#include "config.h"

#include <string.h>

#include "import/measurements.h"

/* Takes the bytes up to a character of `ends` from the front of `text`. */
static struct span take_until(struct span *text, const char *ends)
{
	struct span taken = span_of(text->data, 0);

	while (taken.size < text->size &&
	       (text->data[taken.size] == '\0' ||
		strchr(ends, text->data[taken.size]) == NULL))
		taken.size++;
	*text = span_of(text->data + taken.size, text->size - taken.size);
	return taken;
}

static void skip(struct span *text, const char *characters)
{
	while (text->size > 0 && text->data[0] != '\0' &&
	       strchr(characters, text->data[0]) != NULL)
		*text = span_of(text->data + 1, text->size - 1);
}

static enum import_error read_line(struct span line, unsigned number,
				   struct measurements *measurements,
				   struct import_failure *failure)
{
	struct span hex, name;
	unsigned index = 0;

	skip(&line, " \t");
	hex = take_until(&line, " \t\r");
	skip(&line, " \t");
	name = take_until(&line, " \t\r");
	skip(&line, " \t\r");
	if (line.size > 0 || name.size < 3 ||
	    memcmp(name.data, "PCR", 3) != 0 ||
	    !pcr_index_parse(span_of(name.data + 3, name.size - 3), &index))
		return import_fail(failure, IMPORT_E_FORMAT,
				   "This is neither JSON nor lines \"HEX "
				   "PCRn\": line %u.",
				   number);
	return measurements_add(measurements, index, hex, failure);
}

enum import_error lines_read(struct span text,
			     struct measurements *measurements,
			     struct import_failure *failure)
{
	for (unsigned number = 1; text.size > 0; number++) {
		struct span line = take_until(&text, "\n");
		struct span content = line;
		enum import_error e;

		if (text.size > 0)
			text = span_of(text.data + 1, text.size - 1);
		skip(&content, " \t\r");
		if (content.size == 0)
			continue;
		e = read_line(line, number, measurements, failure);
		if (e != IMPORT_OK)
			return e;
	}
	measurements->format = IMPORT_PCR_LINES;
	return measurements_judge(measurements, failure);
}
