/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which release a document is of: looked up, not scanned. Finds; the appraisal
 * decides. Private to lib/policy.
 */
#ifndef NITRO_POLICY_RECOGNISE_H
#define NITRO_POLICY_RECOGNISE_H

#include "policy/rules.h"

/* Whose release is asked for, among which images, and when. */
struct query {
	const struct policy *policy;
	const struct requirements *requirements; /* the images that count */
	const struct evidence *evidence;
	int64_t now_ms;
	struct manifest_claim *manifest; /* what came with the document */
};

/* Whether a release is in force; the least is preferred. */
enum force {
	FORCE_IN,
	FORCE_REVOKED,
	FORCE_EXPIRED,
	FORCE_NOT_YET,
};

/* What was found in the lookup of one document. */
struct search {
	const struct release *match; /* equals the whole tuple */
	enum force force;	     /* of the match */
	/* Without a match: the same PCRs, but another user_data. */
	const struct release *other_user_data;
};

/* Takes a lookup in each run, however many releases there are. Of releases that
 * only their manifests tell apart, it is the one whose level 3 holds; else the one
 * that allows least. */
struct search search_releases(const struct query *query);

/* The release that shares most PCRs with a document of which there is none. */
struct closest {
	const struct release *release; /* NULL: no image of the kind */
	unsigned matches;
	unsigned different; /* the first PCR that differs */
	unsigned seen;
};

/* For messages only: looks at a bounded number of releases. */
struct closest find_closest(const struct query *query);

#endif
