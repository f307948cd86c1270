/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificate that a TLS server shows and proves to have the key of. Nothing else
 * about it is believed: no authority, name or date is looked at, because a verified
 * document vouches for it or nobody does.
 */
#ifndef NITRO_NITROCTL_TLS_FETCH_H
#define NITRO_NITROCTL_TLS_FETCH_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/read_file.h"

/* How long connection and handshake may take; the name's look-up comes before. */
#define TLS_FETCH_MS 10000

/* True for "HOST:PORT", "[ADDRESS]:PORT". */
bool tls_fetch_is_address(const char *text);

/* Connects and writes the certificate in DER. False, after a complaint. */
bool tls_fetch(const char *address, struct buffer *ret_der) _must_use_;

#endif
