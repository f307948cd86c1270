/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_join.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "dbus/nitro_bus.h"
#include "nitro-policyd/bus_api.h"
#include "nitro-policyd/bus_filter.h"
#include "nitro-policyd/bus_reply.h"
#include "nitro-policyd/logind.h"
#include "nitro-policyd/reload.h"

/* So many that nothing waits in practice, and so few that answers of the workers
 * and signals get their turn in a flood. */
#define MESSAGES_PER_TURN 64

/* A connection is gone: nobody waits for what it asked. */
static int on_name_lost(sd_bus_message *message, void *userdata,
			sd_bus_error *reterr_error _unused_)
{
	struct manager *manager = userdata;
	const char *sender = sd_bus_message_get_sender(message);
	const char *name;

	/* A signal that is sent to us alone may be anybody's. */
	if (sender == NULL || strcmp(sender, "org.freedesktop.DBus") != 0 ||
	    sd_bus_message_read_basic(message, 's', &name) <= 0)
		return 0;

	for (struct job *job = manager->open_jobs, *next; job != NULL;
	     job = next) {
		next = job->next_open;
		if (strcmp(job->caller.name, name) == 0)
			job_is_waiting(job) ? manager_drop(job)
					    : bus_reply_abandon(job);
	}
	return 0;
}

void bus_turn(struct manager *manager)
{
	for (unsigned i = 0; i < MESSAGES_PER_TURN; i++)
		if (sd_bus_process(manager->bus, NULL) <= 0)
			return;
}

/* Messages that arrived together with one that was handled wait in the connection.
 * sd-bus would come back for them by a timer that has expired already; handling
 * them here needs no timer, which matters where the clocks of the process are not
 * the kernel's (libfaketime). */
static int on_turn(sd_event_source *source _unused_, void *userdata)
{
	bus_turn(userdata);
	return 0;
}

static int connect_bus(struct manager *manager)
{
	int r = sd_bus_open_system_with_description(&manager->bus,
						    "nitro-policyd");

	if (r >= 0)
		r = sd_bus_set_exit_on_disconnect(manager->bus, true);
	/* Whoever waits at the end is still told so. */
	if (r >= 0)
		r = sd_bus_set_close_on_exit(manager->bus, false);
	if (r >= 0)
		r = sd_bus_attach_event(manager->bus, manager->event,
					SD_EVENT_PRIORITY_NORMAL);
	if (r >= 0)
		r = sd_event_add_post(manager->event, NULL, on_turn, manager);
	if (r >= 0)
		r = bus_filter_add(manager);
	if (r >= 0)
		r = bus_api_attach(manager);
	if (r >= 0)
		r = logind_watch(manager);
	if (r >= 0)
		r = sd_bus_add_match_async(
			manager->bus, NULL,
			"type='signal',sender='org.freedesktop.DBus',"
			"path='/org/freedesktop/DBus',"
			"interface='org.freedesktop.DBus',"
			"member='NameOwnerChanged',arg2=''",
			on_name_lost, NULL, manager);
	return r;
}

int bus_open(struct manager *manager)
{
	int r = connect_bus(manager);

	if (r < 0)
		journal_note(&manager->journal, LOG_ERR,
			     "The system bus cannot be reached: %s.",
			     strerror(-r));
	return r;
}

int bus_join(struct manager *manager)
{
	int r = sd_bus_request_name(manager->bus, NITRO_BUS_NAME, 0);
	if (r == -EEXIST)
		journal_note(&manager->journal, LOG_ERR,
			     "The bus name " NITRO_BUS_NAME
			     " is taken: another nitro-policyd is running.");
	else if (r < 0)
		journal_note(&manager->journal, LOG_ERR,
			     "The bus does not grant the name " NITRO_BUS_NAME
			     ": %s. Is dbus/" NITRO_BUS_NAME
			     ".conf installed, and does the daemon run as "
			     "its own user?",
			     strerror(-r));
	return r;
}
