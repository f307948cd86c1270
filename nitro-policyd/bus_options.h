/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of a method call (a{sv}), read by a table of those that the method
 * has.
 */
#ifndef NITRO_POLICYD_BUS_OPTIONS_H
#define NITRO_POLICYD_BUS_OPTIONS_H

#include "nitro-policyd/bus_arguments.h"

/* One option: `read` takes the value out of its variant, as the functions of
 * bus_read.h do. */
struct option {
	const char *name;
	const char *type;
	int (*read)(sd_bus_message *message, struct arguments *arguments,
		    sd_bus_error *reterr_error);
};

/* Reads all of them, at most 32 different ones. An option that is not known is
 * refused: the caller relies on something that would not happen. So is one that is
 * given twice. */
int options_read(sd_bus_message *message, const struct option *options,
		 size_t count, struct arguments *arguments,
		 sd_bus_error *reterr_error) _must_use_;

/* Those that say where a login comes from; for several methods. */
int option_remote_host(sd_bus_message *message, struct arguments *arguments,
		       sd_bus_error *reterr_error) _must_use_;
int option_tty(sd_bus_message *message, struct arguments *arguments,
	       sd_bus_error *reterr_error) _must_use_;
int option_command(sd_bus_message *message, struct arguments *arguments,
		   sd_bus_error *reterr_error) _must_use_;
int option_run_as(sd_bus_message *message, struct arguments *arguments,
		  sd_bus_error *reterr_error) _must_use_;
int option_run_as_group(sd_bus_message *message, struct arguments *arguments,
			sd_bus_error *reterr_error) _must_use_;
int option_host(sd_bus_message *message, struct arguments *arguments,
		sd_bus_error *reterr_error) _must_use_;
#define ORIGIN_OPTIONS                                                         \
	{ NITRO_OPTION_REMOTE_HOST, "s", option_remote_host },                 \
		{ NITRO_OPTION_TTY, "s", option_tty },                         \
		{ NITRO_OPTION_COMMAND, "s", option_command },                 \
		{ NITRO_OPTION_RUN_AS, "s", option_run_as },                   \
		{ NITRO_OPTION_RUN_AS_GROUP, "s", option_run_as_group },       \
	{                                                                      \
		NITRO_OPTION_HOST, "s", option_host                            \
	}

/* What a document is asked for, without a rule; for several methods. Their defaults
 * are filled in by the second function, which reads all options. */
int option_level(sd_bus_message *message, struct arguments *arguments,
		 sd_bus_error *reterr_error) _must_use_;
int option_nonce(sd_bus_message *message, struct arguments *arguments,
		 sd_bus_error *reterr_error) _must_use_;
int option_max_age(sd_bus_message *message, struct arguments *arguments,
		   sd_bus_error *reterr_error) _must_use_;
int option_roots(sd_bus_message *message, struct arguments *arguments,
		 sd_bus_error *reterr_error) _must_use_;
#define VERIFY_OPTIONS                                                         \
	{ NITRO_OPTION_LEVEL, "u", option_level },                             \
		{ NITRO_OPTION_NONCE, "ay", option_nonce },                    \
		{ NITRO_OPTION_MAX_AGE, "t", option_max_age },                 \
		{ NITRO_OPTION_ROOTS, "as", option_roots },                    \
	{                                                                      \
		NITRO_OPTION_MANIFEST, "ay", option_manifest                   \
	}
int arguments_read_verify_options(sd_bus_message *message,
				  const struct option *options, size_t count,
				  struct arguments *arguments,
				  sd_bus_error *reterr_error) _must_use_;

/* The key that was proven to the caller, or a certificate of it. */
int option_ssh_key(sd_bus_message *message, struct arguments *arguments,
		   sd_bus_error *reterr_error) _must_use_;

/* The manifest envelope that came with the document. */
int option_manifest(sd_bus_message *message, struct arguments *arguments,
		    sd_bus_error *reterr_error) _must_use_;

#endif
