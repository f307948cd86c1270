/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signature section of an EIF: a certificate, and a COSE_Sign1 by its key over
 * PCR0. Private to lib/eif.
 */
#ifndef NITRO_EIF_SIGNATURE_H
#define NITRO_EIF_SIGNATURE_H

#include "eif/eif.h"
#include "eif/hash.h"

/* Verifies that the section at `offset` signs eif->pcr0; fills in `signer` and
 * `pcr8`. */
enum eif_error signature_verify(const struct hash_library *library,
				struct span section, uint64_t offset,
				struct eif *eif,
				struct eif_failure *reterr_failure) _must_use_;

#endif
