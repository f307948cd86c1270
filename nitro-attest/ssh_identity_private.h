/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the maker of key pairs and the reader and writer of their files share. For
 * ssh_identity.c and ssh_identity_file.c alone.
 */
#ifndef NITRO_ATTEST_SSH_IDENTITY_PRIVATE_H
#define NITRO_ATTEST_SSH_IDENTITY_PRIVATE_H

#include "nitro-attest/ssh_identity.h"

/* 4, x and y of P-256; a public key of Ed25519 has 32 bytes. */
#define POINT_MAX 65u

DEFINE_CLEANUP(EVP_PKEY *, EVP_PKEY_free)
#define _cleanup_key_ _cleanup_(EVP_PKEY_freep)

struct kind {
	enum ssh_key_type type;
	const char *openssl; /* name of the algorithm */
	const char *curve;   /* OpenSSL's name; NULL: Ed25519 */
	const char *name;    /* of the key and of its signatures */
	const char *ssh_curve;
};

/* NULL: no such pair is made here. */
const struct kind *kind_of(enum ssh_key_type type);

/* Makes an identity of a key, with a reference of its own. 0 or -EIO. */
int identity_adopt(const struct kind *kind, EVP_PKEY *key,
		   struct identity *ret_identity) _must_use_;

/* The fields of a public key: its name, its curve if it has one, its point. */
void write_public_fields(struct wire_writer *writer, const struct kind *kind,
			 struct span point);

/* An mpint (RFC 4251 section 5) from at most 32 bytes, big-endian, not negative. */
void write_mpint(struct wire_writer *writer, struct span number);

#endif
