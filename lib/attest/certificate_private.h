/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What certificate.c and certificate_extensions.c share. Private to the two.
 */
#ifndef NITRO_ATTEST_CERTIFICATE_PRIVATE_H
#define NITRO_ATTEST_CERTIFICATE_PRIVATE_H

#include <openssl/crypto.h>

#include "attest/certificate.h"
#include "base/cleanup.h"

/* What OpenSSL encoded: i2d functions return the size, or less than 1. */
struct encoding {
	uint8_t *data;
	int size;
};

static inline void encoding_free(struct encoding encoding)
{
	OPENSSL_free(encoding.data);
}
DEFINE_CLEANUP(struct encoding, encoding_free)

#define _cleanup_encoding_ _cleanup_(encoding_freep)

static inline bool encoding_equals(const struct encoding *encoding,
				   struct span bytes)
{
	return encoding->size > 0 &&
	       span_equal(span_of(encoding->data, (size_t)encoding->size),
			  bytes);
}

/* An OpenSSL call failed on a certificate: for lack of memory, or because of what
 * the certificate is. */
enum attest_error certificate_refuse(struct attest_failure *failure,
				     enum attest_error error,
				     const char *expected, const char *actual);

/* Checks each extension (RFC 5280 section 4.2) and takes what basicConstraints
 * and keyUsage say. */
enum attest_error
certificate_read_extensions(struct certificate *certificate,
			    struct attest_failure *failure) _must_use_;

#endif
