/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/live_groups.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct live_groups_user *find(const struct live_groups *groups,
				     const char *user)
{
	for (size_t i = 0; i < groups->count; i++)
		if (strcmp(groups->users[i].user, user) == 0)
			return &groups->users[i];
	return NULL;
}

int live_groups_collect(const struct lives *lives,
			struct live_groups *ret_groups)
{
	const struct live *live;

	if (lives->count == 0)
		return 0;
	ret_groups->users = calloc(lives->count, sizeof(*ret_groups->users));
	if (ret_groups->users == NULL)
		return -ENOMEM;

	TAILQ_FOREACH(live, &lives->list, list)
	{
		const char *user = live->question.user;
		char *copy;

		if (live->question.has_groups || find(ret_groups, user) != NULL)
			continue;
		copy = strdup(user);
		if (copy == NULL)
			return -ENOMEM;
		ret_groups->users[ret_groups->count++].user = copy;
	}
	return 0;
}

void live_groups_resolve(struct live_groups *groups)
{
	for (size_t i = 0; i < groups->count; i++) {
		struct live_groups_user *user = &groups->users[i];

		user->is_found = groups_resolve(user->user, &user->groups) == 0;
	}
}

void live_groups_apply(const struct live_groups *groups, struct lives *lives)
{
	struct live *live;

	TAILQ_FOREACH(live, &lives->list, list)
	{
		const struct live_groups_user *user =
			find(groups, live->question.user);

		if (live->question.has_groups || user == NULL ||
		    !user->is_found)
			continue;
		live->question.has_groups =
			groups_copy(&user->groups, &live->question.groups) == 0;
	}
}

void live_groups_clear(struct live_groups *groups)
{
	for (size_t i = 0; i < groups->count; i++) {
		free(groups->users[i].user);
		groups_clear(&groups->users[i].groups);
	}
	free(groups->users);
	*groups = (struct live_groups){ 0 };
}
