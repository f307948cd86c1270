/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One change of images.d, from the lock to the running daemon: what is to be
 * written is checked together with everything that stays, shown, and asked for;
 * then it is written as whole files, and taken back if the daemon refuses it. At
 * no point, not even if it is interrupted, does a file hold half of something.
 */
#ifndef NITRO_NITROCTL_CHANGE_H
#define NITRO_NITROCTL_CHANGE_H

#include <stdbool.h>

#include "base/read_file.h"
#include "config/config_directory.h"
#include "nitroctl/command.h"

/* Options that all verbs have which change something. */
struct change_settings {
	const char *config_dir; /* NULL: the daemon's, above the vendor's */
	const char *vendor_dir; /* NULL: none below --config-dir */
	bool yes;		/* do not ask */
	bool no_reload;
	bool json;
};

/* Rows for the table of options of such a verb, whose own struct begins with a
 * struct change_settings. */
bool change_set_config_dir(void *settings, const char *argument);
bool change_set_vendor_dir(void *settings, const char *argument);
bool change_set_yes(void *settings, const char *argument);
bool change_set_no_reload(void *settings, const char *argument);
bool change_set_json(void *settings, const char *argument);
#define CHANGE_OPTIONS                                                         \
	{ "config-dir", "DIR", "change DIR instead of " NITRO_CONFIG_DIR,      \
	  change_set_config_dir },                                             \
		{ "vendor-dir", "DIR",                                         \
		  "with --config-dir: the vendor's files are in DIR",          \
		  change_set_vendor_dir },                                     \
		{ "yes", NULL, "do not ask", change_set_yes },                 \
		{ "no-reload", NULL,                                           \
		  "do not tell the running daemon to reload",                  \
		  change_set_no_reload },                                      \
	{                                                                      \
		"json", NULL, "one JSON object", change_set_json               \
	}

struct change_file {
	char *path;	      /* "images.d/NAME.conf" */
	const char *name;     /* the part of it in images.d */
	struct buffer before; /* no data: there is no such file */
	struct buffer after;  /* no data: it is to be removed */
};

/* Belongs to one verb that is running. */
struct change {
	const struct change_settings *settings;
	struct config_layers layers;
	/* As it is before the change, and what was said about that. */
	struct config *config;
	struct diagnostics *diagnostics;
	int images_fd; /* images.d of the admin's directory */
	int lock_fd;   /* open for as long as nobody else may change it */
	struct change_file *files;
	size_t count;
};

#define CHANGE_NONE                                                            \
	((struct change){ .images_fd = -1, .lock_fd = -1, .count = 0 })

/* Locks the directory, waiting for another change to end, and reads what is there.
 * EXIT_ALLOWED; or, after complaints, EXIT_DENIED (what is there is broken
 * already) or EXIT_NOT_JUDGED. The change is to be released in either case. */
enum exit_code change_begin(const struct change_settings *settings,
			    struct change *change) _must_use_;
void change_end(struct change *change);

/* Plans a new file; a name that is taken, here or in the vendor's directory, is
 * refused with a complaint. The text stays the caller's. */
enum exit_code change_add_file(struct change *change, const char *name,
			       const char *text) _must_use_;

/* Plans to set a key of a section, or (`key` NULL) to remove the section. `file`
 * is where the policy says that it stands; a vendor's file is copied first. A file
 * that has no section any more is removed, or, where the vendor has one of the same
 * name, emptied. */
struct change_edit {
	const char *file;
	const char *section;
	const char *key;
	const char *value;
};
enum exit_code change_edit_section(struct change *change,
				   const struct change_edit *edit) _must_use_;

/* Checks, shows, asks, writes, reloads. */
enum exit_code change_finish(struct change *change) _must_use_;

#endif
