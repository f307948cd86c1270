/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of a configuration directory, read into memory without trusting who
 * may have put what there. Knows the layout of the directory and nothing about
 * what the files say.
 */
#ifndef NITRO_CONFIG_FILE_LIST_H
#define NITRO_CONFIG_FILE_LIST_H

#include "base/read_file.h"
#include "config/config_directory.h"

/* More than anybody has; what is beyond is an error, not left out. */
#define CONFIG_FILES_MAX     4096u
#define CONFIG_FILE_SIZE_MAX (1024u * 1024u)

enum config_file_kind {
	CONFIG_FILE_SETTINGS, /* policyd.conf */
	CONFIG_FILE_ROOT,     /* roots.d/LABEL.pem */
	CONFIG_FILE_IMAGES,   /* images.d/NAME.conf */
	CONFIG_FILE_RULES,    /* rules.d/NAME.conf */
	CONFIG_FILE_SECRETS,  /* secrets.d/NAME.conf */
};

struct config_file {
	enum config_file_kind kind;
	char *path;	  /* as the admin can find it */
	const char *name; /* the part of `path` below its layer */
	struct buffer text;
};

struct file_list {
	struct config_file *files; /* in the order of the kinds, then by name */
	size_t count;
};

/* Reads everything there is in both layers. Files that cannot be used are reported
 * and left out; they still mask. POLICY_OK, also with errors reported, or
 * POLICY_E_NO_MEMORY; the list is to be released in either case. */
enum policy_error file_list_read(const struct config_layers *layers,
				 struct diagnostics *diagnostics,
				 struct file_list *ret_list) _must_use_;
void file_list_deinit(struct file_list *list);

#endif
