/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One side of `nitroctl diff`: a document, verified or not, or a release of the
 * policy. The other place, beside `nitroctl show`, that looks at unverified bytes;
 * whoever prints a side says which it is.
 */
#ifndef NITRO_NITROCTL_SIDE_H
#define NITRO_NITROCTL_SIDE_H

#include "attest/document.h"
#include "nitroctl/input.h"
#include "nitroctl/offline_policy.h"

#define SIDE_RELEASE_PREFIX "release:"
#define SIDE_IMAGE_PREFIX   "image:"

struct side {
	const char *name; /* as given; borrowed */
	bool is_document;
	bool is_verified; /* a document, at its own time */
	enum evidence_kind kind;
	struct span pcrs[ATTEST_PCR_COUNT];
	/* Of a release: where it is declared. */
	struct policy_image_info image;
	struct policy_release_info release;
	/* Of a document: views into `input`. */
	struct document document;
	struct input input;
};

/* The operand names a release, or an image: that is of the policy. */
bool side_is_of_policy(const char *name);
bool side_is_image(const char *name);

/* EXIT_ALLOWED; EXIT_DENIED: it is no document; EXIT_NOT_JUDGED: it cannot be
 * read, or there is no such release. The last two after a complaint. An image is
 * represented by its release that is closest to `other`. */
enum exit_code side_read(const struct offline_policy *offline, const char *name,
			 const struct side *other,
			 struct side *ret_side) _must_use_;
void side_deinit(struct side *side);

#endif
