/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenSSH certificates (PROTOCOL.certkeys of OpenSSH, version 01): what stands in
 * one. Nothing here verifies a signature: sshd has, before it says that a
 * certificate was used.
 */
#ifndef NITRO_SSH_CERTIFICATE_H
#define NITRO_SSH_CERTIFICATE_H

#include "ssh/key.h"

/* An attestation document of at most 16 KiB and the certificate around it. */
#define SSH_CERTIFICATE_MAX 32768u

/* As OpenSSH has it for principals; no certificate has half as many options. */
#define SSH_PRINCIPALS_MAX 256u
#define SSH_OPTIONS_MAX	   64u

/* The extension whose value is the attestation document of the certified key. */
#define SSH_EXTENSION_DOCUMENT "nitro-attestation@nitro-policyd.org"

enum ssh_certificate_kind {
	SSH_CERTIFICATE_USER = 1,
	SSH_CERTIFICATE_HOST = 2,
};

/* Points into the bytes that it was read from. */
struct ssh_certificate {
	struct ssh_key key; /* the certified one */
	uint64_t serial;
	enum ssh_certificate_kind kind;
	struct span key_id; /* text without NUL */
	size_t principal_count;
	struct span principals;	   /* packed; see below */
	uint64_t valid_after;	   /* first second since 1970 */
	uint64_t valid_before;	   /* first second of no validity */
	struct span critical;	   /* packed critical options */
	struct span extensions;	   /* packed; see below */
	struct span signature_key; /* blob of the authority's key, not judged */
	struct span signed_part;   /* all before the signature */
	struct span signature;	   /* blob, not judged */
};

/* Reads a certificate: all its fields are there, of a known type and kind, nothing
 * follows, no name stands twice among critical options or extensions. Errors as
 * ssh_key_read(), and SSH_E_CERTIFICATE. */
enum ssh_error
ssh_certificate_read(struct span blob,
		     struct ssh_certificate *ret_certificate) _must_use_;

/* The key of a plain key or of a certificate, whichever `blob` is. Errors as
 * ssh_certificate_read(). */
enum ssh_error ssh_key_read_any(struct span blob,
				struct ssh_key *ret_key) _must_use_;

/* True when `name` is one of the principals. A certificate without principals has
 * none; what that means is the caller's to decide. */
bool ssh_certificate_has_principal(const struct ssh_certificate *certificate,
				   const char *name);

/* valid_after <= now < valid_before */
bool ssh_certificate_is_valid_at(const struct ssh_certificate *certificate,
				 uint64_t now);

/* The value of an extension, without the length that OpenSSH packs before it; empty
 * and present for one that has no value. SSH_E_ABSENT; SSH_E_CERTIFICATE when the
 * value is not exactly one packed string. */
enum ssh_error
ssh_certificate_extension(const struct ssh_certificate *certificate,
			  const char *name, struct span *ret_value) _must_use_;

/* True when the certificate carries a critical option; a reader that knows none
 * must refuse it. */
static inline bool
ssh_certificate_has_critical(const struct ssh_certificate *certificate)
{
	return certificate->critical.size > 0;
}

#endif
