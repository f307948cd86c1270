/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/question.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "nitroctl/text.h"

bool question_set_service(void *settings, const char *argument)
{
	((struct question *)settings)->request.service = argument;
	return true;
}

bool question_set_user(void *settings, const char *argument)
{
	((struct question *)settings)->request.user = argument;
	return true;
}

static bool add_group(struct question *question, const char *name)
{
	size_t count = question->request.group_count;

	if (count == QUESTION_GROUPS_MAX) {
		complain("more than %u groups are not judged.",
			 QUESTION_GROUPS_MAX);
		return false;
	}
	question->groups[count] = name;
	question->request.groups = question->groups;
	question->request.group_count = count + 1;
	return true;
}

bool question_set_group(void *settings, const char *argument)
{
	struct question *question = settings;

	question->has_groups = true;
	return add_group(question, argument);
}

bool question_set_remote_host(void *settings, const char *argument)
{
	((struct question *)settings)->request.remote_host = argument;
	return true;
}

bool question_set_tty(void *settings, const char *argument)
{
	((struct question *)settings)->request.tty = argument;
	return true;
}

bool question_set_command(void *settings, const char *argument)
{
	((struct question *)settings)->request.command = argument;
	return true;
}

bool question_set_run_as(void *settings, const char *argument)
{
	((struct question *)settings)->request.run_as = argument;
	return true;
}

bool question_set_run_as_group(void *settings, const char *argument)
{
	((struct question *)settings)->request.run_as_group = argument;
	return true;
}

bool question_set_host(void *settings, const char *argument)
{
	((struct question *)settings)->request.host = argument;
	return true;
}

bool question_set_policy(void *settings, const char *argument)
{
	((struct question *)settings)->policy_dir = argument;
	return true;
}

static bool is_usable(const char *option, const char *text, size_t most)
{
	if (text != NULL && *text != '\0' && strlen(text) <= most)
		return true;
	complain("%s is needed, with 1 to %zu bytes.", option, most);
	return false;
}

bool question_is_complete(const struct question *question)
{
	return is_usable("--service", question->request.service,
			 REQUEST_SERVICE_MAX) &&
	       is_usable("--user", question->request.user, REQUEST_USER_MAX);
}

bool question_is_absent(const struct question *question)
{
	const struct request *request = &question->request;

	return request->service == NULL && request->user == NULL &&
	       request->remote_host == NULL && request->tty == NULL &&
	       request->command == NULL && request->run_as == NULL &&
	       request->run_as_group == NULL && request->host == NULL &&
	       !question->has_groups;
}

/* A group without a name cannot be in a rule. */
static bool add_group_id(struct question *question, gid_t id)
{
	const struct group *group = getgrgid(id);
	char *name;

	if (group == NULL)
		return true;
	name = strdup(group->gr_name);
	if (name == NULL) {
		complain("memory is exhausted.");
		return false;
	}
	question->names[question->name_count++] = name;
	return add_group(question, name);
}

enum exit_code question_find_groups(struct question *question)
{
	gid_t ids[QUESTION_GROUPS_MAX];
	int count = QUESTION_GROUPS_MAX;
	const struct passwd *user;

	if (question->has_groups)
		return EXIT_ALLOWED;
	user = getpwnam(question->request.user);
	if (user == NULL) {
		complain("warning: this host knows no user '%s'; his groups "
			 "are not known.",
			 question->request.user);
		return EXIT_ALLOWED;
	}
	if (getgrouplist(user->pw_name, user->pw_gid, ids, &count) < 0) {
		complain("user '%s' is in more than %u groups.",
			 question->request.user, QUESTION_GROUPS_MAX);
		return EXIT_NOT_JUDGED;
	}
	for (int i = 0; i < count; i++)
		if (!add_group_id(question, ids[i]))
			return EXIT_NOT_JUDGED;
	return EXIT_ALLOWED;
}

void question_deinit(struct question *question)
{
	for (size_t i = 0; i < question->name_count; i++)
		free(question->names[i]);
}
