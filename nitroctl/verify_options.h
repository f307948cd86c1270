/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options by which a document is judged offline, for all verbs that do it. An
 * option that would switch a check off by its value (no age, an empty nonce) is
 * refused.
 */
#ifndef NITRO_NITROCTL_VERIFY_OPTIONS_H
#define NITRO_NITROCTL_VERIFY_OPTIONS_H

#include "nitroctl/judge.h"

/* First in the settings of a verb that has VERIFY_COMMAND_OPTIONS. */
struct verify_settings {
	struct judge_settings judge;
	bool json;
	bool quiet;
};

bool verify_set_at(void *settings, const char *argument);
bool verify_set_root(void *settings, const char *argument);
bool verify_set_policy(void *settings, const char *argument);
bool verify_set_manifest(void *settings, const char *argument);
bool verify_set_nonce(void *settings, const char *argument);
bool verify_set_level(void *settings, const char *argument);
bool verify_set_max_age(void *settings, const char *argument);
bool verify_set_json(void *settings, const char *argument);
bool verify_set_quiet(void *settings, const char *argument);

/* Rows of a table of options. */
#define VERIFY_COMMAND_OPTIONS                                                 \
	{ "at", "TIME",                                                        \
	  "judge at TIME (2026-11-01T10:00:00Z, @SECONDS) or, with\n"          \
	  "'document', at each document's own timestamp",                      \
	  verify_set_at },                                                     \
		{ "root", "FILE",                                              \
		  "trust this root too (PEM); its label is the file's\n"       \
		  "name without suffix; may be repeated",                      \
		  verify_set_root },                                           \
		{ "policy", "DIR",                                             \
		  "images, releases, roots and settings of DIR\n"              \
		  "(" NITRO_CONFIG_DIR " is the daemon's)",                    \
		  verify_set_policy },                                         \
		{ "level", "N",                                                \
		  "decide over level 1 (signature), 2 (boot) or 3\n"           \
		  "(manifest); without it: 2 with --policy, otherwise 1",      \
		  verify_set_level },                                          \
		{ "manifest", "FILE",                                          \
		  "the QOS manifest envelope that came with the\n"             \
		  "document, for level 3",                                     \
		  verify_set_manifest },                                       \
		{ "nonce", "HEX", "the document must carry this nonce",        \
		  verify_set_nonce },                                          \
		{ "max-age", "SPAN", "the document must not be older (5min)",  \
		  verify_set_max_age },                                        \
		{ "json", NULL, "one JSON object per file and line",           \
		  verify_set_json },                                           \
	{                                                                      \
		"quiet", NULL, "the line with the decision only",              \
			verify_set_quiet                                       \
	}

/* Combinations that would promise more than they check; NULL: none. */
const char *verify_find_contradiction(const struct verify_settings *settings);

/* Nobody shall take an archived document for one that is valid now. */
void verify_warn_of_time(const struct judge_settings *settings);

#endif
