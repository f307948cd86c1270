/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a document can be bound to, so that nobody else than its owner gets in with
 * it: the challenge of this very question, the SSH key of the login, this host, the
 * key inside of it.
 */
#ifndef NITRO_POLICY_BINDING_H
#define NITRO_POLICY_BINDING_H

#include "policy/verdict.h"

/* X(CODE, bit, CHECK, "word"): the words of `bind`, and the check that tells. */
#define BINDING_TABLE(X)                                                       \
	X(NONCE, 0, CHALLENGE, "nonce")                                        \
	X(SSH_KEY, 1, SSH_KEY, "ssh-key")                                      \
	X(HOST, 2, HOST, "host")                                               \
	X(KEY, 3, KEY, "key")

enum binding {
#define BINDING_CODE(code, bit, check, word) BIND_##code = 1 << (bit),
	BINDING_TABLE(BINDING_CODE)
#undef BINDING_CODE
};
#define BINDING_COUNT 4u

/* What a signature by the document's own key over the challenge said. */
enum key_proof {
	KEY_PROOF_NOT_GIVEN,
	KEY_PROOF_HOLDS,
	KEY_PROOF_FAILS,
};

/* The words of `bind`, by the number of their bit: "nonce", "ssh-key", … */
const char *binding_name(unsigned index);

/* "nonce, ssh-key, host, key" fits. */
#define BINDINGS_TEXT_SIZE 32u
/* The words of all bits in `bindings`; "none" for 0. */
void bindings_text(unsigned bindings, char ret_text[static BINDINGS_TEXT_SIZE]);

/* BIND_* of the checks that passed: what a live verdict is bound to. */
unsigned verdict_bindings(const struct verdict *verdict);

#endif
