/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manifest or its envelope as the admin has it: a file or standard input, as QOS
 * stores it or as base64 of it.
 */
#ifndef NITRO_NITROCTL_MANIFEST_FILE_H
#define NITRO_NITROCTL_MANIFEST_FILE_H

#include "base/read_file.h"
#include "nitroctl/command.h"

/* Reads FILE, or standard input for "-". EXIT_ALLOWED, or EXIT_NOT_JUDGED after a
 * complaint. Whether it is a manifest is not looked at. */
enum exit_code manifest_file_read(const char *name,
				  struct buffer *ret_bytes) _must_use_;

#endif
