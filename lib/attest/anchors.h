/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trusted roots. Nothing that a document carries ever becomes one: a document's
 * first certificate must be byte-equal to a root that the host already holds.
 */
#ifndef NITRO_ATTEST_ANCHORS_H
#define NITRO_ATTEST_ANCHORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attest/error.h"
#include "base/cleanup.h"
#include "base/compiler.h"
#include "base/span.h"

/* The label of the built-in AWS Nitro Enclaves root G1, reserved for it. */
#define ANCHORS_AWS_LABEL "aws"

/* An immutable set once it is shared; any number of threads may verify with it.
 * Owns a private OpenSSL library context: no openssl.cnf, no provider of the host
 * takes part. */
struct anchors;

/* An empty set. ATTEST_OK, ATTEST_E_NO_MEMORY or ATTEST_E_INTERNAL. */
enum attest_error anchors_new(struct anchors **ret_anchors) _must_use_;
void anchors_free(struct anchors *anchors);
DEFINE_CLEANUP(struct anchors *, anchors_free)

/* Adds the AWS root that is part of this program, after comparing its SHA-256
 * with the fingerprint that AWS publishes. */
enum attest_error anchors_add_aws(struct anchors *anchors) _must_use_;

/* Adds the one certificate of a PEM file (exactly one CERTIFICATE block; text
 * around it is allowed). `label` has 1..ATTEST_LABEL_MAX characters of a-z 0-9 . _
 * - and is neither in use nor ANCHORS_AWS_LABEL. The certificate must itself pass
 * the checks of a root: self-issued P-384 CA with keyCertSign. Errors:
 * ATTEST_E_ROOT_FILE (not one certificate), ATTEST_E_ROOT_LABEL,
 * ATTEST_E_ROOT_COUNT, ATTEST_E_ROOT_DUPLICATE (the same certificate twice), the
 * errors of the certificate checks, ATTEST_E_NO_MEMORY. */
enum attest_error anchors_add_pem(struct anchors *anchors, const char *label,
				  struct span pem) _must_use_;

/* What is in the set, for listings; 0 <= index < anchors_count(). The label and
 * the ATTEST_SHA256_SIZE bytes of the DER fingerprint live as long as the set. */
size_t anchors_count(const struct anchors *anchors);
const char *anchors_label(const struct anchors *anchors, size_t index);
struct span anchors_fingerprint(const struct anchors *anchors, size_t index);

/* Whether the set has the certificate with this fingerprint under this label. */
bool anchors_hold(const struct anchors *anchors, const char *label,
		  struct span fingerprint);

#endif
