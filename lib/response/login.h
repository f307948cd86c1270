/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an application signs with its key to log in (`bind = key`): it says what the
 * signature is for, so that no signature made for anything else can stand for it,
 * and whoever passes a challenge on gets one for another host.
 */
#ifndef NITRO_RESPONSE_LOGIN_H
#define NITRO_RESPONSE_LOGIN_H

#include "base/compiler.h"
#include "base/span.h"

#define LOGIN_NONCE_SIZE 32u
/* Characters of host, of service and of user. */
#define LOGIN_TEXT_MAX 256u

#define LOGIN_DOMAIN	  "nitro-login-v1"
#define LOGIN_MESSAGE_MAX (3 * LOGIN_TEXT_MAX + LOGIN_NONCE_SIZE + 32u)

struct login {
	const char *host; /* what the host calls itself: `uname -n` there */
	const char *service;
	const char *user;
};

/* Writes the domain, host, service and user, each with a newline behind it, and the
 * nonce of the challenge. Its size; 0 when a name is empty, too long, or holds
 * anything but printable ASCII without spaces. */
size_t login_message(const struct login *login,
		     const uint8_t nonce[static LOGIN_NONCE_SIZE],
		     uint8_t ret_message[static LOGIN_MESSAGE_MAX]) _must_use_;

#endif
