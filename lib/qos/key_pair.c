/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "qos/key_pair.h"

/* SEC 1 section 2.3.3: how an uncompressed point begins. */
#define UNCOMPRESSED 0x04

bool qos_key_pair_split(struct span blob, struct qos_key_pair *ret_pair)
{
	if (blob.size != QOS_KEY_SIZE || blob.data[0] != UNCOMPRESSED ||
	    blob.data[QOS_POINT_SIZE] != UNCOMPRESSED)
		return false;
	ret_pair->encryption = span_of(blob.data, QOS_POINT_SIZE);
	ret_pair->signing = span_of(blob.data + QOS_POINT_SIZE, QOS_POINT_SIZE);
	return true;
}

enum qos_error qos_key_pair_check(const struct curve *curve, struct span blob)
{
	struct qos_key_pair pair;
	enum qos_error e;

	if (!qos_key_pair_split(blob, &pair))
		return QOS_E_MEMBER_KEY;
	e = curve_check_point(curve, pair.encryption);
	return e != QOS_OK ? e : curve_check_point(curve, pair.signing);
}
