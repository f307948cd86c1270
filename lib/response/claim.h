/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a response in JSON says that its application signed, and with which key.
 * Private to lib/response.
 */
#ifndef NITRO_RESPONSE_CLAIM_H
#define NITRO_RESPONSE_CLAIM_H

#include "response/response.h"

struct response_claim {
	struct buffer message;
	struct buffer signature;
	struct buffer key;
	/* VisualSign: of the boot proof beside it; empty: none was named. */
	struct buffer boot_key;
};

void response_claim_free(struct response_claim claim);
DEFINE_CLEANUP(struct response_claim, response_claim_free)

/* Both: RESPONSE_OK, or an error and the failure; what they wrote to the claim
 * until then is the caller's, too. */

/* The message is SHA-256 over the Borsh of the payload; it is compared with the one
 * that the response names, and with what was sent. */
enum response_error
claim_read_visualsign(const struct key_library *library,
		      const struct response_input *input,
		      struct response_claim *claim,
		      struct response_failure *failure) _must_use_;

enum response_error
claim_read_turnkey(const struct response_input *input,
		   struct response_claim *claim,
		   struct response_failure *failure) _must_use_;

#endif
