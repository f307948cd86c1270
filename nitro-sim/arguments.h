/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command-line options that describe a document, for every verb that makes
 * documents: a row of getopt_long()'s table and a reader for each.
 */
#ifndef NITRO_SIM_ARGUMENTS_H
#define NITRO_SIM_ARGUMENTS_H

#include "base/read_file.h"
#include "nitro-sim/options.h"

/* X(CODE, "name", has_argument, reader) */
#define ARGUMENT_TABLE(X)                                                      \
	X(KIND, "kind", required_argument, read_kind)                          \
	X(INSTANCE, "instance", required_argument, read_instance)              \
	X(ENCLAVE, "enclave", required_argument, read_enclave)                 \
	X(REGION, "region", required_argument, read_region)                    \
	X(PCR, "pcr", required_argument, read_pcr)                             \
	X(NONCE, "nonce", required_argument, read_nonce)                       \
	X(PUBLIC_KEY, "public-key", required_argument, read_public_key)        \
	X(USER_DATA, "user-data", required_argument, read_user_data)           \
	X(TIME, "time", required_argument, read_time)                          \
	X(DEBUG, "debug", no_argument, read_debug)                             \
	X(MAP, "map", required_argument, read_map)                             \
	X(TAG, "tag", no_argument, read_tag)                                   \
	X(BREAK, "break", required_argument, read_break)

/* Values of `val` in struct option, above all characters. */
#define ARGUMENT_CODE(code, name, has_argument, reader) ARGUMENT_##code,
enum argument {
	ARGUMENT_FIRST = 256,
	ARGUMENT_BEFORE_ROWS = ARGUMENT_FIRST - 1,
	ARGUMENT_TABLE(ARGUMENT_CODE) ARGUMENT_END,
};
#undef ARGUMENT_CODE

/* The rows for a `static const struct option[]`; <getopt.h> is included first. */
#define ARGUMENT_ROW(code, name, has_argument, reader)                         \
	{ name, has_argument, NULL, ARGUMENT_##code },
#define ARGUMENT_ROWS ARGUMENT_TABLE(ARGUMENT_ROW)

/* The help on these options. */
extern const char arguments_help[];

struct arguments {
	struct document_options options;
	/* What the spans of `options` point into. */
	struct buffer nonce;
	struct buffer public_key;
	struct buffer user_data;
};

/* Defaults at the present time. */
void arguments_init(struct arguments *arguments);
void arguments_clear(struct arguments *arguments);
#define _cleanup_arguments_ _cleanup_(arguments_clear)

/* Reads one option. `value` is borrowed for as long as `arguments` is used. False
 * after a message to standard error that says what is wrong. */
bool arguments_read(struct arguments *arguments, int code,
		    const char *value) _must_use_;

/* What no option by itself can say: that they fit together. */
bool arguments_check(const struct arguments *arguments) _must_use_;

#endif
