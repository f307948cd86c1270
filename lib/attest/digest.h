/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests for everybody outside the verifier: SHA-256, SHA-384, and the values
 * that PCRs have when they measure something that an admin knows (AWS, "Where to
 * get an enclave's measurements"). Judges nothing.
 */
#ifndef NITRO_ATTEST_DIGEST_H
#define NITRO_ATTEST_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "attest/error.h"
#include "attest/limits.h"
#include "base/cleanup.h"
#include "base/compiler.h"
#include "base/span.h"

/* A certificate that signs enclave images, PEM or DER with text around it. */
#define DIGEST_CERTIFICATE_FILE_MAX 65536u

/* Owns a private OpenSSL library context: no openssl.cnf, no provider of the host
 * takes part. Making one costs far more than a digest, so it is made once.
 * Immutable; any number of threads may use it. */
struct digest;

/* ATTEST_OK, ATTEST_E_NO_MEMORY or ATTEST_E_INTERNAL; so for all that follows. */
enum attest_error digest_new(struct digest **ret_digest) _must_use_;
void digest_free(struct digest *digest);
DEFINE_CLEANUP(struct digest *, digest_free)

/* Over the parts in order, as if they stood together. */
enum attest_error
digest_sha256(const struct digest *digest, const struct span *parts,
	      size_t count,
	      uint8_t ret_sha256[static ATTEST_SHA256_SIZE]) _must_use_;
enum attest_error
digest_sha384(const struct digest *digest, const struct span *parts,
	      size_t count,
	      uint8_t ret_sha384[static ATTEST_SHA384_SIZE]) _must_use_;

/* A PCR that was extended once, from zeros, with the text itself: PCR3 of the
 * ARN of an IAM role, PCR4 of an instance id. */
enum attest_error
digest_pcr_of_text(const struct digest *digest, struct span text,
		   uint8_t ret_pcr[static ATTEST_SHA384_SIZE]) _must_use_;

/* A PCR that was extended once, from zeros, with the SHA-384 of a content: PCR0,
 * PCR1 and PCR2 of the parts of an image. */
enum attest_error
digest_pcr_of_content(const struct digest *digest, const struct span *parts,
		      size_t count,
		      uint8_t ret_pcr[static ATTEST_SHA384_SIZE]) _must_use_;

/* PCR8 of the certificate that signed an image: the file is either exactly one DER
 * certificate, or PEM with exactly one CERTIFICATE block and text around it.
 * Further ATTEST_E_ROOT_FILE (not one PEM certificate) and
 * ATTEST_E_CERTIFICATE_ENCODING. Neither key, names nor dates are judged. */
enum attest_error digest_pcr_of_certificate(
	const struct digest *digest, struct span file,
	uint8_t ret_pcr[static ATTEST_SHA384_SIZE]) _must_use_;

#endif
