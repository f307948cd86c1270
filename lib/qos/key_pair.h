/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public key of QOS: two points on P-256 in one blob of 130 bytes. The first is
 * encrypted to, signatures are verified with the second.
 */
#ifndef NITRO_QOS_KEY_PAIR_H
#define NITRO_QOS_KEY_PAIR_H

#include "base/compiler.h"
#include "qos/curve.h"

/* Views into the blob, QOS_POINT_SIZE bytes each. */
struct qos_key_pair {
	struct span encryption;
	struct span signing;
};

/* True when the blob has the form of such a key: QOS_KEY_SIZE bytes, both points
 * uncompressed (04). Whether they lie on the curve is not looked at. */
bool qos_key_pair_split(struct span blob,
			struct qos_key_pair *ret_pair) _must_use_;

/* The same, and both points lie on P-256. QOS_OK, QOS_E_MEMBER_KEY, NO_MEMORY or
 * INTERNAL. */
enum qos_error qos_key_pair_check(const struct curve *curve,
				  struct span blob) _must_use_;

#endif
