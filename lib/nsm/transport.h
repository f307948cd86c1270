/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One question to a module, one answer, within a deadline. The module is the
 * device of an enclave (by ioctl) or the simulator's socket: a Unix socket of
 * type SOCK_SEQPACKET, on which each connection carries one packet with the
 * request and one with the response. What the bytes mean is not known here.
 */
#ifndef NITRO_NSM_TRANSPORT_H
#define NITRO_NSM_TRANSPORT_H

#include "base/compiler.h"
#include "base/span.h"
#include "nsm/protocol.h"

/* How long a module may take by default: a genuine one answers in milliseconds,
 * sshd and pam_nitro wait for seconds. */
#define NSM_DEADLINE_MS 4000u

/* Asks the module at `path`. Returns 0, or a negative errno: -ENOTTY neither a
 * device nor a socket; -ETIMEDOUT no answer in time; -EMSGSIZE request or
 * response too large; -ECONNRESET closed without an answer; or what open(),
 * connect() and ioctl() say. */
int nsm_exchange(const char *path, struct span request, unsigned deadline_ms,
		 uint8_t ret_response[static NSM_RESPONSE_MAX],
		 size_t *ret_size) _must_use_;

/* One sentence for an error of nsm_exchange(), for people; static text. */
const char *nsm_exchange_explain(int error);

#endif
