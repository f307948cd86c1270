/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "qos/error.h"

#include <stdarg.h>
#include <stdio.h>

#include "qos/failure.h"

static const struct error_row {
	const char *name;
	const char *sentence;
	const char *hint;
} error_rows[QOS_ERROR_COUNT] = { [QOS_OK] = { "", "", "" },
#define ERROR_ROW(code, check, name, sentence, hint)                           \
	[QOS_E_##code] = { name, sentence, hint },
				  QOS_ERROR_TABLE(ERROR_ROW)
#undef ERROR_ROW
};

const char *qos_error_name(enum qos_error error)
{
	return error_rows[error].name;
}

const char *qos_error_sentence(enum qos_error error)
{
	return error_rows[error].sentence;
}

const char *qos_error_hint(enum qos_error error)
{
	return error_rows[error].hint;
}

enum qos_error qos_fail(struct qos_failure *reterr_failure,
			enum qos_error error, const char *expected,
			const char *format, ...)
{
	va_list arguments;

	reterr_failure->error = error;
	snprintf(reterr_failure->expected, sizeof(reterr_failure->expected),
		 "%s", expected);
	va_start(arguments, format);
	vsnprintf(reterr_failure->actual, sizeof(reterr_failure->actual),
		  format, arguments);
	va_end(arguments);
	return error;
}

enum qos_error qos_fail_plain(struct qos_failure *reterr_failure,
			      enum qos_error error)
{
	*reterr_failure = (struct qos_failure){ .error = error };
	return error;
}
