/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom CMS is for. OpenSSL takes a recipient only as a certificate, so a bare key
 * is dressed as one that nobody ever sees. Private to lib/seal.
 */
#ifndef NITRO_SEAL_RECIPIENT_H
#define NITRO_SEAL_RECIPIENT_H

#include <openssl/cms.h>

#include "key/public_key.h"

/* Adds the key to `cms`, with the algorithms that seal.h names. KEY_OK, NO_MEMORY
 * or INTERNAL. */
enum key_error recipient_add(const struct key_library *library,
			     const struct public_key *key,
			     CMS_ContentInfo *cms) _must_use_;

/* Once the recipient's part is encrypted: writes its algorithm byte for byte as KMS
 * does. KEY_OK, NO_MEMORY or INTERNAL. */
enum key_error recipient_write_as_kms(CMS_ContentInfo *cms) _must_use_;

/* Are all recipients named and served as recipient_add() and KMS do it? KEY_OK,
 * SEALED_FORM or SEALED_ALGORITHM. */
enum key_error recipients_check(CMS_ContentInfo *cms) _must_use_;

#endif
