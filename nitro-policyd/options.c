/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/options.h"

#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

enum {
	OPTION_CONFIG_DIR = 256,
	OPTION_VENDOR_DIR,
	OPTION_STATE_DIR,
	OPTION_RUNTIME_DIR,
	OPTION_BOOT_ID,
	OPTION_CHECK,
	OPTION_LOG_TARGET,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option long_options[] = {
	{ "config-dir", required_argument, NULL, OPTION_CONFIG_DIR },
	{ "vendor-dir", required_argument, NULL, OPTION_VENDOR_DIR },
	{ "state-dir", required_argument, NULL, OPTION_STATE_DIR },
	{ "runtime-dir", required_argument, NULL, OPTION_RUNTIME_DIR },
	{ "boot-id", required_argument, NULL, OPTION_BOOT_ID },
	{ "check", no_argument, NULL, OPTION_CHECK },
	{ "log-target", required_argument, NULL, OPTION_LOG_TARGET },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ 0 },
};

static const char help_text[] =
	"Usage: nitro-policyd [OPTION...]\n"
	"\n"
	"Decides from AWS Nitro attestation documents who may log in.\n"
	"\n"
	"  --config-dir DIR     configuration [" NITRO_CONFIG_DIR "]\n"
	"  --vendor-dir DIR     configuration below it [" NITRO_VENDOR_DIR ",\n"
	"                       or none with --config-dir]\n"
	"  --state-dir DIR      state [" NITRO_STATE_DIR "]\n"
	"  --runtime-dir DIR    live verdicts [" NITRO_RUNTIME_DIR "]\n"
	"  --boot-id ID         this start of the host [as the kernel says]\n"
	"  --check              validate the configuration, print what is "
	"wrong\n"
	"                       with it and exit: 0 valid, 1 not\n"
	"  --log-target TARGET  auto, journal or stderr [auto]\n"
	"  --help               show this\n"
	"  --version            show the version\n"
	"\n"
	"See nitro-policyd(8).\n";

static enum options_outcome bad_option(const char *what, const char *value)
{
	fprintf(stderr, "nitro-policyd: %s%s; see --help.\n", what, value);
	return OPTIONS_BAD;
}

static enum options_outcome take(int option, struct options *options)
{
	switch (option) {
	case OPTION_CONFIG_DIR:
		options->config_dir = optarg;
		return OPTIONS_RUN;
	case OPTION_VENDOR_DIR:
		options->vendor_dir = optarg;
		return OPTIONS_RUN;
	case OPTION_STATE_DIR:
		options->state_dir = optarg;
		return OPTIONS_RUN;
	case OPTION_RUNTIME_DIR:
		options->runtime_dir = optarg;
		return OPTIONS_RUN;
	case OPTION_BOOT_ID:
		if (sd_id128_from_string(optarg, &options->boot) < 0)
			return bad_option("this is no boot id: ", optarg);
		return OPTIONS_RUN;
	case OPTION_CHECK:
		options->check_only = true;
		return OPTIONS_RUN;
	case OPTION_LOG_TARGET:
		if (journal_target_parse(optarg, &options->log_target) < 0)
			return bad_option("unknown log target ", optarg);
		return OPTIONS_RUN;
	case OPTION_HELP:
		fputs(help_text, stdout);
		return OPTIONS_DONE;
	case OPTION_VERSION:
		puts("nitro-policyd " PACKAGE_VERSION);
		return OPTIONS_DONE;
	default: /* getopt_long() has said what is wrong */
		return OPTIONS_BAD;
	}
}

enum options_outcome options_parse(int argc, char **argv,
				   struct options *ret_options)
{
	struct options options = {
		.state_dir = NITRO_STATE_DIR,
		.runtime_dir = NITRO_RUNTIME_DIR,
		.log_target = JOURNAL_AUTO,
	};
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) >=
	       0) {
		enum options_outcome outcome = take(option, &options);

		if (outcome != OPTIONS_RUN)
			return outcome;
	}
	if (optind < argc)
		return bad_option("unexpected argument ", argv[optind]);

	if (!options.check_only && sd_id128_is_null(options.boot) &&
	    sd_id128_get_boot(&options.boot) < 0)
		return bad_option("the kernel does not tell its boot id; give ",
				  "--boot-id");

	options.layers =
		config_layers_choose(options.config_dir, options.vendor_dir);
	*ret_options = options;
	return OPTIONS_RUN;
}
