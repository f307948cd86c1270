/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing a login with the key of a document (`bind = key`). What is signed is what
 * this side believes: host and user as OpenSSH names them in front of its prompt, or
 * as the caller says; never what a server wrote. These functions speak to the person
 * at the terminal when they fail: one sentence on standard error.
 */
#ifndef NITRO_ATTEST_SIGN_H
#define NITRO_ATTEST_SIGN_H

#include "base/compiler.h"
#include "base/read_file.h"
#include "nitro-attest/prompt.h"

/* As given on the command line; NULL: from the environment, see nitro-attest(1). */
struct sign_options {
	const char *key; /* file with a private key in PEM */
	const char *host;
	const char *service;
	const char *user;
};

/* True when the options or the environment name a key. */
bool sign_is_configured(const struct sign_options *options);

/* Signs the login at `prompt`: P-256 with SHA-256 and P-384 with SHA-384 in DER, RSA
 * with PSS and SHA-256, or Ed25519. 0, or a negative errno; the sentence has been
 * said. */
int sign_login(const struct sign_options *options, const struct prompt *prompt,
	       struct buffer *ret_signature) _must_use_;

#endif
