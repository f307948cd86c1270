/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What plain keys and certificates share: the table of types and the fields of a
 * key. Private to lib/ssh.
 */
#ifndef NITRO_SSH_KEY_PRIVATE_H
#define NITRO_SSH_KEY_PRIVATE_H

#include "ssh/key.h"
#include "ssh/wire.h"

struct key_type {
	enum ssh_key_type type;
	const char *name;
	const char *certificate_name;
	const char *curve; /* ECDSA: as in the wire format; else NULL */
	size_t point_size; /* 0 for RSA */
};

/* NULL for a type that is not known. */
const struct key_type *key_type_find(struct span name, bool is_certificate);

/* Reads the fields of a key of this type, up to whatever follows them. SSH_OK,
 * SSH_E_KEY or SSH_E_ENCODING. */
enum ssh_error key_read_fields(struct wire_reader *reader,
			       const struct key_type *type,
			       struct ssh_key *ret_key) _must_use_;

#endif
