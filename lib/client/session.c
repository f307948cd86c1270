/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/session.h"

#include <fcntl.h>
#include <string.h>
#include <systemd/sd-login.h>

#include "base/read_file.h"

/* A number of 32 bits in decimal. */
#define AUDIT_TEXT_MAX 16

static void find_logind(char ret_id[static SESSION_LOGIND_SIZE])
{
	_cleanup_free_ char *id = NULL;

	*ret_id = '\0';
	if (sd_pid_get_session(0, &id) < 0 ||
	    strnlen(id, SESSION_LOGIND_SIZE) == SESSION_LOGIND_SIZE)
		return;
	strncpy(ret_id, id, SESSION_LOGIND_SIZE - 1);
}

/* A decimal number without anything around it. */
static bool parse_audit(const char *text, uint32_t *ret_number)
{
	uint64_t number = 0;

	if (*text == '\0')
		return false;
	for (; *text >= '0' && *text <= '9' && number <= UINT32_MAX; text++)
		number = number * 10 + (uint64_t)(*text - '0');
	if (*text != '\0' || number > UINT32_MAX)
		return false;

	*ret_number = (uint32_t)number;
	return true;
}

static uint32_t find_audit(void)
{
	_cleanup_(buffer_freep) struct buffer text = BUFFER_EMPTY;
	_cleanup_close_ int fd =
		open("/proc/self/sessionid", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	uint32_t number;

	if (fd < 0 || read_stream(fd, AUDIT_TEXT_MAX, &text) < 0 ||
	    !parse_audit((const char *)text.data, &number))
		return CLIENT_AUDIT_SESSION_NONE;
	return number;
}

void session_find(struct session *ret_session)
{
	find_logind(ret_session->logind);
	ret_session->names =
		(struct client_session){ ret_session->logind, find_audit() };
}
