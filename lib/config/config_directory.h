/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration directory on disk -> policy and trusted roots, or the list of
 * everything that is wrong with it. The one place that knows the layout:
 * policyd.conf, roots.d/LABEL.pem, images.d/NAME.conf, rules.d/NAME.conf,
 * secrets.d/NAME.conf.
 */
#ifndef NITRO_CONFIG_CONFIG_DIRECTORY_H
#define NITRO_CONFIG_CONFIG_DIRECTORY_H

#include "attest/anchors.h"
#include "policy/policy.h"

/* One consistent reading of the whole directory; immutable. */
struct config {
	struct policy *policy;
	struct anchors *anchors; /* the AWS root and roots.d */
	/* SHA-256 over names and contents of all files that were read, and over
	 * what they came to mean on this host. */
	uint8_t digest[ATTEST_SHA256_SIZE];
};

/* A file of images.d as it would be, read in place of the one on disk. */
struct config_overlay {
	const char *name; /* "images.d/NAME.conf" */
	struct span text; /* absent: as if there were no such file */
};

/* Where a configuration is read from. A file in `config_dir` masks the file of the
 * same name and folder in `vendor_dir`, which is not even opened then; an empty
 * file, or a symbolic link to /dev/null, masks and says nothing itself. */
struct config_layers {
	const char *config_dir; /* the admin's; must exist */
	const char *vendor_dir; /* NULL: none; may be absent */
	uid_t owner;		/* whose files are trusted, beside root's */
	/* A change that is only thought of; none for what is. */
	const struct config_overlay *overlays;
	size_t overlay_count;
};

/* What a program's --config-dir and --vendor-dir ask for, NULL where they were not
 * given: /etc/nitro above the vendor's directory, both root's; or the caller's own
 * directory, alone unless --vendor-dir names another below it. */
struct config_layers config_layers_choose(const char *config_dir,
					  const char *vendor_dir);

/* Reads both layers. Files belong to root or the owner and are not writable by
 * others. Absent files and sub-directories count as empty; names that do not end
 * in .conf (.pem) or begin with a dot are left alone. POLICY_OK; POLICY_E_INVALID
 * with the errors in `diagnostics`; POLICY_E_NO_MEMORY. */
enum policy_error config_load(const struct config_layers *layers,
			      struct config **ret_config,
			      struct diagnostics *diagnostics) _must_use_;
void config_free(struct config *config);
DEFINE_CLEANUP(struct config *, config_free)

#endif
