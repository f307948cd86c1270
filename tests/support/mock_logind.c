/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As much of logind as nitro-policyd asks: sessions that the arguments name
 * (ID:UID), and what is done to them, a line each on standard output. "silent" and
 * "refuse" before them are the faults. A test ends a session by the method Remove,
 * which logind does not have.
 */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "base/compiler.h"

#define LOGIND_NAME	 "org.freedesktop.login1"
#define LOGIND_PATH	 "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"

struct mock {
	bool is_silent;
	bool refuses;
	char **sessions; /* "ID:UID"; "" when it is over */
	int count;
};

static void say(const char *what, const char *which)
{
	printf("%s%s%s\n", what, which[0] != '\0' ? " " : "", which);
	fflush(stdout);
}

static int append_session(sd_bus_message *reply, const char *session)
{
	const char *colon = strchr(session, ':');
	char id[64];

	if (colon == NULL)
		return 0;
	snprintf(id, sizeof(id), "%.*s", (int)(colon - session), session);
	return sd_bus_message_append(
		reply, "(susso)", id, (uint32_t)strtoul(colon + 1, NULL, 10),
		"somebody", "", "/org/freedesktop/login1/session/_3x");
}

static int list_sessions(sd_bus_message *call, void *userdata,
			 sd_bus_error *error _unused_)
{
	const struct mock *mock = userdata;
	sd_bus_message *reply;

	if (mock->is_silent)
		return 1;
	sd_bus_message_new_method_return(call, &reply);
	sd_bus_message_open_container(reply, 'a', "(susso)");
	for (int i = 0; i < mock->count; i++)
		append_session(reply, mock->sessions[i]);
	sd_bus_message_close_container(reply);
	return sd_bus_send(NULL, reply, NULL);
}

static int remove_session(sd_bus_message *call, struct mock *mock,
			  const char *id)
{
	for (int i = 0; i < mock->count; i++)
		if (strncmp(mock->sessions[i], id, strlen(id)) == 0 &&
		    mock->sessions[i][strlen(id)] == ':')
			mock->sessions[i] = (char *)(uintptr_t) "";
	sd_bus_emit_signal(sd_bus_message_get_bus(call), LOGIND_PATH,
			   LOGIND_INTERFACE, "SessionRemoved", "so", id,
			   "/org/freedesktop/login1/session/_3x");
	return sd_bus_reply_method_return(call, "");
}

static int act(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	const char *member = sd_bus_message_get_member(call);
	struct mock *mock = userdata;
	const char *id;

	sd_bus_message_read(call, "s", &id);
	say(member, id);
	if (mock->is_silent)
		return 1;
	if (mock->refuses)
		return sd_bus_error_set(error, SD_BUS_ERROR_ACCESS_DENIED,
					"No such permission.");
	if (strcmp(member, "LockSession") == 0)
		return sd_bus_reply_method_return(call, "");
	return remove_session(call, mock, id);
}

static const sd_bus_vtable vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD("ListSessions", "", "a(susso)", list_sessions,
		      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("LockSession", "s", "", act, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("TerminateSession", "s", "", act,
		      SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD("Remove", "s", "", act, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_VTABLE_END,
};

int main(int argc, char **argv)
{
	struct mock mock = { .sessions = argv + 1, .count = argc - 1 };
	sd_bus *bus;

	mock.is_silent = argc > 1 && strcmp(argv[1], "silent") == 0;
	mock.refuses = argc > 1 && strcmp(argv[1], "refuse") == 0;
	if (sd_bus_open_system(&bus) < 0 ||
	    sd_bus_add_object_vtable(bus, NULL, LOGIND_PATH, LOGIND_INTERFACE,
				     vtable, &mock) < 0 ||
	    sd_bus_request_name(bus, LOGIND_NAME, 0) < 0)
		return EXIT_FAILURE;
	say("ready", "");
	for (;;)
		if (sd_bus_process(bus, NULL) == 0 &&
		    sd_bus_wait(bus, UINT64_MAX) < 0)
			return EXIT_FAILURE;
}
