/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "eif/failure.h"

#include <stdarg.h>
#include <stdio.h>

const char *eif_error_name(enum eif_error error)
{
	static const char *const names[] = { [EIF_OK] = "ok",
#define EIF_ERROR_NAME(code, name, text) [EIF_E_##code] = name,
					     EIF_ERROR_TABLE(EIF_ERROR_NAME)
#undef EIF_ERROR_NAME
	};

	return names[error];
}

const char *eif_error_text(enum eif_error error)
{
	static const char *const texts[] = { [EIF_OK] = "It was measured.",
#define EIF_ERROR_TEXT(code, name, text) [EIF_E_##code] = text,
					     EIF_ERROR_TABLE(EIF_ERROR_TEXT)
#undef EIF_ERROR_TEXT
	};

	return texts[error];
}

enum eif_error eif_fail(struct eif_failure *reterr_failure,
			enum eif_error error, uint64_t offset,
			const char *format, ...)
{
	va_list arguments;

	reterr_failure->error = error;
	reterr_failure->offset = offset;
	va_start(arguments, format);
	vsnprintf(reterr_failure->detail, sizeof(reterr_failure->detail),
		  format, arguments);
	va_end(arguments);
	return error;
}

enum eif_error eif_fail_plain(struct eif_failure *reterr_failure,
			      enum eif_error error, uint64_t offset)
{
	*reterr_failure = (struct eif_failure){ error, offset, "" };
	return error;
}
