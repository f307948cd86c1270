/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A self-signed OpenSSH user certificate (PROTOCOL.certkeys of OpenSSH) that carries
 * the attestation document of its key. The certificate proves nothing by itself: it
 * is how the document travels, and sshd lets only the holder of the key use it.
 */
#ifndef NITRO_ATTEST_SSH_CERTIFICATE_H
#define NITRO_ATTEST_SSH_CERTIFICATE_H

#include "base/read_file.h"
#include "nitro-attest/ssh_identity.h"

struct certificate_order {
	const struct identity *identity;
	const char *users;     /* names of principals, with commas between */
	uint64_t valid_after;  /* seconds since 1970 */
	uint64_t valid_before; /* first second of no validity */
	struct span document;
};

/* Writes the certificate as a line of text, "TYPE BASE64 COMMENT" and a newline. 0;
 * -E2BIG when it would be larger than certificates are; -ENOMEM; -EIO when OpenSSL
 * cannot. */
int certificate_make(const struct certificate_order *order, const char *comment,
		     struct buffer *ret_line) _must_use_;

/* The same for a public key alone. */
int public_line_make(struct span blob, const char *comment,
		     struct buffer *ret_line) _must_use_;

#endif
