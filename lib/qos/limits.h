/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every bound of the reader of manifests. Sizes are bytes. Real manifests have
 * about 2 KiB, and their envelopes less than 10 KiB as JSON.
 */
#ifndef NITRO_QOS_LIMITS_H
#define NITRO_QOS_LIMITS_H

#define QOS_MANIFEST_MAX (256u * 1024u)

/* An environment stands at depth 6 of an envelope, the deepest of all. */
#define QOS_DEPTH_MAX 8u

#define QOS_MEMBERS_MAX	  128u /* of each set; and as many approvals */
#define QOS_BRIDGES_MAX	  128u
#define QOS_ARGUMENTS_MAX 1024u
#define QOS_VARIABLES_MAX 512u
#define QOS_RESOLVERS_MAX 16u

#define QOS_HASH_SIZE	   32u
#define QOS_PCR_SIZE	   48u
#define QOS_POINT_SIZE	   65u	/* 04, x, y */
#define QOS_KEY_SIZE	   130u /* two points */
#define QOS_SIGNATURE_SIZE 64u	/* r || s */

/* Expected and actual value of a refusal, as text with its NUL. */
#define QOS_DETAIL_SIZE 256u

#endif
