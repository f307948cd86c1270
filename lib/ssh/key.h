/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSH public keys in their wire format (RFC 4253 section 6.6, RFC 5656, RFC 8709),
 * as lines of text, and as SubjectPublicKeyInfo. Reads strictly: one sequence of
 * bytes for each key. Computes nothing with keys and proves nothing about them.
 */
#ifndef NITRO_SSH_KEY_H
#define NITRO_SSH_KEY_H

#include "base/compiler.h"
#include "base/span.h"
#include "ssh/error.h"

/* OpenSSH takes RSA keys of up to 16384 bits; fewer than 2048 are not safe. */
#define SSH_RSA_MODULUS_MIN  256u
#define SSH_RSA_MODULUS_MAX  2048u
#define SSH_RSA_EXPONENT_MAX 8u

/* The largest plain key and its SubjectPublicKeyInfo are those of RSA. */
#define SSH_KEY_BLOB_MAX 2112u
#define SSH_KEY_SPKI_MAX 2112u

/* "ecdsa-sha2-nistp256-cert-v01@openssh.com" and its NUL, and some. */
#define SSH_TYPE_NAME_SIZE 48u

enum ssh_key_type {
	SSH_KEY_ED25519,
	SSH_KEY_ECDSA_P256,
	SSH_KEY_ECDSA_P384,
	SSH_KEY_ECDSA_P521,
	SSH_KEY_RSA,
};

/* Points into the bytes that it was read from. */
struct ssh_key {
	enum ssh_key_type type;
	/* What stands behind the name of the type, the same in a plain key and in
	 * a certificate. */
	struct span fields;
	/* Ed25519: 32 bytes. ECDSA: 4, x, y. Absent for RSA. Whether a point is on
	 * its curve is not known here. */
	struct span point;
	/* RSA: big-endian, without zeros in front. Else absent. */
	struct span exponent;
	struct span modulus;
};

/* "ssh-ed25519", … and "ssh-ed25519-cert-v01@openssh.com", …; static. */
const char *ssh_key_type_name(enum ssh_key_type type);
const char *ssh_certificate_type_name(enum ssh_key_type type);

/* True for bytes that begin with the name of a certificate's type. Says nothing
 * about the rest of them. */
bool ssh_is_certificate(struct span blob);

/* Reads a plain key: SSH_E_SIZE, ENCODING, TYPE or KEY when it is none. */
enum ssh_error ssh_key_read(struct span blob,
			    struct ssh_key *ret_key) _must_use_;

/* Writes the plain key: exactly the bytes that ssh_key_read() reads it from.
 * Returns how many. */
size_t ssh_key_write(const struct ssh_key *key,
		     uint8_t ret_blob[static SSH_KEY_BLOB_MAX]);

/* Writes the key as DER SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7; RFC 3279
 * section 2.3.1, RFC 5480 with named curve and uncompressed point, RFC 8410).
 * Returns how many bytes. */
size_t ssh_key_write_spki(const struct ssh_key *key,
			  uint8_t ret_spki[static SSH_KEY_SPKI_MAX]);

/* Reads "TYPE BASE64" with or without " COMMENT", as in authorized_keys without
 * options, in *.pub files, and behind the method's name in SSH_AUTH_INFO_0. No line
 * end. TYPE must be the one that the bytes begin with; otherwise they are not
 * judged. SSH_E_LINE, or SSH_E_SIZE when they do not fit into `capacity`. */
enum ssh_error ssh_line_read(struct span line, uint8_t *ret_blob,
			     size_t capacity, size_t *ret_size) _must_use_;

/* The plain key of a file as ssh-keygen writes it, *.pub or *-cert.pub: one line, its
 * end may be missing. Errors of ssh_line_read() and ssh_key_read_any(). */
enum ssh_error ssh_file_read(struct span file,
			     uint8_t ret_blob[static SSH_KEY_BLOB_MAX],
			     size_t *ret_size) _must_use_;

/* Characters that ssh_line_write() writes at most for `size` bytes, with the final
 * NUL. */
#define SSH_LINE_SIZE(size) (SSH_TYPE_NAME_SIZE + ((size) + 2) / 3 * 4 + 2)

/* Writes "TYPE BASE64" of a key or certificate that was read before; `ret_line` has
 * room for SSH_LINE_SIZE(blob.size). SSH_E_ENCODING or SSH_E_TYPE when `blob` does
 * not begin with a type that is known here. */
enum ssh_error ssh_line_write(struct span blob, char *ret_line) _must_use_;

#endif
