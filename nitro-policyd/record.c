/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

_Static_assert(RECORD_FIELDS_MAX * 40 + RECORD_VALUE_MAX < RECORD_TEXT_SIZE,
	       "room for all keys and a long value");

void record_init(struct record *record)
{
	record->count = 0;
	record->used = 0;
}

static void strip_controls(char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || (unsigned char)*text >= 0x7f)
			*text = '?';
}

void record_add(struct record *record, const char *key, const char *format, ...)
{
	char value[RECORD_VALUE_MAX + 1];
	char *field = record->text + record->used;
	size_t room = sizeof(record->text) - record->used;
	va_list arguments;
	int length;

	va_start(arguments, format);
	vsnprintf(value, sizeof(value), format, arguments);
	va_end(arguments);
	if (value[0] == '\0' || record->count == RECORD_FIELDS_MAX)
		return;

	strip_controls(value);
	length = snprintf(field, room, "%s=%s", key, value);
	if (length < 0 || (size_t)length >= room)
		return;

	record->fields[record->count++] =
		(struct iovec){ field, (size_t)length };
	record->used += (size_t)length + 1;
}

static char *copy_quoted(char *to, const char *value)
{
	if (strpbrk(value, " \"'\\$`=;&|<>()*?[]#~!{}") == NULL)
		return stpcpy(to, value);

	*to++ = '"';
	for (; *value != '\0'; value++) {
		if (strchr("\"\\", *value) != NULL)
			*to++ = '\\';
		*to++ = *value;
	}
	*to++ = '"';
	return to;
}

size_t record_line(const struct record *record,
		   char ret_line[static RECORD_LINE_SIZE])
{
	char *to = ret_line;

	for (size_t i = 0; i < record->count; i++) {
		const char *field = record->fields[i].iov_base;
		const char *value = strchr(field, '=') + 1;

		to = mempcpy(to, field, (size_t)(value - field));
		to = copy_quoted(to, value);
		*to++ = i + 1 < record->count ? ' ' : '\n';
	}
	*to = '\0';
	return (size_t)(to - ret_line);
}
