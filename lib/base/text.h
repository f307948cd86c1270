/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cutting text for people to a bound, without leaving half a UTF-8 character that
 * D-Bus, JSON or a terminal would choke on.
 */
#ifndef NITRO_BASE_TEXT_H
#define NITRO_BASE_TEXT_H

#include <stddef.h>
#include <string.h>

/* The bytes of `text` that fit into `max`, ending with a whole character. */
static inline size_t text_fit(const char *text, size_t max)
{
	size_t length = strnlen(text, max + 1);

	if (length <= max)
		return length;
	length = max;
	while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
		length--;
	return length;
}

#endif
