/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far measurements are from the releases of a policy. It compares and never
 * decides: what equals a release here has still to be judged.
 */
#ifndef NITRO_NITROCTL_CLOSEST_H
#define NITRO_NITROCTL_CLOSEST_H

#include "policy/policy.h"

/* The PCRs of a document; SPAN_ABSENT where it has none. */
struct measurements {
	enum evidence_kind kind;
	struct span pcrs[ATTEST_PCR_COUNT];
};

void measurements_of(const struct evidence *evidence,
		     struct measurements *ret_measurements);

struct closest_release {
	bool found;
	struct policy_image_info image;
	struct policy_release_info release;
	uint32_t named;	    /* bit i: the release names PCR i */
	uint32_t different; /* of those: the document has another or none */
};

/* Which images are looked at. */
enum closest_where {
	CLOSEST_AMONG,	 /* those that the requirements name; all, if none */
	CLOSEST_OUTSIDE, /* all others */
};

/* The release of the same kind with the most equal PCRs; the first of several.
 * A release that is in force at now_ms goes before one that is not. */
void closest_find(const struct policy *policy,
		  const struct requirements *requirements,
		  enum closest_where where,
		  const struct measurements *measurements, int64_t now_ms,
		  struct closest_release *ret_closest);

/* The bits of PCRs in which a release differs. */
uint32_t closest_different(const struct policy_release_info *release,
			   const struct measurements *measurements);

static inline unsigned closest_count(uint32_t bits)
{
	return (unsigned)__builtin_popcount(bits);
}

#endif
