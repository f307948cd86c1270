/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents between the parts of a conversation, one file for each nonce, in a
 * directory that is ours alone. Nothing is ever taken from or written to a
 * directory that somebody else owns, can enter, or reached through a link.
 */
#ifndef NITRO_ATTEST_STORE_H
#define NITRO_ATTEST_STORE_H

#include "base/compiler.h"
#include "base/read_file.h"
#include "nitro-attest/prompt.h"

#include <limits.h>

/* A file that a broken conversation left behind is removed after this time. A
 * server gives up on a login after 2 minutes (LoginGraceTime). */
#define STORE_LIFETIME_SEC 300

/* Opens the directory, making it when it is missing:
 * $XDG_RUNTIME_DIR/nitro-attest where the variable is set, else
 * /run/user/UID/nitro-attest where there is such a directory, else
 * /tmp/nitro-attest-UID. Returns the descriptor, or a negative errno, and with
 * it the path for a message (PATH_MAX bytes): -EPERM not ours alone; -ELOOP or
 * -ENOTDIR not a directory. */
int store_open(char ret_path[static PATH_MAX]) _must_use_;

/* Removes what has outlived STORE_LIFETIME_SEC. */
void store_sweep(int store);

/* All of these return 0 or a negative errno. store_put() is atomic; store_get()
 * says -ENOENT when there is no document for this nonce. */
int store_put(int store, const uint8_t nonce[static PROMPT_NONCE_SIZE],
	      struct span document) _must_use_;
int store_get(int store, const uint8_t nonce[static PROMPT_NONCE_SIZE],
	      struct buffer *ret_document) _must_use_;
int store_remove(int store, const uint8_t nonce[static PROMPT_NONCE_SIZE]);

#endif
