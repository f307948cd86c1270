/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/error.h"

#include <stddef.h>

#include "base/compiler.h"

struct error_row {
	enum attest_check check;
	const char *name;
	const char *sentence;
	const char *hint;
};

#define ERROR_ROW(code, check_, name_, sentence_, hint_)                       \
	[ATTEST_E_##code] = { ATTEST_CHECK_##check_, name_, sentence_, hint_ },
static const struct error_row error_rows[] = {
	[ATTEST_OK] = { ATTEST_CHECK_NONE, "ok", "The document is genuine.",
			"" },
	ATTEST_ERROR_TABLE(ERROR_ROW)
};
#undef ERROR_ROW

static const char *const check_names[ATTEST_CHECK_COUNT] = {
	[ATTEST_CHECK_NONE] = "none",
	[ATTEST_CHECK_ENVELOPE] = "envelope",
	[ATTEST_CHECK_DOCUMENT] = "document",
	[ATTEST_CHECK_ROOT] = "root",
	[ATTEST_CHECK_CERTIFICATES] = "certificates",
	[ATTEST_CHECK_CHAIN] = "chain",
	[ATTEST_CHECK_VALIDITY] = "validity",
	[ATTEST_CHECK_PATH] = "path",
	[ATTEST_CHECK_SIGNATURE] = "signature",
	[ATTEST_CHECK_TIMESTAMP] = "timestamp",
	[ATTEST_CHECK_NONCE] = "nonce",
	[ATTEST_CHECK_AGE] = "age",
};

/* A number outside the table is a fault of the program, and reads like one. */
static const struct error_row *error_row(enum attest_error error)
{
	if ((size_t)error >= ARRAY_SIZE(error_rows))
		return &error_rows[ATTEST_E_INTERNAL];
	return &error_rows[error];
}

enum attest_check attest_error_check(enum attest_error error)
{
	return error_row(error)->check;
}

const char *attest_error_name(enum attest_error error)
{
	return error_row(error)->name;
}

const char *attest_error_sentence(enum attest_error error)
{
	return error_row(error)->sentence;
}

const char *attest_error_hint(enum attest_error error)
{
	return error_row(error)->hint;
}

const char *attest_check_name(enum attest_check check)
{
	if ((size_t)check >= ARRAY_SIZE(check_names))
		return check_names[ATTEST_CHECK_NONE];
	return check_names[check];
}
