/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text of others, made fit for a log line or a terminal: nothing that moves a
 * cursor, ends a line, reorders what is read or closes a quotation survives.
 */
#ifndef NITRO_BASE_PRINTABLE_H
#define NITRO_BASE_PRINTABLE_H

#include <stddef.h>

/* Copies `text` into ret_text, which has room for `size` (at least 4) characters
 * with the NUL. Bytes outside printable ASCII become '?' one by one, so that two
 * different texts do not lose their difference in length; a double quote becomes
 * a single one, so that the copy may stand between double quotes. What does not
 * fit is cut, and "..." at the end shows it. */
void printable_copy(char *ret_text, size_t size, const char *text);

#endif
