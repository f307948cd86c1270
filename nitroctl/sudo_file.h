/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /etc/sudo.conf: read with sudo's own demands on it, replaced as a whole, and only
 * if nobody else has changed it since.
 */
#ifndef NITRO_NITROCTL_SUDO_FILE_H
#define NITRO_NITROCTL_SUDO_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/read_file.h"
#include "nitroctl/command.h"

#define SUDO_FILE_PATH "/etc/sudo.conf"

struct sudo_file {
	int dir_fd;
	int lock_fd; /* -1: it was opened to be read only */
	int fd;	     /* -1: there is no such file, which is as good as empty */
	struct stat st;
	struct buffer text;
	struct buffer before; /* what `text` replaced; empty before that */
};

#define SUDO_FILE_CLOSED                                                       \
	((struct sudo_file){ .dir_fd = -1, .lock_fd = -1, .fd = -1 })

/* EXIT_ALLOWED, or after a complaint EXIT_NOT_JUDGED. To be closed in either case. */
enum exit_code sudo_file_open(bool to_change,
			      struct sudo_file *ret_file) _must_use_;

/* Makes `text` the content of the file, which keeps its owner, mode and label, and
 * of `file`, which takes it over. EXIT_ALLOWED, or after a complaint EXIT_NOT_JUDGED
 * with the file as it was. */
enum exit_code sudo_file_write_consume(struct sudo_file *file,
				       struct buffer text) _must_use_;

/* Makes the content what it was before the last change. As above. */
enum exit_code sudo_file_restore(struct sudo_file *file) _must_use_;

void sudo_file_close(struct sudo_file *file);

#endif
