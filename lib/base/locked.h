/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for secrets: never swapped, not in core dumps, wiped when it is released.
 */
#ifndef NITRO_BASE_LOCKED_H
#define NITRO_BASE_LOCKED_H

#include "base/cleanup.h"
#include "base/compiler.h"
#include "base/span.h"

struct locked {
	uint8_t *data;
	size_t size;	 /* bytes in use; the user of the memory sets it */
	size_t capacity; /* bytes there are, whole pages */
};

#define LOCKED_EMPTY ((struct locked){ NULL, 0, 0 })

/* At least `capacity` > 0 bytes. 0; -ENOMEM, also when RLIMIT_MEMLOCK is reached;
 * -EPERM when nothing may be locked. */
int locked_new(size_t capacity, struct locked *ret_locked) _must_use_;
void locked_free(struct locked locked);
DEFINE_CLEANUP(struct locked, locked_free)

static inline struct span locked_span(const struct locked *locked)
{
	return span_of(locked->data, locked->size);
}

/* Reads a whole file of 1 to `max` bytes that holds a secret: it belongs to root or
 * to `owner`, nobody else writes it, others cannot read it, and it is no symbolic
 * link. 0; as read_file_at() for trusted files; -EPERM also when others can read it;
 * -ENODATA when it is empty. */
int locked_read_file(const char *path, size_t max, unsigned owner,
		     struct locked *ret_locked) _must_use_;

#endif
