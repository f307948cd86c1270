/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/section_edit.h"

#include <errno.h>

#include "policy/ini_text.h"

/* Where the wanted things stand; lines are 1-based, 0 stands for "not found". */
struct search {
	const char *section;
	const char *key;     /* NULL: none is wanted */
	unsigned first_line; /* of the section: its name */
	unsigned last_line;  /* of its last key, or its name */
	unsigned key_line;
	size_t section_count;
};

static enum policy_error look_at(const struct ini_section *section,
				 void *context)
{
	struct search *search = context;

	search->section_count++;
	if (strcmp(section->name, search->section) != 0)
		return POLICY_OK;
	search->first_line = section->line;
	search->last_line = section->line;
	for (size_t i = 0; i < section->count; i++) {
		const struct ini_entry *entry = &section->entries[i];

		if (entry->line > search->last_line)
			search->last_line = entry->line;
		if (search->key != NULL && strcmp(entry->key, search->key) == 0)
			search->key_line = entry->line;
	}
	return POLICY_OK;
}

static int find(const struct section_edit *edit, struct search *search)
{
	_cleanup_(diagnostics_freep) struct diagnostics *diagnostics =
		diagnostics_new();
	const struct ini_reader reader = { look_at, search, diagnostics };

	if (diagnostics == NULL ||
	    ini_text_read("", edit->text, &reader) != POLICY_OK)
		return -ENOMEM;
	if (diagnostics_errors(diagnostics) > 0)
		return -EINVAL;
	return search->first_line == 0 ? -ENOENT : 0;
}

/* Where line `line` begins; the end of the text behind the last one. */
static size_t line_start(struct span text, unsigned line)
{
	size_t at = 0;

	for (unsigned i = 1; i < line && at < text.size; i++) {
		const uint8_t *end =
			memchr(text.data + at, '\n', text.size - at);

		at = end == NULL ? text.size : (size_t)(end - text.data) + 1;
	}
	return at;
}

/* The text with `middle` in place of the bytes from `begin` up to `end`. */
static int splice(struct span text, size_t begin, size_t end,
		  const char *middle, struct buffer *ret_text)
{
	const size_t length = strlen(middle);
	const size_t size = begin + length + (text.size - end);
	uint8_t *data = malloc(size + 1);

	if (data == NULL)
		return -ENOMEM;
	memcpy(data, text.data, begin);
	memcpy(data + begin, middle, length);
	memcpy(data + begin + length, text.data + end, text.size - end);
	data[size] = '\0';
	*ret_text = (struct buffer){ data, size };
	return 0;
}

/* How the lines of this file end. */
static const char *line_end(struct span text)
{
	const uint8_t *end = memchr(text.data, '\n', text.size);

	return end != NULL && end > text.data && end[-1] == '\r' ? "\r\n"
								 : "\n";
}

int section_set(const struct section_edit *edit, const char *key,
		const char *value, struct buffer *ret_text)
{
	const struct span text = edit->text;
	struct search search = { .section = edit->section, .key = key };
	const char *newline = line_end(text);
	_cleanup_free_ char *line = NULL;
	size_t begin, end;
	int r = find(edit, &search);

	if (r < 0)
		return r;
	end = line_start(text, search.last_line + 1);
	begin = end;
	if (search.key_line != 0) {
		begin = line_start(text, search.key_line);
		end = line_start(text, search.key_line + 1);
	}
	/* The last line of a file may lack its end. */
	if (asprintf(&line, "%s%s = %s%s",
		     begin > 0 && text.data[begin - 1] != '\n' ? newline : "",
		     key, value, newline) < 0) {
		line = NULL;
		return -ENOMEM;
	}
	return splice(text, begin, end, line, ret_text);
}

int section_remove(const struct section_edit *edit, struct buffer *ret_text,
		   size_t *ret_remaining)
{
	struct search search = { .section = edit->section };
	int r = find(edit, &search);

	if (r < 0)
		return r;
	r = splice(edit->text, line_start(edit->text, search.first_line),
		   line_start(edit->text, search.last_line + 1), "", ret_text);
	if (r == 0)
		*ret_remaining = search.section_count - 1;
	return r;
}
