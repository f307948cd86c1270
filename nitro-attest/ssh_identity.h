/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key pair for SSH: made, used for one kind of signature, and written to and read
 * from the file that OpenSSH keeps it in. The private half leaves this file in that
 * form only; nothing here asks for or knows a passphrase.
 */
#ifndef NITRO_ATTEST_SSH_IDENTITY_H
#define NITRO_ATTEST_SSH_IDENTITY_H

#include <openssl/evp.h>

#include "base/cleanup.h"
#include "ssh/key.h"
#include "ssh/wire.h"

struct identity {
	EVP_PKEY *key;
	enum ssh_key_type type; /* SSH_KEY_ED25519 or SSH_KEY_ECDSA_P256 */
	size_t blob_size;
	uint8_t blob[SSH_KEY_BLOB_MAX]; /* the public key, SSH wire format */
};

#define IDENTITY_EMPTY ((struct identity){ .key = NULL })

static inline struct span identity_blob(const struct identity *identity)
{
	return span_of(identity->blob, identity->blob_size);
}

/* Makes a new pair. 0; -ENOTSUP for another type; -EIO when OpenSSL cannot. */
int identity_generate(enum ssh_key_type type,
		      struct identity *ret_identity) _must_use_;
void identity_clear(struct identity *identity);
#define _cleanup_identity_ _cleanup_(identity_clear)

/* Appends the signature over `message` as a blob (RFC 8709 section 6, RFC 5656
 * section 3.1.2). 0 or -EIO. */
int identity_sign(const struct identity *identity, struct span message,
		  struct wire_writer *writer) _must_use_;

/* The text of a private key file is not longer than this, with its final NUL. */
#define IDENTITY_FILE_MAX 2048u

/* Writes the private key file (PROTOCOL.key of OpenSSH, without encryption), which
 * the caller wipes after use. Returns its characters, 0 when OpenSSL cannot. */
size_t identity_write(const struct identity *identity, const char *comment,
		      char ret_text[static IDENTITY_FILE_MAX]);

/* Reads such a file. 0; -EINVAL when it is none, holds other than one unencrypted
 * key of the types above, or its halves do not belong together; -EIO. */
int identity_read(struct span text, struct identity *ret_identity) _must_use_;

#endif
