/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client of sshd offers: a key, or a certificate that carries a document. It
 * is read strictly, and what sshd would refuse later is refused here, so that nobody
 * is asked about it. Nothing is believed: the client need not have the key yet.
 */
#ifndef NITRO_AUTHORIZED_KEYS_OFFER_H
#define NITRO_AUTHORIZED_KEYS_OFFER_H

#include "base/compiler.h"
#include "base/span.h"
#include "client/answer.h"
#include "ssh/certificate.h"

/* X(CODE, "name", "sentence", "hint") */
#define OFFER_REFUSAL_TABLE(X)                                                 \
	X(UNREADABLE, "key-unreadable", "The key cannot be read.", "")         \
	X(NO_DOCUMENT, "certificate-without-document",                         \
	  "The certificate carries no attestation document.", "")              \
	X(BAD_DOCUMENT, "certificate-document-malformed",                      \
	  "The certificate's document is not one packed string.",              \
	  "Make the certificate by 'nitro-attest ssh-cert'.")                  \
	X(HOST, "certificate-of-a-host",                                       \
	  "The certificate is that of a host, not of a user.",                 \
	  "Make the certificate by 'nitro-attest ssh-cert'.")                  \
	X(AUTHORITY, "certificate-not-self-signed",                            \
	  "Another key than its own has signed the certificate.",              \
	  "Make the certificate by 'nitro-attest ssh-cert'.")                  \
	X(USER, "certificate-other-user",                                      \
	  "The user is none of the certificate's principals.",                 \
	  "Name him with --user of 'nitro-attest ssh-cert'.")                  \
	X(TIME, "certificate-not-valid",                                       \
	  "The certificate is not valid at this time.",                        \
	  "Renew it by 'nitro-attest ssh-cert --refresh'; see the host's "     \
	  "clock.")

struct offer {
	bool is_certificate;
	struct span blob; /* key or certificate, in SSH wire format */
	struct span key;  /* the plain key, whichever it is */
	uint8_t blob_bytes[SSH_CERTIFICATE_MAX];
	uint8_t key_bytes[SSH_KEY_BLOB_MAX];
};

/* What sshd says about the client, in its own words. */
struct offer_texts {
	const char *user;
	const char *type;   /* %t */
	const char *base64; /* %k */
};

/* Reads it at `now`, in seconds since 1970. True, and an offer whose spans point
 * into itself; or false and a denial. */
bool offer_read(const struct offer_texts *texts, uint64_t now,
		struct offer *ret_offer, struct answer *reterr_answer);

/* True for a denial by offer_read() that says nothing but that somebody offers a key
 * which has nothing to do with attestation. */
bool offer_is_ordinary(const struct offer_texts *texts,
		       const struct answer *answer);

/* Characters of a line for sshd, with newline and NUL. */
#define OFFER_LINE_SIZE (SSH_LINE_SIZE(SSH_KEY_BLOB_MAX) + 32u)

/* Writes the line of authorized_keys(5) that lets exactly this key in. */
size_t offer_line(const struct offer *offer,
		  char ret_line[static OFFER_LINE_SIZE]);

#endif
