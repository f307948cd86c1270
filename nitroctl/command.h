/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a verb of nitroctl is, and what its options look like: one table per verb
 * from which the parser and the help text are both made, so that they agree.
 */
#ifndef NITRO_NITROCTL_COMMAND_H
#define NITRO_NITROCTL_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "base/compiler.h"

/* The contract with scripts; the worst of several files counts. */
enum exit_code {
	EXIT_ALLOWED = 0,
	EXIT_DENIED = 1, /* also: what was read is no document */
	EXIT_USAGE = 2,
	EXIT_NOT_JUDGED = 3, /* nothing can be said: no file, no daemon */
};

struct command_option {
	const char *name;     /* long name without dashes */
	const char *argument; /* what --help calls it; NULL: none */
	const char *help;
	/* Stores the argument (NULL if the option has none) in the command's
	 * own struct. False, after a complaint: the value is refused. */
	bool (*set)(void *settings, const char *argument);
};

struct command {
	const char *name;     /* "verify"; with its group: "image add" */
	const char *operands; /* "FILE...", "" */
	const char *summary;  /* one line */
	const char *help;     /* behind the options; "" */
	const struct command_option *options;
	size_t option_count;
	enum exit_code (*run)(const struct command *command, int argc,
			      char **argv);
};

extern const struct command command_verify;
extern const struct command command_verify_response;
extern const struct command command_verdict_list;
extern const struct command command_verdict_revoke;
extern const struct command command_verdict_show;
extern const struct command command_show;
extern const struct command command_status;
extern const struct command command_manifest_hash;
extern const struct command command_manifest_show;
extern const struct command command_measure;
extern const struct command command_import_kms;
extern const struct command command_export_kms;
extern const struct command command_diff;
extern const struct command command_explain;
extern const struct command command_monitor;
extern const struct command command_pcr_certificate;
extern const struct command command_pcr_instance;
extern const struct command command_pcr_role;
extern const struct command command_rule_list;
extern const struct command command_rule_test;
extern const struct command command_secret_list;
extern const struct command command_check;
extern const struct command command_reload;
extern const struct command command_image_add;
extern const struct command command_image_list;
extern const struct command command_image_retire;
extern const struct command command_image_revoke;
extern const struct command command_image_remove;
extern const struct command command_sudo_disable;
extern const struct command command_sudo_enable;
extern const struct command command_sudo_test;

enum command_parse_result {
	COMMAND_GO_ON,
	COMMAND_HELPED, /* --help was asked for and printed */
	COMMAND_USAGE,	/* a complaint was printed */
};

/* Reads the options of argv[1]... into `settings`, wherever they stand before a
 * "--". The operands are then argv[*ret_operands]... */
enum command_parse_result command_parse(const struct command *command, int argc,
					char **argv, void *settings,
					int *ret_operands) _must_use_;

void command_print_help(const struct command *command, FILE *out);

/* A usage error: the complaint, then where help is found. Always EXIT_USAGE. */
enum exit_code command_misused(const struct command *command,
			       const char *format, ...) _printf_(2, 3);

#endif
