/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-policyd: reads the configuration, then answers on the bus until it is told
 * to stop. Never runs with a configuration that has an error.
 */
#include "config.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>

#include "nitro-policyd/manager.h"
#include "nitro-policyd/options.h"

/* Usage errors, as for the other programs of the project. */
#define EXIT_USAGE 2

/* Handled by the event loop, or ignored: a reader of stderr that goes away must
 * not take the daemon with it. */
static void prepare_signals(void)
{
	sigset_t handled;

	sigemptyset(&handled);
	sigaddset(&handled, SIGTERM);
	sigaddset(&handled, SIGINT);
	sigaddset(&handled, SIGHUP);
	sigprocmask(SIG_BLOCK, &handled, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void print_diagnostics(const struct diagnostics *diagnostics)
{
	size_t count = diagnostics_count(diagnostics);
	size_t all = diagnostics_errors(diagnostics) +
		     diagnostics_warnings(diagnostics);

	for (size_t i = 0; i < count; i++) {
		const struct diagnostic *entry =
			diagnostics_get(diagnostics, i);
		_cleanup_free_ char *text = diagnostic_text(entry);

		fprintf(stderr, "%s: %s\n",
			entry->severity == DIAGNOSTIC_ERROR ? "error"
							    : "warning",
			text != NULL ? text : entry->message);
	}
	if (all > count)
		fprintf(stderr, "... and %zu more.\n", all - count);
}

static void print_summary(const struct options *options,
			  const struct snapshot *snapshot,
			  const struct diagnostics *diagnostics)
{
	if (options->layers.vendor_dir != NULL)
		fprintf(stderr, "%s: masks files of %s.\n",
			options->layers.config_dir, options->layers.vendor_dir);
	if (snapshot == NULL)
		fprintf(stderr,
			"%s: not valid: %zu error(s), %zu warning(s).\n",
			options->layers.config_dir,
			diagnostics_errors(diagnostics),
			diagnostics_warnings(diagnostics));
	else
		fprintf(stderr,
			"%s: valid: %zu rule(s), %zu image(s), %zu root(s), "
			"%zu warning(s).\n",
			options->layers.config_dir,
			policy_rule_count(snapshot->config->policy),
			policy_image_count(snapshot->config->policy),
			anchors_count(snapshot->config->anchors),
			diagnostics_warnings(diagnostics));
}

static int serve(const struct options *options, struct snapshot *first,
		 const struct diagnostics *diagnostics)
{
	_cleanup_(manager_freep) struct manager *manager = NULL;
	struct manager_options manager_options = {
		.layers = options->layers,
		.state_dir = options->state_dir,
		.runtime_dir = options->runtime_dir,
		.boot = options->boot,
	};
	int r;

	journal_init(&manager_options.journal, options->log_target);
	journal_policy(&manager_options.journal, first, diagnostics);
	if (first == NULL)
		return EXIT_FAILURE;

	r = manager_new(&manager_options, first, diagnostics, &manager);
	if (r < 0)
		return EXIT_FAILURE;

	r = manager_run(manager);
	sd_notify(0, "STOPPING=1");
	return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	_cleanup_(diagnostics_freep) struct diagnostics *diagnostics =
		diagnostics_new();
	_cleanup_(snapshot_unrefp) struct snapshot *first = NULL;
	struct options options;

	switch (options_parse(argc, argv, &options)) {
	case OPTIONS_RUN:
		break;
	case OPTIONS_DONE:
		return EXIT_SUCCESS;
	case OPTIONS_BAD:
		return EXIT_USAGE;
	}
	prepare_signals();
	if (diagnostics == NULL ||
	    snapshot_load(&options.layers, 1, &first, diagnostics) ==
		    POLICY_E_NO_MEMORY) {
		fputs("nitro-policyd: memory is exhausted.\n", stderr);
		return EXIT_FAILURE;
	}
	if (!options.check_only)
		return serve(&options, first, diagnostics);

	print_diagnostics(diagnostics);
	print_summary(&options, first, diagnostics);
	return first != NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}
