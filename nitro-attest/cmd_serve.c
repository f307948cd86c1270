/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-attest serve: runs on the host and takes documents of its enclaves, on
 * sockets that systemd or the command line gives it.
 */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <systemd/sd-daemon.h>

#include "nitro-attest/address.h"
#include "nitro-attest/server.h"
#include "nitro-attest/verbs.h"

struct listeners {
	int fds[SERVER_LISTENERS_MAX];
	const char *paths[SERVER_LISTENERS_MAX]; /* NULL: not made here */
	size_t count;
};

static void listeners_close(struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++) {
		close(listeners->fds[i]);
		if (listeners->paths[i] != NULL)
			unlink(listeners->paths[i]);
	}
}

static bool has_room(const struct listeners *listeners)
{
	if (listeners->count < SERVER_LISTENERS_MAX)
		return true;
	warnx("There are more than %u sockets to listen on.",
	      SERVER_LISTENERS_MAX);
	return false;
}

static bool add_address(struct listeners *listeners, const char *text)
{
	struct address address;
	int fd, r = address_parse(text, &address);

	if (r < 0) {
		warnx("%s: %s", text,
		      r == -EINVAL ? "Expected /PATH or vsock:PORT."
				   : "The path is too long for a socket.");
		return false;
	}
	if (!has_room(listeners))
		return false;
	fd = address_listen(&address);
	if (fd < 0) {
		warnx("%s: cannot listen: %s.", text, strerror(-fd));
		return false;
	}
	listeners->fds[listeners->count] = fd;
	listeners->paths[listeners->count++] =
		address.any.sa_family == AF_UNIX ? text : NULL;
	return true;
}

/* Sockets of systemd: only streams that listen, of the kinds whose peers are known
 * by a number that they cannot choose. */
static bool add_inherited(struct listeners *listeners)
{
	int count = sd_listen_fds(true);

	for (int fd = SD_LISTEN_FDS_START; fd < SD_LISTEN_FDS_START + count;
	     fd++) {
		if (!has_room(listeners))
			return false;
		if (sd_is_socket(fd, AF_UNIX, SOCK_STREAM, 1) <= 0 &&
		    sd_is_socket(fd, AF_VSOCK, SOCK_STREAM, 1) <= 0) {
			warnx("Descriptor %d is no listening stream of Unix or "
			      "vsock.",
			      fd);
			return false;
		}
		if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0) {
			warn("Descriptor %d", fd);
			return false;
		}
		listeners->fds[listeners->count++] = fd;
	}
	return true;
}

static bool parse_arguments(int argc, char **argv, struct listeners *listeners)
{
	static const struct option options[] = {
		{ "listen", required_argument, NULL, 'l' },
		{ NULL },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (option == '?' || !add_address(listeners, optarg))
			return false;
	if (optind == argc)
		return true;
	warnx("Unexpected argument \"%s\".", argv[optind]);
	return false;
}

static int open_bus(sd_event *event, sd_bus **ret_bus)
{
	int r = sd_bus_open_system_with_description(ret_bus, "nitro-attest");

	if (r >= 0)
		r = sd_bus_set_exit_on_disconnect(*ret_bus, true);
	if (r >= 0)
		r = sd_bus_attach_event(*ret_bus, event,
					SD_EVENT_PRIORITY_NORMAL);
	if (r < 0)
		warnx("The system bus cannot be reached: %s.", strerror(-r));
	return r;
}

static int open_loop(sd_event **ret_event)
{
	static const int ends[] = { SIGTERM, SIGINT, SIGHUP };
	sigset_t set;
	int r;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		sigaddset(&set, ends[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	r = sd_event_new(ret_event);
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(ends); i++)
		r = sd_event_add_signal(*ret_event, NULL, ends[i], NULL, NULL);
	return r;
}

static int run(const struct listeners *listeners)
{
	_cleanup_(sd_event_unrefp) sd_event *event = NULL;
	_cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;
	_cleanup_(server_freep) struct server *server = NULL;
	int r = open_loop(&event);

	if (r >= 0 && open_bus(event, &bus) < 0)
		return EXIT_REFUSED;
	if (r >= 0)
		r = server_new(event, bus, &server);
	for (size_t i = 0; r >= 0 && i < listeners->count; i++)
		r = server_add_listener(server, listeners->fds[i]);
	if (r >= 0) {
		sd_notify(false, "READY=1");
		r = sd_event_loop(event);
	}
	if (r == 0)
		return EXIT_SUCCESS;
	/* sd-bus ends the loop with EXIT_FAILURE. */
	warnx("Cannot serve any longer: %s.",
	      r < 0 ? strerror(-r) : "the system bus is gone");
	return EXIT_REFUSED;
}

int cmd_serve(int argc, char **argv)
{
	_cleanup_(listeners_close) struct listeners listeners = { .count = 0 };

	if (!parse_arguments(argc, argv, &listeners) ||
	    !add_inherited(&listeners))
		return EXIT_USAGE;
	if (listeners.count == 0) {
		warnx("There is no socket to listen on: systemd gives none, "
		      "and there is no --listen.");
		return EXIT_USAGE;
	}
	return run(&listeners);
}
