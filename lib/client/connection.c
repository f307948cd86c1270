/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/connection.h"

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "dbus/nitro_bus.h"

#define BUS_DRIVER_NAME	     "org.freedesktop.DBus"
#define BUS_DRIVER_PATH	     "/org/freedesktop/DBus"
#define BUS_DRIVER_INTERFACE "org.freedesktop.DBus"
#define BUS_ERROR_NO_OWNER   "org.freedesktop.DBus.Error.NameHasNoOwner"

/* As sd-bus has it; DBUS_SYSTEM_BUS_ADDRESS takes its place. */
#define BUS_ADDRESS "unix:path=/run/dbus/system_bus_socket"

/* How long to wait before a full listen queue is tried again. */
#define RETRY_INTERVAL_MS 20

/* A line of /etc/passwd; a longer one is not ours. */
#define PASSWD_LINE_SIZE 4096

static bool is_late(const struct connection *connection)
{
	return clock_monotonic_usec() >= connection->deadline_usec;
}

/* Every transport of the address list is a Unix socket: unixexec: would start a
 * program and tcp: would ask a name service, both inside of the host process. */
static bool is_address_of_sockets(const char *address)
{
	static const char transport[] = "unix:";

	while (address != NULL) {
		if (strncmp(address, transport, strlen(transport)) != 0)
			return false;
		address = strchr(address, ';');
		if (address != NULL)
			address++;
	}
	return true;
}

/* The connection begins to authenticate itself; nothing here waits. */
static int start_bus(const char *address, sd_bus **ret_bus)
{
	sd_bus *bus = NULL;
	int r = sd_bus_new(&bus);

	if (r >= 0)
		r = sd_bus_set_address(bus, address);
	if (r >= 0)
		r = sd_bus_set_bus_client(bus, true);
	/* Descriptors that somebody sends must not arrive in this process. */
	if (r >= 0)
		r = sd_bus_negotiate_fds(bus, false);
	if (r >= 0)
		r = sd_bus_start(bus);
	if (r < 0) {
		sd_bus_close_unref(bus);
		return r;
	}

	*ret_bus = bus;
	return 0;
}

/* sd-bus connects without blocking; EAGAIN means that the listen queue of the bus
 * is full, which passes. */
static bool start(struct connection *connection, struct answer *reterr_answer)
{
	const char *address = secure_getenv("DBUS_SYSTEM_BUS_ADDRESS");
	int r;

	if (address == NULL)
		address = BUS_ADDRESS;
	if (!is_address_of_sockets(address))
		return answer_fail(reterr_answer, ANSWER_FAILURE_BUS_ADDRESS,
				   NULL);

	while ((r = start_bus(address, &connection->bus)) == -EAGAIN) {
		if (is_late(connection))
			return answer_fail(reterr_answer,
					   ANSWER_FAILURE_BUS_SILENT, NULL);
		poll(NULL, 0, RETRY_INTERVAL_MS);
	}
	if (r == -ENOMEM)
		return answer_fail(reterr_answer, ANSWER_FAILURE_NO_MEMORY,
				   NULL);
	if (r < 0)
		return answer_fail(reterr_answer, ANSWER_FAILURE_BUS_ABSENT,
				   strerrordesc_np(-r));
	return true;
}

/* Lets the bus do one piece of work, or waits for some. sd_bus_call() is not used:
 * it looks at its deadline only when nothing arrives, and keeps what arrives
 * meanwhile, so that whoever floods this connection could hold a login. */
static int step(struct connection *connection)
{
	uint64_t now = clock_monotonic_usec();
	int r;

	if (now >= connection->deadline_usec)
		return -ETIMEDOUT;
	r = sd_bus_process(connection->bus, NULL);
	if (r != 0)
		return r;
	r = sd_bus_wait(connection->bus, connection->deadline_usec - now);
	return r == -EINTR ? 0 : r;
}

static bool become_ready(struct connection *connection,
			 struct answer *reterr_answer)
{
	while (sd_bus_is_ready(connection->bus) <= 0) {
		int r = step(connection);

		if (r == -ETIMEDOUT)
			return answer_fail(reterr_answer,
					   ANSWER_FAILURE_BUS_SILENT, NULL);
		if (r < 0)
			return answer_fail(reterr_answer,
					   ANSWER_FAILURE_BUS_ABSENT,
					   strerrordesc_np(-r));
	}
	return true;
}

static int keep_reply(sd_bus_message *reply, void *userdata,
		      sd_bus_error *reterr_error _unused_)
{
	sd_bus_message **ret_reply = userdata;

	*ret_reply = sd_bus_message_ref(reply);
	return 0;
}

static bool exchange_failed(int error, const char *destination,
			    struct answer *reterr_answer)
{
	bool with_bus = strcmp(destination, BUS_DRIVER_NAME) == 0;

	if (error == -ENOMEM)
		return answer_fail(reterr_answer, ANSWER_FAILURE_NO_MEMORY,
				   NULL);
	if (error == -ETIMEDOUT)
		return answer_fail(reterr_answer,
				   with_bus ? ANSWER_FAILURE_BUS_SILENT
					    : ANSWER_FAILURE_DAEMON_SILENT,
				   NULL);
	return answer_fail(reterr_answer,
			   with_bus ? ANSWER_FAILURE_BUS_ABSENT
				    : ANSWER_FAILURE_DAEMON_GONE,
			   strerrordesc_np(-error));
}

/* The reply may be a D-Bus error; a reply that is none comes from the addressee.
 * sd-bus tells replies apart by their serial number alone, which anybody can
 * guess. */
bool connection_exchange(struct connection *connection, sd_bus_message *call,
			 sd_bus_message **ret_reply,
			 struct answer *reterr_answer)
{
	_cleanup_(sd_bus_slot_unrefp) sd_bus_slot *slot = NULL;
	_cleanup_message_ sd_bus_message *reply = NULL;
	const char *destination, *sender;
	int r;

	r = sd_bus_call_async(connection->bus, &slot, call, keep_reply, &reply,
			      UINT64_MAX);
	/* Not earlier: sending moves the texts of the message. */
	destination = sd_bus_message_get_destination(call);
	while (r >= 0 && reply == NULL)
		r = step(connection);
	if (r < 0)
		return exchange_failed(r, destination, reterr_answer);

	sender = sd_bus_message_get_sender(reply);
	if (!sd_bus_message_is_method_error(reply, NULL) &&
	    (sender == NULL || strcmp(sender, destination) != 0))
		return answer_fail(reterr_answer, ANSWER_FAILURE_REPLY_FORGED,
				   sender);

	*ret_reply = TAKE_PTR(reply);
	return true;
}

static int new_bus_call(struct connection *connection, const char *method,
			sd_bus_message **ret_call)
{
	return sd_bus_message_new_method_call(connection->bus, ret_call,
					      BUS_DRIVER_NAME, BUS_DRIVER_PATH,
					      BUS_DRIVER_INTERFACE, method);
}

/* A question to the bus itself about a name. */
static bool ask_bus(struct connection *connection, const char *method,
		    const char *name, sd_bus_message **ret_reply,
		    struct answer *reterr_answer)
{
	_cleanup_message_ sd_bus_message *call = NULL;
	int r = new_bus_call(connection, method, &call);

	if (r >= 0)
		r = sd_bus_message_append(call, "s", name);
	if (r < 0)
		return exchange_failed(r, BUS_DRIVER_NAME, reterr_answer);
	return connection_exchange(connection, call, ret_reply, reterr_answer);
}

static bool start_daemon(struct connection *connection,
			 struct answer *reterr_answer)
{
	_cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;
	int r = new_bus_call(connection, "StartServiceByName", &call);

	if (r >= 0)
		r = sd_bus_message_append(call, "su", NITRO_BUS_NAME, 0);
	if (r < 0)
		return exchange_failed(r, BUS_DRIVER_NAME, reterr_answer);
	if (!connection_exchange(connection, call, &reply, reterr_answer))
		return false;
	if (sd_bus_message_is_method_error(reply, NULL))
		return answer_fail(reterr_answer, ANSWER_FAILURE_DAEMON_ABSENT,
				   sd_bus_message_get_error(reply)->message);
	return true;
}

static bool find_owner(struct connection *connection,
		       struct answer *reterr_answer)
{
	_cleanup_message_ sd_bus_message *reply = NULL;
	const char *owner;

	if (!ask_bus(connection, "GetNameOwner", NITRO_BUS_NAME, &reply,
		     reterr_answer))
		return false;
	if (sd_bus_message_is_method_error(reply, BUS_ERROR_NO_OWNER)) {
		if (!start_daemon(connection, reterr_answer))
			return false;
		reply = sd_bus_message_unref(reply);
		if (!ask_bus(connection, "GetNameOwner", NITRO_BUS_NAME, &reply,
			     reterr_answer))
			return false;
	}
	if (sd_bus_message_is_method_error(reply, NULL))
		return answer_from_error(reply, reterr_answer);
	if (sd_bus_message_read(reply, "s", &owner) < 0 ||
	    strlen(owner) >= sizeof(connection->daemon))
		return answer_fail(reterr_answer,
				   ANSWER_FAILURE_REPLY_MALFORMED, NULL);

	memcpy(connection->daemon, owner, strlen(owner) + 1);
	return true;
}

/* The daemon's user is a local one. /etc/passwd is read here because a name
 * service would load its modules into the host process, and may wait for a
 * network for longer than any deadline. */
static bool is_daemon_user(uid_t uid)
{
	_cleanup_fclose_ FILE *file = fopen("/etc/passwd", "re");
	char line[PASSWD_LINE_SIZE];
	struct passwd entry, *found;

	if (file == NULL)
		return false;
	while (fgetpwent_r(file, &entry, line, sizeof(line), &found) == 0)
		if (strcmp(found->pw_name, NITRO_BUS_USER) == 0)
			return found->pw_uid == uid;
	return false;
}

/* Whoever owned the name when we asked is judged, and is spoken to by his unique
 * name from then on: a successor never sees the question. */
static bool check_owner(struct connection *connection,
			struct answer *reterr_answer)
{
	_cleanup_message_ sd_bus_message *reply = NULL;
	char detail[64];
	uint32_t uid;

	if (!ask_bus(connection, "GetConnectionUnixUser", connection->daemon,
		     &reply, reterr_answer))
		return false;
	if (sd_bus_message_is_method_error(reply, BUS_ERROR_NO_OWNER))
		return answer_fail(reterr_answer, ANSWER_FAILURE_DAEMON_GONE,
				   NULL);
	if (sd_bus_message_is_method_error(reply, NULL))
		return answer_from_error(reply, reterr_answer);
	if (sd_bus_message_read(reply, "u", &uid) < 0)
		return answer_fail(reterr_answer,
				   ANSWER_FAILURE_REPLY_MALFORMED, NULL);
	if (uid == 0 || is_daemon_user(uid))
		return true;

	snprintf(detail, sizeof(detail), "its user id is %u", uid);
	return answer_fail(reterr_answer, ANSWER_FAILURE_DAEMON_IMPOSTOR,
			   detail);
}

bool connection_open(uint64_t timeout_usec, struct connection *ret_connection,
		     struct answer *reterr_answer)
{
	*ret_connection = CONNECTION_CLOSED;
	ret_connection->deadline_usec = clock_monotonic_usec() + timeout_usec;

	return start(ret_connection, reterr_answer) &&
	       become_ready(ret_connection, reterr_answer) &&
	       find_owner(ret_connection, reterr_answer) &&
	       check_owner(ret_connection, reterr_answer);
}

int connection_new_call(struct connection *connection, const char *interface,
			const char *method, sd_bus_message **ret_call)
{
	return sd_bus_message_new_method_call(
		connection->bus, ret_call, connection->daemon, NITRO_BUS_PATH,
		interface, method);
}

bool connection_call(struct connection *connection, sd_bus_message *call,
		     sd_bus_message **ret_reply, struct answer *reterr_answer)
{
	_cleanup_message_ sd_bus_message *reply = NULL;

	if (!connection_exchange(connection, call, &reply, reterr_answer))
		return false;
	if (sd_bus_message_is_method_error(reply, NULL))
		return answer_from_error(reply, reterr_answer);

	*ret_reply = TAKE_PTR(reply);
	return true;
}

void connection_close(struct connection *connection)
{
	sd_bus_close_unref(connection->bus);
	*connection = CONNECTION_CLOSED;
}
