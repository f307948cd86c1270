/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of used documents on disk: a header and records of one size, each
 * with its own checksum (against accidents; who may write here may also delete).
 * It is replaced as a whole or grows by one record that is on the disk before the
 * call returns. What the records mean is seen.h's matter.
 */
#ifndef NITRO_POLICYD_SEEN_FILE_H
#define NITRO_POLICYD_SEEN_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attest/limits.h"
#include "base/compiler.h"

#define SEEN_FILE_NAME	 "used-documents"
#define SEEN_RECORD_SIZE 48u

struct seen_header {
	int64_t since_ms;
	int64_t forgotten_ms;
};

struct seen_record {
	uint8_t sha256[ATTEST_SHA256_SIZE];
	int64_t expires_ms;
};

struct seen_contents {
	struct seen_header header;
	struct seen_record *records; /* the reader frees them */
	size_t count;
	bool is_damaged; /* something is missing, cut or changed */
};

/* Reads the file in `dir_fd`. 0 and what is left of it; -ENOENT when there is no
 * file; -ENOMEM; or another negative errno. A header that is damaged reads as
 * zeros. */
int seen_file_read(int dir_fd, struct seen_contents *ret_contents) _must_use_;

/* Replaces the file by these contents, durably, and returns a descriptor for
 * seen_file_append(); or a negative errno, and the old file is still there. */
int seen_file_replace(int dir_fd,
		      const struct seen_contents *contents) _must_use_;

/* Adds one record behind `count` others, durably. 0 or a negative errno; then the
 * end of the file is undefined, and it has to be replaced. */
int seen_file_append(int fd, size_t count,
		     const struct seen_record *record) _must_use_;

#endif
