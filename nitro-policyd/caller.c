/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/caller.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "base/cleanup.h"
#include "nitro-policyd/journal.h"

/* Entries of the user database are larger only by mistake. */
#define PASSWD_BUFFER_SIZE 65536u

/* What the bus itself tells each connection, and some more. */
#define MESSAGES_TO_DROP 16

/* Whoever waits on a connection keeps all that arrives there meanwhile, and what
 * strangers send arrives on the daemon's own without end. On this one nobody has
 * anything to say; who does it all the same loses sight of it. */
static void drop_messages(struct callers *callers)
{
	uint64_t queued = 0;

	for (unsigned i = 0; i < MESSAGES_TO_DROP; i++)
		if (sd_bus_process(callers->bus, NULL) <= 0)
			break;
	if (sd_bus_is_open(callers->bus) <= 0 ||
	    sd_bus_get_n_queued_read(callers->bus, &queued) < 0 || queued > 0)
		callers_clear(callers);
}

static int ask(struct callers *callers, const char *sender,
	       sd_bus_creds **ret_creds)
{
	int r = 0;

	if (callers->bus == NULL)
		r = sd_bus_open_system_with_description(
			&callers->bus, "nitro-policyd-callers");
	if (r < 0)
		return r;
	r = sd_bus_get_name_creds(callers->bus, sender,
				  SD_BUS_CREDS_EUID | SD_BUS_CREDS_PID,
				  ret_creds);
	drop_messages(callers);
	return r;
}

static uid_t account_of(const struct callers *callers, uid_t uid)
{
	if (uid == callers->keys_uid)
		return ACCOUNT_KEYS;
	return uid == geteuid() ? ACCOUNT_ROOT : uid;
}

/* Asks the bus and waits for its answer. That is the one call that the loop waits
 * for: the bus is trusted and local, and without it nobody could ask anything. */
static int identify(struct callers *callers, const char *sender,
		    struct caller *ret_caller)
{
	_cleanup_(sd_bus_creds_unrefp) sd_bus_creds *creds = NULL;
	struct caller caller = { 0 };
	int r = ask(callers, sender, &creds);

	if (r < 0)
		return r;

	r = sd_bus_creds_get_euid(creds, &caller.uid);
	if (r < 0)
		return r;

	caller.account = account_of(callers, caller.uid);
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

	r = identify(callers, sender, ret_caller);
	if (r < 0)
		return r;

	memcpy(ret_caller->name, sender, strlen(sender) + 1);
	entry = &callers->known[callers->next++ % CALLERS_REMEMBERED];
	*entry = *ret_caller;
	return 0;
}

/* 0, and his number or (uid_t)-1; or the negative errno of the lookup. */
static int find_user(const char *name, uid_t *ret_uid)
{
	_cleanup_free_ char *buffer = malloc(PASSWD_BUFFER_SIZE);
	struct passwd entry, *found;
	int r;

	if (buffer == NULL)
		return -ENOMEM;

	r = getpwnam_r(name, &entry, buffer, PASSWD_BUFFER_SIZE, &found);
	if (r != 0 && r != ENOENT && r != ESRCH)
		return -r;
	*ret_uid = r == 0 && found != NULL ? entry.pw_uid : (uid_t)-1;
	return 0;
}

void callers_init(struct callers *callers, const struct journal *journal)
{
	uid_t uid = (uid_t)-1;
	int r = find_user(CALLER_KEYS_USER, &uid);

	if (r < 0)
		journal_note(journal, LOG_WARNING,
			     "The user " CALLER_KEYS_USER
			     " cannot be looked up, so he may not ask about "
			     "keys: %s.",
			     strerror(-r));
	*callers = (struct callers){
		/* Whoever gives root another name takes nothing from him. */
		.keys_uid = uid == ACCOUNT_ROOT ? (uid_t)-1 : uid,
	};
}

void callers_clear(struct callers *callers)
{
	callers->bus = sd_bus_close_unref(callers->bus);
}

int caller_may_ask_about(const struct caller *caller, const char *user)
{
	_cleanup_free_ char *buffer = NULL;
	struct passwd entry, *found;
	int r;

	if (caller_is_privileged(caller) || caller_is_keys(caller))
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
