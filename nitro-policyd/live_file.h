/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Live verdicts on the disk, so that they outlive the daemon but not the host: one
 * JSON file for each, named by its id, replaced as a whole. Reading trusts nothing
 * but its owner: whatever is missing, unknown or out of bounds makes the whole file
 * worthless. What the policy says is not read from it, that is judged again.
 */
#ifndef NITRO_POLICYD_LIVE_FILE_H
#define NITRO_POLICYD_LIVE_FILE_H

#include <systemd/sd-id128.h>

#include "nitro-policyd/live.h"

struct live_files {
	int dir_fd;	 /* nobody else writes there */
	sd_id128_t boot; /* whose clock the files go by */
};

/* Opens "verdicts" in `directory`, and makes it if need be. 0 or a negative
 * errno. */
int live_files_open(const char *directory, sd_id128_t boot,
		    struct live_files *ret_files) _must_use_;

/* Writes or replaces the file of `live`. 0, or a negative errno and the old file is
 * still there. */
int live_file_write(const struct live_files *files,
		    const struct live *live) _must_use_;

/* Removes it, if there is one. 0 or a negative errno. */
int live_file_remove(const struct live_files *files, const char *id) _must_use_;

/* Reads the file `name`: 0, and a verdict that is not judged yet, whose proof has a
 * document that is not verified yet; or a negative errno and in *reterr_why what is
 * wrong, static text. */
int live_file_read(const struct live_files *files, const char *name,
		   uint64_t now_usec, struct live **ret_live,
		   const char **reterr_why) _must_use_;

#endif
