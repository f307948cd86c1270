/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/caller.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

/* Entries of the user database are larger only by mistake. */
#define PASSWD_BUFFER_SIZE 65536u

/* Asks the bus and waits for its answer. That is the one call that the loop waits
 * for: the bus is trusted and local, and without it nobody could ask anything. */
static int identify(sd_bus_message *message, struct caller *ret_caller)
{
	_cleanup_(sd_bus_creds_unrefp) sd_bus_creds *creds = NULL;
	struct caller caller = { 0 };
	int r;

	r = sd_bus_query_sender_creds(
		message, SD_BUS_CREDS_EUID | SD_BUS_CREDS_PID, &creds);
	if (r < 0)
		return r;

	r = sd_bus_creds_get_euid(creds, &caller.uid);
	if (r < 0)
		return r;

	caller.account = caller.uid == geteuid() ? 0 : caller.uid;
	if (sd_bus_creds_get_pid(creds, &caller.pid) < 0)
		caller.pid = 0;
	*ret_caller = caller;
	return 0;
}

int caller_identify(struct callers *callers, sd_bus_message *message,
		    struct caller *ret_caller)
{
	const char *sender = sd_bus_message_get_sender(message);
	struct caller *entry;
	int r;

	if (sender == NULL || strlen(sender) >= CALLER_NAME_SIZE)
		return -EBADMSG;

	for (size_t i = 0; i < CALLERS_REMEMBERED; i++)
		if (strcmp(callers->known[i].name, sender) == 0) {
			*ret_caller = callers->known[i];
			return 0;
		}

	r = identify(message, ret_caller);
	if (r < 0)
		return r;

	memcpy(ret_caller->name, sender, strlen(sender) + 1);
	entry = &callers->known[callers->next++ % CALLERS_REMEMBERED];
	*entry = *ret_caller;
	return 0;
}

int caller_may_ask_about(const struct caller *caller, const char *user)
{
	_cleanup_free_ char *buffer = NULL;
	struct passwd entry, *found;
	int r;

	if (caller_is_privileged(caller))
		return 0;

	buffer = malloc(PASSWD_BUFFER_SIZE);
	if (buffer == NULL)
		return -ENOMEM;

	r = getpwuid_r(caller->uid, &entry, buffer, PASSWD_BUFFER_SIZE, &found);
	if (r != 0)
		return -r;
	if (found == NULL || strcmp(found->pw_name, user) != 0)
		return -EACCES;
	return 0;
}
