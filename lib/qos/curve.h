/* SPDX-License-Identifier: Apache-2.0 */
/*
 * P-256, which is all the public-key cryptography of QOS that a verifier needs:
 * points, and ECDSA with SHA-256 over a raw r || s. Works in a private OpenSSL
 * library context: no openssl.cnf, no provider of the host takes part.
 */
#ifndef NITRO_QOS_CURVE_H
#define NITRO_QOS_CURVE_H

#include "base/cleanup.h"
#include "base/compiler.h"
#include "base/span.h"
#include "qos/error.h"

/* Immutable; any number of threads may use it. */
struct curve;

/* QOS_OK, NO_MEMORY or INTERNAL. */
enum qos_error curve_new(struct curve **ret_curve) _must_use_;
void curve_free(struct curve *curve);
DEFINE_CLEANUP(struct curve *, curve_free)

/* Is this an uncompressed point (04, x, y) on P-256? QOS_OK, MEMBER_KEY, NO_MEMORY
 * or INTERNAL. */
enum qos_error curve_check_point(const struct curve *curve,
				 struct span point) _must_use_;

/* ECDSA with SHA-256 over `message`. QOS_OK, APPROVAL_SIGNATURE_SIZE,
 * APPROVAL_SIGNATURE, or what curve_check_point() says of the point. */
enum qos_error curve_verify(const struct curve *curve, struct span point,
			    struct span message,
			    struct span signature) _must_use_;

#endif
