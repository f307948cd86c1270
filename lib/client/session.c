/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/session.h"

#include <errno.h>
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

static uint32_t find_audit(void)
{
	_cleanup_(buffer_freep) struct buffer text = BUFFER_EMPTY;
	_cleanup_close_ int fd =
		open("/proc/self/sessionid", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	unsigned long number;
	char *end;

	if (fd < 0 || read_stream(fd, AUDIT_TEXT_MAX, &text) < 0)
		return CLIENT_AUDIT_SESSION_NONE;
	errno = 0;
	number = strtoul((const char *)text.data, &end, 10);
	if (errno != 0 || number > UINT32_MAX || end == (char *)text.data)
		return CLIENT_AUDIT_SESSION_NONE;
	return (uint32_t)number;
}

void session_find(struct session *ret_session)
{
	find_logind(ret_session->logind);
	ret_session->names =
		(struct client_session){ ret_session->logind, find_audit() };
}
