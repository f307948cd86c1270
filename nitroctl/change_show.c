/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/change_show.h"

#include "nitroctl/output_json.h"
#include "nitroctl/text.h"

/* A piece of a text in whole lines. */
struct lines {
	struct span text;
	unsigned first; /* number of its first line */
};

/* The length of the line at `at`, its end included. */
static size_t line_length(struct span text, size_t at)
{
	const uint8_t *end = memchr(text.data + at, '\n', text.size - at);

	return end == NULL ? text.size - at
			   : (size_t)(end - text.data) + 1 - at;
}

/* Drops the lines that both begin with. */
static void skip_common_head(struct lines *a, struct lines *b)
{
	while (a->text.size > 0 && b->text.size > 0) {
		size_t length = line_length(a->text, 0);

		if (length != line_length(b->text, 0) ||
		    memcmp(a->text.data, b->text.data, length) != 0)
			return;
		a->text = span_of(a->text.data + length, a->text.size - length);
		b->text = span_of(b->text.data + length, b->text.size - length);
		a->first++;
		b->first++;
	}
}

/* Where the last line begins. */
static size_t last_line(struct span text)
{
	size_t at = text.size - 1;

	while (at > 0 && text.data[at - 1] != '\n')
		at--;
	return at;
}

static void skip_common_tail(struct lines *a, struct lines *b)
{
	while (a->text.size > 0 && b->text.size > 0) {
		size_t in_a = last_line(a->text);
		size_t in_b = last_line(b->text);

		if (a->text.size - in_a != b->text.size - in_b ||
		    memcmp(a->text.data + in_a, b->text.data + in_b,
			   a->text.size - in_a) != 0)
			return;
		a->text.size = in_a;
		b->text.size = in_b;
	}
}

static void print_lines(FILE *out, const struct lines *lines, char sign)
{
	unsigned number = lines->first;
	size_t length;

	for (size_t at = 0; at < lines->text.size; at += length) {
		size_t visible;

		length = line_length(lines->text, at);
		visible = length;
		while (visible > 0 &&
		       (lines->text.data[at + visible - 1] == '\n' ||
			lines->text.data[at + visible - 1] == '\r'))
			visible--;
		fprintf(out, "%4u %c ", number++, sign);
		print_safely(out, span_of(lines->text.data + at, visible));
		fputc('\n', out);
	}
}

static bool exists(const struct buffer *buffer)
{
	return buffer->data != NULL;
}

static void print_file(FILE *out, const struct change_file *file)
{
	struct lines before = { buffer_span(&file->before), 1 };
	struct lines after = { buffer_span(&file->after), 1 };

	if (exists(&file->before) && exists(&file->after)) {
		skip_common_head(&before, &after);
		skip_common_tail(&before, &after);
	}
	print_lines(out, &before, '-');
	print_lines(out, &after, '+');
}

static const char *action_of(const struct change_file *file)
{
	if (!exists(&file->after))
		return "remove";
	return exists(&file->before) ? "change" : "create";
}

void change_print(FILE *out, const struct change *change)
{
	for (size_t i = 0; i < change->count; i++) {
		const struct change_file *file = &change->files[i];

		fprintf(out, "%s ", action_of(file));
		print_safe_string(out, change->layers.config_dir);
		fputc('/', out);
		print_safe_string(out, file->path);
		fputs(":\n", out);
		print_file(out, file);
	}
}

static json_t *json_file(const struct change *change,
			 const struct change_file *file)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/%s", change->layers.config_dir, file->path) <
	    0) {
		path = NULL;
		return NULL;
	}
	return json_pack(
		"{s:o, s:s, s:o}", "path", json_text(span_of_text(path)),
		"action", action_of(file), "text",
		exists(&file->after) ? json_text(buffer_span(&file->after))
				     : json_null());
}

json_t *json_change_files(const struct change *change)
{
	json_t *array = json_array();

	for (size_t i = 0; i < change->count; i++)
		if (json_array_append_new(
			    array, json_file(change, &change->files[i])) < 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}
