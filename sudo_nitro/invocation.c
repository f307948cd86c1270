/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "sudo_nitro/invocation.h"

#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/refusal.h"

/* More than a user's entry has. */
#define ENTRY_BUFFER_SIZE 16384

/* The value of the first "NAME=VALUE"; NULL if there is none. */
static const char *find_value(char *const vector[], const char *name)
{
	size_t length = strlen(name);

	for (; vector != NULL && *vector != NULL; vector++)
		if (strncmp(*vector, name, length) == 0 &&
		    (*vector)[length] == '=')
			return *vector + length + 1;
	return NULL;
}

bool setting_is_true(char *const vector[], const char *name)
{
	const char *value = find_value(vector, name);

	return value != NULL && strcmp(value, "true") == 0;
}

/* False if it does not fit: cut, it would be somebody else's name. */
static bool copy_text(char *ret_text, size_t size, const char *text)
{
	size_t length = text == NULL ? 0 : strnlen(text, size);

	if (length == size)
		return false;
	memcpy(ret_text, text == NULL ? "" : text, length);
	ret_text[length] = '\0';
	return true;
}

static const char *without_dev(const char *tty)
{
	static const char dev[] = "/dev/";

	if (tty != NULL && strncmp(tty, dev, strlen(dev)) == 0)
		return tty + strlen(dev);
	return tty;
}

bool invoker_read(char *const user_info[], struct invoker *ret_invoker,
		  struct answer *reterr_answer)
{
	const char *user = find_value(user_info, "user");
	const char *uid = find_value(user_info, "uid");

	if (user == NULL || *user == '\0')
		return refusal_give(REFUSAL_NO_USER, NULL, reterr_answer);
	if (!copy_text(ret_invoker->user, sizeof(ret_invoker->user), user))
		return refusal_give(REFUSAL_USER_TOO_LONG, NULL, reterr_answer);
	if (!copy_text(ret_invoker->host, sizeof(ret_invoker->host),
		       find_value(user_info, "host")) ||
	    !copy_text(ret_invoker->tty, sizeof(ret_invoker->tty),
		       without_dev(find_value(user_info, "tty"))))
		return refusal_give(REFUSAL_ORIGIN_TOO_LONG, NULL,
				    reterr_answer);

	ret_invoker->is_root = uid != NULL && strcmp(uid, "0") == 0;
	return true;
}

/* A user's name; where sudo is too old to give it (before 1.9.5), or the user has
 * none, his number as sudo writes it on its command line. */
static void read_run_as(char *const command_info[], struct command *command)
{
	const char *name = find_value(command_info, "runas_user");
	const char *uid = find_value(command_info, "runas_uid");

	if (name != NULL && *name != '\0') {
		command->run_as = name;
		return;
	}
	command->run_as_number[0] = '\0';
	if (uid != NULL &&
	    strnlen(uid, COMMAND_RUN_AS_SIZE) < COMMAND_RUN_AS_SIZE - 1)
		snprintf(command->run_as_number, COMMAND_RUN_AS_SIZE, "#%s",
			 uid);
	command->run_as = command->run_as_number;
}

static bool find_entry(const char *user, char buffer[static ENTRY_BUFFER_SIZE],
		       struct passwd *ret_entry)
{
	struct passwd *found = NULL;
	unsigned long uid;
	char *end;

	if (*user != '#')
		return getpwnam_r(user, ret_entry, buffer, ENTRY_BUFFER_SIZE,
				  &found) == 0 &&
		       found != NULL;
	uid = strtoul(user + 1, &end, 10);
	return end != user + 1 && *end == '\0' && uid < UINT32_MAX &&
	       getpwuid_r((uid_t)uid, ret_entry, buffer, ENTRY_BUFFER_SIZE,
			  &found) == 0 &&
	       found != NULL;
}

/* Whether the user's entry names this group. Where there is no entry, or none that can
 * be read, no group is his own. */
static bool is_own_group(const char *user, const char *gid)
{
	char buffer[ENTRY_BUFFER_SIZE], own[COMMAND_RUN_AS_SIZE];
	struct passwd entry;

	if (!find_entry(user, buffer, &entry))
		return false;
	snprintf(own, sizeof(own), "%u", entry.pw_gid);
	return strcmp(own, gid) == 0;
}

/* The number decides what the command may do, and not every sudo gives a name. Sudo
 * keeps the real id where it only changes the effective one. */
static bool read_run_as_group(char *const command_info[],
			      struct command *command)
{
	const char *name = find_value(command_info, "runas_group");
	const char *gid = find_value(command_info, "runas_egid");
	size_t length;

	if (gid == NULL)
		gid = find_value(command_info, "runas_gid");
	length = gid == NULL ? 0 : strnlen(gid, COMMAND_RUN_AS_SIZE);
	if (length == 0 || length >= COMMAND_RUN_AS_SIZE - 1)
		return false;
	command->run_as_group = "";
	if (is_own_group(command->run_as, gid))
		return true;
	snprintf(command->run_as_group_number, COMMAND_RUN_AS_SIZE, "#%s", gid);
	command->run_as_group = name != NULL && *name != '\0'
					? name
					: command->run_as_group_number;
	return true;
}

/* What is /bin/true in another root is not the /bin/true that a rule names. */
static bool read_path(char *const command_info[], struct command *command)
{
	const char *path = find_value(command_info, "command");
	const char *root = find_value(command_info, "chroot");
	size_t length = root == NULL ? 0 : strlen(root);
	int written;

	command->path = path;
	while (length > 0 && root[length - 1] == '/')
		length--;
	if (path == NULL || length == 0)
		return path != NULL && *path != '\0';
	if (length > COMMAND_PATH_MAX)
		return false;
	command->path = command->path_in_chroot;
	written = snprintf(command->path_in_chroot,
			   sizeof(command->path_in_chroot), "%.*s%s",
			   (int)length, root, path);
	return written > 0 && written <= COMMAND_PATH_MAX;
}

bool command_read(char *const command_info[], struct command *ret_command,
		  struct answer *reterr_answer)
{
	if (!read_path(command_info, ret_command))
		return refusal_give(REFUSAL_NO_COMMAND, NULL, reterr_answer);
	/* What sudo will execute is an editor of the user's choice, as the user
	 * himself; what he wants is to change files. */
	if (setting_is_true(command_info, "sudoedit"))
		ret_command->path = "sudoedit";

	read_run_as(command_info, ret_command);
	return read_run_as_group(command_info, ret_command) ||
	       refusal_give(REFUSAL_NO_GROUP, NULL, reterr_answer);
}
