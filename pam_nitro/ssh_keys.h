/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSH_AUTH_INFO_0: what sshd says in the PAM environment about the methods that this
 * login has completed. A line for each; "publickey TYPE BASE64" holds a key or a
 * certificate whose possession was proven. What is in it is the daemon's to read.
 */
#ifndef NITRO_PAM_SSH_KEYS_H
#define NITRO_PAM_SSH_KEYS_H

#include <security/pam_modules.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/read_file.h"
#include "client/answer.h"
#include "pam_nitro/decision.h"

/* All lines; keys; bytes of a key or certificate in SSH's wire format. A
 * certificate that carries a document is the largest. */
#define SSH_KEYS_TEXT_MAX 262144
#define SSH_KEYS_MAX	  4
#define SSH_KEYS_BLOB_MAX 32768

struct ssh_keys {
	size_t count;
	struct {
		struct buffer blob;
		bool certificate; /* as its type says */
	} keys[SSH_KEYS_MAX];
};

#define SSH_KEYS_EMPTY ((struct ssh_keys){ .count = 0 })

/* The keys in the order in which they were proven; none where sshd says nothing.
 * Types of keys that no document can be bound to are left out.
 * False and *reterr_answer when it cannot be read. The caller clears *ret_keys. */
bool ssh_keys_find(pam_handle_t *pamh, enum phase phase,
		   struct ssh_keys *ret_keys,
		   struct answer *reterr_answer) _must_use_;

/* The same from the text alone. */
bool ssh_keys_read(const char *text, struct ssh_keys *ret_keys,
		   struct answer *reterr_answer) _must_use_;

void ssh_keys_clear(struct ssh_keys *keys);

#endif
