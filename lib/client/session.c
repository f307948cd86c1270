/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/session.h"

#include <fcntl.h>
#include <string.h>

#include "base/read_file.h"

/* A dozen lines, each with a path. */
#define GROUPS_TEXT_MAX 65536

#define ID_CHARACTERS                                                          \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* A number of 32 bits in decimal. */
#define AUDIT_TEXT_MAX 16

/* systemd puts the processes of a session into a scope of its own below slices.
 * What users make themselves is below their manager's service, and never looked at.
 * Not sd_pid_get_session(): that wants to know the group of process 1 as well, which
 * SELinux hides from sshd. */
static struct span find_scope(const char *path)
{
	static const char slice[] = ".slice";

	while (*path == '/') {
		size_t length = strcspn(++path, "/\n");

		if (length < strlen(slice) ||
		    memcmp(path + length - strlen(slice), slice,
			   strlen(slice)) != 0)
			return span_of(path, length);
		path += length;
	}
	return SPAN_ABSENT;
}

static bool parse_scope(struct span scope,
			char ret_id[static SESSION_LOGIND_SIZE])
{
	static const char begin[] = "session-", end[] = ".scope";
	const char *text = (const char *)scope.data;
	size_t length = scope.size;

	if (length <= strlen(begin) + strlen(end) ||
	    memcmp(text, begin, strlen(begin)) != 0 ||
	    memcmp(text + length - strlen(end), end, strlen(end)) != 0)
		return false;
	text += strlen(begin);
	length -= strlen(begin) + strlen(end);
	if (length >= SESSION_LOGIND_SIZE ||
	    strspn(text, ID_CHARACTERS) != length)
		return false;

	memcpy(ret_id, text, length);
	ret_id[length] = '\0';
	return true;
}

/* A line of cgroups(7), NUMBER:CONTROLLERS:PATH. True for systemd's hierarchy, which
 * is the one without controllers or has its name. */
static bool parse_group(const char *line, const char **ret_path)
{
	static const char *const hierarchies[] = { "::", ":name=systemd:" };

	line += strspn(line, "0123456789");
	for (size_t i = 0; i < ARRAY_SIZE(hierarchies); i++) {
		size_t length = strlen(hierarchies[i]);

		if (strncmp(line, hierarchies[i], length) != 0)
			continue;
		*ret_path = line + length;
		return true;
	}
	return false;
}

static void find_logind(char ret_id[static SESSION_LOGIND_SIZE])
{
	_cleanup_(buffer_freep) struct buffer text = BUFFER_EMPTY;
	_cleanup_close_ int fd =
		open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	const char *line, *path;

	*ret_id = '\0';
	if (fd < 0 || read_stream(fd, GROUPS_TEXT_MAX, &text) < 0)
		return;
	for (line = (const char *)text.data; *line != '\0';
	     line += *line == '\n') {
		if (parse_group(line, &path) &&
		    parse_scope(find_scope(path), ret_id))
			return;
		line += strcspn(line, "\n");
	}
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
