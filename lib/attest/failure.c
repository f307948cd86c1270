/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/failure.h"

#include <stdarg.h>
#include <stdio.h>

static void make_printable(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

enum attest_error failure_set(struct attest_failure *failure,
			      enum attest_error error, const char *expected,
			      const char *actual_format, ...)
{
	va_list arguments;

	failure->error = error;
	snprintf(failure->expected, sizeof(failure->expected), "%s", expected);
	va_start(arguments, actual_format);
	vsnprintf(failure->actual, sizeof(failure->actual), actual_format,
		  arguments);
	va_end(arguments);
	make_printable(failure->expected);
	make_printable(failure->actual);
	return error;
}

enum attest_error failure_plain(struct attest_failure *failure,
				enum attest_error error)
{
	*failure = (struct attest_failure){ .error = error };
	return error;
}

void failure_locate(struct attest_failure *failure, const char *place)
{
	struct attest_failure found = *failure;

	if (found.actual[0] != '\0')
		failure_set(failure, found.error, found.expected,
			    "%.100s: %.150s", place, found.actual);
}

const char *failure_quote(struct span bytes,
			  char ret_text[static FAILURE_QUOTE_SIZE])
{
	struct span head = bytes;

	if (bytes.size == 0)
		return "nothing";
	if (head.size > FAILURE_QUOTE_MAX)
		head.size = FAILURE_QUOTE_MAX;
	hex_encode(head, ret_text);
	if (head.size < bytes.size)
		memcpy(ret_text + 2 * head.size, "...", sizeof("..."));
	return ret_text;
}
