/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/groups.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "nitro-policyd/limits.h"

/* The entry of a group names its members, who may be many. */
#define ENTRY_BUFFER_SIZE (1024u * 1024u)

static int find_user(const char *user, char *buffer, gid_t *ret_gid)
{
	struct passwd entry, *found;
	int r = getpwnam_r(user, &entry, buffer, ENTRY_BUFFER_SIZE, &found);

	if (r != 0)
		return -r;
	if (found == NULL)
		return -ENOENT;
	*ret_gid = found->pw_gid;
	return 0;
}

static int add_name(struct groups *groups, gid_t gid, char *buffer)
{
	struct group entry, *found;
	int r = getgrgid_r(gid, &entry, buffer, ENTRY_BUFFER_SIZE, &found);

	if (r != 0)
		return -r;
	if (found == NULL)
		return 0;

	groups->names[groups->count] = strdup(found->gr_name);
	if (groups->names[groups->count] == NULL)
		return -ENOMEM;
	groups->count++;
	return 0;
}

static int add_names(struct groups *groups, const gid_t *gids, size_t count,
		     char *buffer)
{
	groups->names = calloc(count, sizeof(*groups->names));
	if (groups->names == NULL)
		return -ENOMEM;

	for (size_t i = 0; i < count; i++) {
		int r = add_name(groups, gids[i], buffer);

		if (r < 0)
			return r;
	}
	return 0;
}

int groups_resolve(const char *user, struct groups *ret_groups)
{
	_cleanup_free_ char *buffer = malloc(ENTRY_BUFFER_SIZE);
	_cleanup_free_ gid_t *gids = calloc(GROUPS_MAX, sizeof(*gids));
	_cleanup_(groups_clear) struct groups groups = { 0 };
	int count = GROUPS_MAX;
	gid_t primary = (gid_t)-1;
	int r;

	if (buffer == NULL || gids == NULL)
		return -ENOMEM;

	r = find_user(user, buffer, &primary);
	if (r == -ENOENT) {
		*ret_groups = (struct groups){ 0 };
		return 0;
	}
	if (r < 0)
		return r;
	if (getgrouplist(user, primary, gids, &count) < 0)
		return -E2BIG;

	r = add_names(&groups, gids, (size_t)count, buffer);
	if (r < 0)
		return r;
	*ret_groups = groups;
	groups = (struct groups){ 0 };
	return 0;
}

int groups_copy(const struct groups *groups, struct groups *ret_groups)
{
	_cleanup_(groups_clear) struct groups copy = { 0 };

	copy.names = calloc(groups->count + 1, sizeof(*copy.names));
	if (copy.names == NULL)
		return -ENOMEM;
	for (; copy.count < groups->count; copy.count++) {
		copy.names[copy.count] = strdup(groups->names[copy.count]);
		if (copy.names[copy.count] == NULL)
			return -ENOMEM;
	}
	*ret_groups = copy;
	copy = (struct groups){ 0 };
	return 0;
}

void groups_clear(struct groups *groups)
{
	for (size_t i = 0; i < groups->count; i++)
		free(groups->names[i]);
	free(groups->names);
	*groups = (struct groups){ 0 };
}
