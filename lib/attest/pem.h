/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates in files that an admin wrote: PEM text, or DER. Private to
 * lib/attest; what a document carries never comes here.
 */
#ifndef NITRO_ATTEST_PEM_H
#define NITRO_ATTEST_PEM_H

#include "attest/crypto.h"
#include "attest/error.h"
#include "base/cleanup.h"
#include "base/compiler.h"
#include "base/span.h"

/* One block of PEM text, in OpenSSL's memory. */
struct pem_block {
	char *name;
	char *header;
	unsigned char *data; /* DER */
	long size;
};

#define PEM_BLOCK_EMPTY ((struct pem_block){ NULL })

void pem_block_free(struct pem_block block);
DEFINE_CLEANUP(struct pem_block, pem_block_free)

/* Reads the one CERTIFICATE block of the text; further blocks of any kind are
 * refused, for nobody could say which of them counts. ATTEST_OK,
 * ATTEST_E_ROOT_FILE or ATTEST_E_NO_MEMORY. */
enum attest_error pem_read_certificate(struct span pem,
				       struct pem_block *ret_block) _must_use_;

/* Is this exactly one X.509 certificate, of any key? ATTEST_OK,
 * ATTEST_E_CERTIFICATE_ENCODING or ATTEST_E_NO_MEMORY. */
enum attest_error pem_check_der(const struct crypto *crypto,
				struct span der) _must_use_;

#endif
