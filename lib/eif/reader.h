/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass over an open EIF: every byte goes through the checksum, the bytes that
 * are measured through their digests. Private to lib/eif.
 */
#ifndef NITRO_EIF_READER_H
#define NITRO_EIF_READER_H

#include "eif/eif.h"

/* Reads `size` bytes of `fd` from offset 0 into `eif`. The caller knows that it is
 * a regular file of that size. */
enum eif_error reader_run(int fd, uint64_t size, struct eif *eif,
			  struct eif_failure *reterr_failure) _must_use_;

#endif
