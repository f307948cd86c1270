/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of documents that opened a session without a challenge: each does so
 * once, also over restarts. It never says "new" when it cannot know:
 *
 * - It knows every document used since a point in time, and refuses those made
 *   before. Without a file it begins empty: nothing was used yet. After damage to
 *   its file that point is the present (plus clock skew, for an enclave's clock may
 *   be ahead): whatever was used before was made before. Documents made afterwards
 *   are judged as ever. Only root and the daemon can remove the file; who does lets
 *   documents of the last minutes be used once more.
 * - A document is remembered until its leaf certificate expires; no policy accepts
 *   it later, however long its max_age. Should the host's clock be set back
 *   thereafter, documents whose certificate expired by then are still refused.
 * - A document counts as used when the record is on the disk, not before. Where it
 *   cannot be written (disk full) there is no answer.
 */
#ifndef NITRO_POLICYD_SEEN_H
#define NITRO_POLICYD_SEEN_H

#include "base/cleanup.h"
#include "base/compiler.h"
#include "nitro-policyd/seen_file.h"

/* May be shared by threads. */
struct seen;

enum seen_answer {
	SEEN_USED,     /* this document was used */
	SEEN_NOT_SURE, /* made before what is remembered */
	SEEN_NEW,
};

struct seen_document {
	struct seen_record record; /* payload digest, end of the leaf */
	int64_t made_ms;	   /* its timestamp */
};

/* Opens or begins the memory in an existing directory, which no other process
 * uses at the same time (-EBUSY). *ret_is_damaged: nothing that was made before now
 * will be accepted, because the file was damaged. */
int seen_open(const char *directory, int64_t now_ms, uint64_t skew_ms,
	      struct seen **ret_seen, bool *ret_is_damaged) _must_use_;
void seen_free(struct seen *seen);
DEFINE_CLEANUP(struct seen *, seen_free)

enum seen_answer seen_ask(struct seen *seen,
			  const struct seen_document *document) _must_use_;

/* Asks and records in one step; when this returns SEEN_NEW in *ret_answer the
 * record is on the disk. 0; -ENOSPC when the memory is full (a part is kept for
 * documents that root presents: `privileged`); or the negative errno of writing. */
int seen_use(struct seen *seen, const struct seen_document *document,
	     int64_t now_ms, bool privileged,
	     enum seen_answer *ret_answer) _must_use_;

size_t seen_count(struct seen *seen);

#endif
