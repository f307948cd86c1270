/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An application with a key that a document carries, and what it answers: signatures,
 * VisualSign's responses, Turnkey's proofs.
 */
#ifndef NITRO_SIM_RESPOND_H
#define NITRO_SIM_RESPOND_H

#include <jansson.h>
#include <openssl/evp.h>

#include "base/compiler.h"
#include "nitro-sim/bytes.h"

struct respond_options {
	EVP_PKEY *key;		/* signs; P-256 for all but messages */
	struct span public_key; /* as the document carries it */
	struct span text;	/* the message, payload or proof */
	struct span payload;	/* VisualSign: what was sent to be shown */
	struct span document;	/* VisualSign: the boot proof; or absent */
};

/* Appends the signature of a message: of a curve in DER, RSA with PSS, Ed25519. 0,
 * -ENOMEM or -EIO. */
int respond_sign(const struct respond_options *options,
		 struct bytes *signature) _must_use_;

/* The JSON of a VisualSign gateway, or of a Turnkey proof. NULL when OpenSSL or memory
 * failed, the key is not on P-256, or the text is not UTF-8. */
json_t *respond_visualsign(const struct respond_options *options) _must_use_;
json_t *respond_turnkey(const struct respond_options *options) _must_use_;

#endif
