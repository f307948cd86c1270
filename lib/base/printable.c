/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/printable.h"

#include <string.h>

/* Not isprint(): the locale of a host process is none of our business. */
static char printable_character(char character)
{
	if (character < ' ' || character > '~')
		return '?';
	return character == '"' ? '\'' : character;
}

void printable_copy(char *ret_text, size_t size, const char *text)
{
	static const char ellipsis[] = "...";
	size_t length = strnlen(text, size);

	if (length < size) {
		for (size_t i = 0; i < length; i++)
			ret_text[i] = printable_character(text[i]);
		ret_text[length] = '\0';
		return;
	}
	for (size_t i = 0; i < size - sizeof(ellipsis); i++)
		ret_text[i] = printable_character(text[i]);
	memcpy(ret_text + size - sizeof(ellipsis), ellipsis, sizeof(ellipsis));
}
