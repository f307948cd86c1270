/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-sim nsm: a simulated module on a Unix socket, until a signal ends it.
 */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>

#include "nitro-sim/arguments.h"
#include "nitro-sim/command.h"
#include "nitro-sim/module.h"
#include "nsm/listener.h"

static void print_help(void)
{
	printf("Usage: nitro-sim nsm DIR --listen=PATH [OPTION]...\n"
	       "Serves the requests of /dev/nsm on a Unix socket, with "
	       "documents signed by the\n"
	       "authority in DIR; nitro-attest asks it. A nonce, public "
	       "key or user data in a\n"
	       "request takes the place of the option's.\n\n"
	       "  --listen=PATH        the socket, made with mode 0600\n"
	       "%s",
	       arguments_help);
}

/* A descriptor that is readable once SIGTERM, SIGINT or SIGHUP has arrived. */
static int catch_ending_signals(void)
{
	sigset_t ending;
	int fd;

	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &ending, NULL) < 0)
		return -errno;
	fd = signalfd(-1, &ending, SFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Serves until a signal arrives. 0 or a negative errno. */
static int serve(struct module *module, int listener, int signals)
{
	struct pollfd waiting[] = {
		{ .fd = listener, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};

	for (;;) {
		int r;

		if (poll(waiting, ARRAY_SIZE(waiting), -1) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (waiting[1].revents != 0)
			return 0;
		r = nsm_serve_connection(listener, module_answer, module);
		if (r < 0)
			warnx("a connection was not served: %s", strerror(-r));
	}
}

static int run(struct module *module, const char *path)
{
	_cleanup_close_ int listener = -1;
	_cleanup_close_ int signals = catch_ending_signals();
	int r;

	if (signals < 0) {
		warnx("cannot wait for signals: %s", strerror(-signals));
		return EXIT_FAILURE;
	}
	listener = nsm_listen(path);
	if (listener < 0) {
		warnx("cannot listen on %s: %s", path, strerror(-listener));
		return EXIT_FAILURE;
	}
	if (printf("listening on %s\n", path) < 0 || fflush(stdout) != 0)
		warn("standard output");
	r = serve(module, listener, signals);
	unlink(path);
	if (r < 0) {
		warnx("cannot serve any longer: %s", strerror(-r));
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

/* -1 when the options are read and the verb may run, else the exit code. */
static int read_options(int argc, char **argv, struct arguments *arguments,
			const char **path)
{
	static const struct option options[] = {
		ARGUMENT_ROWS{ "listen", required_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == '?')
			return EXIT_USAGE;
		if (option == 'h') {
			print_help();
			return EXIT_SUCCESS;
		}
		if (option == 'l')
			*path = optarg;
		else if (!arguments_read(arguments, option, optarg))
			return EXIT_USAGE;
	}
	return arguments_check(arguments) ? -1 : EXIT_USAGE;
}

int cmd_nsm(int argc, char **argv)
{
	_cleanup_authority_ struct authority *authority = NULL;
	_cleanup_arguments_ struct arguments arguments;
	_cleanup_module_ struct module module = { 0 };
	const char *path = NULL;
	int64_t start_ms;
	int r;

	arguments_init(&arguments);
	start_ms = arguments.options.time_ms;
	r = read_options(argc, argv, &arguments, &path);
	if (r >= 0)
		return r;
	if (argc - optind != 1 || path == NULL) {
		warnx("nsm takes one directory and --listen; see 'nitro-sim "
		      "nsm --help'");
		return EXIT_USAGE;
	}
	r = authority_load(argv[optind], &authority);
	if (r < 0) {
		warnx("%s: %s", argv[optind], authority_explain(r));
		return EXIT_FAILURE;
	}
	module.authority = authority;
	module.options = arguments.options;
	module.has_fixed_time = arguments.options.time_ms != start_ms;
	return run(&module, path);
}
