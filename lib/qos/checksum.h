/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exact application by what it, or the runtime that started it, put into the
 * document's user_data: level 3 without QOS.
 */
#ifndef NITRO_QOS_CHECKSUM_H
#define NITRO_QOS_CHECKSUM_H

#include "attest/evidence.h"
#include "base/cleanup.h"
#include "base/compiler.h"
#include "qos/error.h"

struct checksum;

/* Reads
 *	sha256:HEX		SHA-256 of the user_data
 *	HEX			the user_data itself
 *	json:MEMBER=VALUE	a member of a JSON object: a string, or an integer
 *	cbor:KEY=VALUE		a value of a CBOR map: a text, an integer, or
 *				bytes, for which VALUE is hex
 * where MEMBER/MEMBER and KEY/KEY lead into nested objects and maps. QOS_OK,
 * MANIFEST_VALUE when it is none of these, or NO_MEMORY. */
enum qos_error checksum_parse(const char *text,
			      struct checksum **ret_checksum) _must_use_;
void checksum_free(struct checksum *checksum);
DEFINE_CLEANUP(struct checksum *, checksum_free)

/* As it was written; borrowed. */
const char *checksum_text(const struct checksum *checksum);

/* QOS_OK, CHECKSUM_ABSENT, CHECKSUM_DIFFERENT or NO_MEMORY. A member that stands
 * twice, on the way or at its end, is absent. */
enum qos_error checksum_check(const struct checksum *checksum,
			      const struct evidence *evidence,
			      struct qos_failure *reterr_failure) _must_use_;

#endif
