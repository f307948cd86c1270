/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --from FILE: whatever an admin may have that says what an image measures, as one
 * release. A document counts only when it is verified, and an enclave in debug mode
 * never does.
 */
#ifndef NITRO_NITROCTL_RELEASE_SOURCE_H
#define NITRO_NITROCTL_RELEASE_SOURCE_H

#include "import/import.h"
#include "nitroctl/command.h"
#include "nitroctl/judge.h"

#define RELEASE_SOURCE_TEXT_SIZE 160u

struct release_source_settings {
	const char *file;	     /* "-": standard input, text only */
	const char *enclave;	     /* of describe-enclaves; NULL: the one */
	struct judge_settings judge; /* trusted roots for a document */
};

struct release_source {
	struct measurements measurements;
	/* Where they are from, for people; printable. */
	char text[RELEASE_SOURCE_TEXT_SIZE];
};

/* EXIT_ALLOWED; or, after a complaint, EXIT_DENIED (what was read is no release)
 * or EXIT_NOT_JUDGED (it cannot be read). */
enum exit_code
release_source_read(const struct release_source_settings *from,
		    struct release_source *ret_source) _must_use_;

#endif
