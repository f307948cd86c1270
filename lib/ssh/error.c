/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ssh/error.h"

static const struct error_row {
	const char *name;
	const char *text;
} rows[] = { [SSH_OK] = { "", "" },
#define ERROR_ROW(code, name, text) [SSH_E_##code] = { name, text },
	     SSH_ERROR_TABLE(ERROR_ROW)
#undef ERROR_ROW
};

const char *ssh_error_name(enum ssh_error error)
{
	return rows[error].name;
}

const char *ssh_error_text(enum ssh_error error)
{
	return rows[error].text;
}
