/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/ini_text.h"

#include <errno.h>
#include <ini_configobj.h>
#include <string.h>
#include <strings.h>

/* No continuation lines: a line that is indented by accident would silently become
 * part of the value above it. */
#define PARSE_FLAGS                                                            \
	(INI_PARSE_NOWRAP | INI_PARSE_NOSPACE | INI_PARSE_NOTAB |              \
	 INI_PARSE_NO_C_COMMENTS)

DEFINE_CLEANUP(struct ini_cfgfile *, ini_config_file_destroy)
DEFINE_CLEANUP(struct ini_cfgobj *, ini_config_destroy)
DEFINE_CLEANUP(char **, ini_config_free_errors)
DEFINE_CLEANUP(char **, ini_free_section_list)
DEFINE_CLEANUP(char **, ini_free_attribute_list)

/* A piece of a file that holds one section. */
struct piece {
	const char *file;
	char *text;
	size_t size;
	unsigned line; /* of its first character */
};

static void report(const struct ini_reader *reader, const char *file,
		   unsigned line, const char *message)
{
	const struct diagnostic_place place = { .file = file, .line = line };

	diagnostics_add(reader->diagnostics, DIAGNOSTIC_ERROR, &place, "%s",
			message);
}

static const char *explain(unsigned long code)
{
	static const char *const texts[ERR_MAXPARSE + 1] = {
		[ERR_LONGDATA] = "the line is too long",
		[ERR_NOCLOSESEC] =
			"a section is written [NAME], with nothing behind it",
		[ERR_NOSECTION] = "the section has no name",
		[ERR_SECTIONLONG] = "the name of the section is too long",
		[ERR_NOEQUAL] =
			"expected 'KEY = VALUE', a [SECTION] or a # comment",
		[ERR_NOKEY] = "no key stands before the =",
		[ERR_LONGKEY] = "the key is too long",
		[ERR_READ] = "the text cannot be read",
		[ERR_SPACE] = "the line begins with a blank; there are no "
			      "continuation lines, a value is one line",
		[ERR_TAB] = "the line begins with a tab; there are no "
			    "continuation lines, a value is one line",
		[ERR_SPECIAL] = "the line begins with a control character",
	};

	if (code < ARRAY_SIZE(texts) && texts[code] != NULL)
		return texts[code];
	return "the line is not understood";
}

/* The library tells errors as text only, "Error (CODE) on line LINE: …", perhaps
 * translated: the two numbers are what can be relied on. */
static void report_line(const struct ini_reader *reader,
			const struct piece *piece, const char *text)
{
	static const char digits[] = "0123456789";
	unsigned long code, line;
	char *end;

	code = strtoul(text + strcspn(text, digits), &end, 10);
	line = strtoul(end + strcspn(end, digits), &end, 10);
	report(reader, piece->file,
	       piece->line + (line > 0 ? (unsigned)line - 1 : 0),
	       explain(code));
}

static enum policy_error report_errors(const struct ini_reader *reader,
				       const struct piece *piece,
				       struct ini_cfgobj *object)
{
	_cleanup_(ini_config_free_errorsp) char **errors = NULL;

	if (ini_config_error_count(object) == 0) {
		/* The one thing that it refuses without a line. */
		report(reader, piece->file, piece->line,
		       "the name of this section or of a key in it has a "
		       "character that names do not have");
		return POLICY_OK;
	}
	if (ini_config_get_errors(object, &errors) != 0)
		return POLICY_E_NO_MEMORY;
	for (size_t i = 0; errors[i] != NULL; i++)
		report_line(reader, piece, errors[i]);
	return POLICY_OK;
}

/* The value of the entry at `index`; with equal keys before it (the library does
 * not look at case) it is the next one of them. */
static int find_value(struct ini_cfgobj *object, const char *section,
		      char *const *keys, size_t index,
		      struct value_obj **ret_value)
{
	int r = ini_get_config_valueobj(section, keys[index], object,
					INI_GET_FIRST_VALUE, ret_value);

	for (size_t i = 0; r == 0 && i < index; i++)
		if (strcasecmp(keys[i], keys[index]) == 0)
			r = ini_get_config_valueobj(section, keys[index],
						    object, INI_GET_NEXT_VALUE,
						    ret_value);
	return r == 0 && *ret_value == NULL ? ENOENT : r;
}

static enum policy_error read_entry(struct ini_cfgobj *object,
				    const struct ini_section *section,
				    char *const *keys, size_t index,
				    struct ini_entry *ret_entry)
{
	struct value_obj *value = NULL;
	uint32_t line;

	if (find_value(object, section->name, keys, index, &value) != 0 ||
	    value_get_concatenated(value, &ret_entry->value) != 0 ||
	    value_get_line(value, &line) != 0)
		return POLICY_E_NO_MEMORY;
	ret_entry->key = keys[index];
	ret_entry->line = section->line + line - 1;
	return POLICY_OK;
}

static enum policy_error give_section(const struct ini_reader *reader,
				      const struct piece *piece,
				      struct ini_cfgobj *object,
				      const char *name)
{
	_cleanup_(ini_free_attribute_listp) char **keys = NULL;
	struct ini_entry entries[INI_ENTRIES_MAX];
	struct ini_section section = {
		.file = piece->file,
		.name = name,
		.line = piece->line,
		.entries = entries,
	};
	int count = 0;
	int r;

	keys = ini_get_attribute_list(object, name, &count, &r);
	if (keys == NULL)
		return POLICY_E_NO_MEMORY;
	if (count > INI_ENTRIES_MAX) {
		report(reader, piece->file, piece->line,
		       "the section has more keys than any section can have");
		return POLICY_OK;
	}
	for (; section.count < (size_t)count; section.count++) {
		enum policy_error error =
			read_entry(object, &section, keys, section.count,
				   &entries[section.count]);

		if (error != POLICY_OK)
			return error;
	}
	return reader->section(&section, reader->context);
}

static enum policy_error give_piece(const struct ini_reader *reader,
				    const struct piece *piece,
				    struct ini_cfgobj *object)
{
	_cleanup_(ini_free_section_listp) char **names = NULL;
	int count = 0;
	int r;

	names = ini_get_section_list(object, &count, &r);
	if (names == NULL)
		return POLICY_E_NO_MEMORY;
	if (count == 0)
		return POLICY_OK;
	return give_section(reader, piece, object, names[0]);
}

static enum policy_error read_piece(const struct ini_reader *reader,
				    const struct piece *piece)
{
	_cleanup_(ini_config_file_destroyp) struct ini_cfgfile *file = NULL;
	_cleanup_(ini_config_destroyp) struct ini_cfgobj *object = NULL;
	int r = ini_config_file_from_mem(piece->text, (uint32_t)piece->size,
					 &file);

	if (r == EILSEQ || r == EINVAL) {
		report(reader, piece->file, piece->line,
		       "the text from here on is not UTF-8");
		return POLICY_OK;
	}
	if (r != 0 || ini_config_create(&object) != 0)
		return POLICY_E_NO_MEMORY;
	r = ini_config_parse(file, INI_STOP_ON_NONE,
			     INI_MV1S_ALLOW | INI_MV2S_ALLOW | INI_MS_MERGE,
			     PARSE_FLAGS, object);
	if (r == ENOMEM)
		return POLICY_E_NO_MEMORY;
	if (r != 0)
		return report_errors(reader, piece, object);
	return give_piece(reader, piece, object);
}

/* Characters that the library would cut the text at, or pass on unseen. */
static bool text_is_plain(const char *file, struct span text,
			  const struct ini_reader *reader)
{
	unsigned line = 1;

	if (text.size >= 2 && (memcmp(text.data, "\xff\xfe", 2) == 0 ||
			       memcmp(text.data, "\xfe\xff", 2) == 0 ||
			       memcmp(text.data, "\xef\xbb", 2) == 0)) {
		report(reader, file, 1,
		       "the file begins with a byte order mark; save it as "
		       "UTF-8 without one");
		return false;
	}
	for (size_t i = 0; i < text.size; i++) {
		uint8_t c = text.data[i];
		bool is_line_end = c == '\r' && i + 1 < text.size &&
				   text.data[i + 1] == '\n';

		if (c == '\n')
			line++;
		else if ((c < 0x20 && c != '\t' && !is_line_end) || c == 0x7f) {
			report(reader, file, line,
			       "the line has a control character");
			return false;
		}
	}
	return true;
}

/* The line behind the one that `at` is in; `end` behind the last. */
static char *next_line(char *at, const char *end)
{
	char *newline = memchr(at, '\n', (size_t)(end - at));

	return newline != NULL ? newline + 1 : at + (end - at);
}

/* The end of the piece at `start`: the next line that opens a section. */
static char *find_piece_end(char *start, const char *end, unsigned *ret_lines)
{
	char *at = start;

	*ret_lines = 0;
	do {
		at = next_line(at, end);
		(*ret_lines)++;
	} while (at < end && *at != '[');
	return at;
}

/* Skips blank lines and comments to the first section. The library would put keys
 * that stand there into a section that it calls "default". */
static char *skip_preamble(const struct ini_reader *reader, struct piece *piece,
			   char *at, const char *end)
{
	for (; at < end && *at != '['; at = next_line(at, end)) {
		bool is_empty = *at == '#' || *at == ';' ||
				at[strspn(at, " \t\r")] == '\n' ||
				at[strspn(at, " \t\r")] == '\0';

		if (!is_empty)
			report(reader, piece->file, piece->line,
			       "expected a [SECTION] before everything but "
			       "comments");
		piece->line++;
	}
	return at;
}

/* libini_config looks up every section and every value by walking through all
 * sections, so that ten thousand of them would take minutes: it gets the text one
 * section at a time. */
enum policy_error ini_text_read(const char *file, struct span text,
				const struct ini_reader *reader)
{
	_cleanup_free_ char *copy = NULL;
	struct piece piece = { .file = file, .line = 1 };
	char *end;
	unsigned lines;

	if (text.size == 0 || !text_is_plain(file, text, reader))
		return POLICY_OK;
	copy = malloc(text.size + 1);
	if (copy == NULL)
		return POLICY_E_NO_MEMORY;
	memcpy(copy, text.data, text.size);
	copy[text.size] = '\0';

	end = copy + text.size;
	for (char *at = skip_preamble(reader, &piece, copy, end); at < end;
	     at += piece.size) {
		enum policy_error error;

		piece.text = at;
		piece.size = (size_t)(find_piece_end(at, end, &lines) - at);
		error = read_piece(reader, &piece);
		if (error != POLICY_OK)
			return error;
		piece.line += lines;
	}
	return POLICY_OK;
}
