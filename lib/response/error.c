/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "response/error.h"

#include <stddef.h>

#include "base/compiler.h"

struct error_row {
	const char *name;
	const char *sentence;
	const char *hint;
};

#define ERROR_ROW(code, name_, sentence_, hint_)                               \
	[RESPONSE_E_##code] = { name_, sentence_, hint_ },
static const struct error_row error_rows[] = {
	[RESPONSE_OK] = { "ok", "The key has signed this.", "" },
	RESPONSE_ERROR_TABLE(ERROR_ROW)
};
#undef ERROR_ROW

/* A number outside the table is a fault of the program, and reads like one. */
static const struct error_row *error_row(enum response_error error)
{
	if ((size_t)error >= ARRAY_SIZE(error_rows))
		return &error_rows[RESPONSE_E_INTERNAL];
	return &error_rows[error];
}

const char *response_error_name(enum response_error error)
{
	return error_row(error)->name;
}

const char *response_error_sentence(enum response_error error)
{
	return error_row(error)->sentence;
}

const char *response_error_hint(enum response_error error)
{
	return error_row(error)->hint;
}
