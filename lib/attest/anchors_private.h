/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What chain.c needs of the trusted roots. Private to lib/attest.
 */
#ifndef NITRO_ATTEST_ANCHORS_PRIVATE_H
#define NITRO_ATTEST_ANCHORS_PRIVATE_H

#include "attest/anchors.h"

struct crypto;
struct x509_store_st;

/* The OpenSSL context of this set and of no other. */
struct crypto *anchors_crypto(const struct anchors *anchors);

/* The root that is byte-equal to `der`; false when the host trusts no such. */
bool anchors_find(const struct anchors *anchors, struct span der,
		  size_t *ret_index);

/* An OpenSSL store that holds this one root and nothing else. */
struct x509_store_st *anchors_store(const struct anchors *anchors,
				    size_t index);

#endif
