/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/diagnostics.h"

#include <stdarg.h>
#include <string.h>

#include "base/text.h"

/* A value is quoted last in a message, so that a huge one loses its own tail and
 * not the explanation. */
#define PART_MAX 400

struct diagnostics {
	size_t errors;
	size_t warnings;
	size_t count;
	struct diagnostic kept[DIAGNOSTICS_MAX];
};

struct diagnostics *diagnostics_new(void)
{
	return calloc(1, sizeof(struct diagnostics));
}

static void diagnostic_deinit(struct diagnostic *diagnostic)
{
	free(diagnostic->file);
	free(diagnostic->section);
	free(diagnostic->key);
	free(diagnostic->message);
}

void diagnostics_free(struct diagnostics *diagnostics)
{
	if (diagnostics == NULL)
		return;
	for (size_t i = 0; i < diagnostics->count; i++)
		diagnostic_deinit(&diagnostics->kept[i]);
	free(diagnostics);
}

/* Copies `text`, or leaves NULL for a part that there is not. False when memory
 * is exhausted. */
static bool copy_part(const char *text, char **ret_copy)
{
	*ret_copy =
		text != NULL ? strndup(text, text_fit(text, PART_MAX)) : NULL;
	return text == NULL || *ret_copy != NULL;
}

static bool fill(struct diagnostic *diagnostic,
		 const struct diagnostic_place *place, const char *message)
{
	diagnostic->line = place->line;
	return copy_part(place->file, &diagnostic->file) &&
	       copy_part(place->section, &diagnostic->section) &&
	       copy_part(place->key, &diagnostic->key) &&
	       copy_part(message, &diagnostic->message);
}

void diagnostics_add(struct diagnostics *diagnostics,
		     enum diagnostic_severity severity,
		     const struct diagnostic_place *place, const char *format,
		     ...)
{
	_cleanup_(diagnostic_deinit) struct diagnostic diagnostic = {
		.severity = severity,
	};
	_cleanup_free_ char *message = NULL;
	va_list arguments;
	int length;

	/* Counted first: whatever fails below, an error stays an error. */
	if (severity == DIAGNOSTIC_ERROR)
		diagnostics->errors++;
	else
		diagnostics->warnings++;
	if (diagnostics->count == DIAGNOSTICS_MAX)
		return;

	va_start(arguments, format);
	length = vasprintf(&message, format, arguments);
	va_end(arguments);
	if (length < 0) {
		/* vasprintf() leaves the pointer undefined. */
		message = NULL;
		return;
	}
	if (!fill(&diagnostic, place, message))
		return;
	diagnostics->kept[diagnostics->count++] = diagnostic;
	diagnostic = (struct diagnostic){ .severity = severity };
}

size_t diagnostics_errors(const struct diagnostics *diagnostics)
{
	return diagnostics->errors;
}

size_t diagnostics_warnings(const struct diagnostics *diagnostics)
{
	return diagnostics->warnings;
}

size_t diagnostics_count(const struct diagnostics *diagnostics)
{
	return diagnostics->count;
}

const struct diagnostic *diagnostics_get(const struct diagnostics *diagnostics,
					 size_t index)
{
	return &diagnostics->kept[index];
}

char *diagnostic_text(const struct diagnostic *diagnostic)
{
	const bool has_section = diagnostic->section != NULL;
	const bool has_key = diagnostic->key != NULL;
	char line[16] = "";
	char *text;

	if (diagnostic->line != 0)
		snprintf(line, sizeof(line), ":%u", diagnostic->line);
	if (asprintf(&text, "%s%s: %s%s%s%s%s%s", diagnostic->file, line,
		     has_section ? "[" : "",
		     has_section ? diagnostic->section : "",
		     has_section ? (has_key ? "] " : "]: ") : "",
		     has_key ? diagnostic->key : "", has_key ? ": " : "",
		     diagnostic->message) < 0)
		return NULL;
	return text;
}
