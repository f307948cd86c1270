/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attestation documents as an NSM makes them: the payload map, signed by the leaf
 * as a COSE_Sign1. Both exist as drafts first, so that a break can disturb them
 * before or after the signature.
 */
#ifndef NITRO_SIM_DOCUMENT_H
#define NITRO_SIM_DOCUMENT_H

#include "nitro-sim/chain.h"
#include "nitro-sim/options.h"

/* The keys of the payload in the order in which AWS writes them. */
enum payload_field {
	PAYLOAD_MODULE_ID,
	PAYLOAD_DIGEST,
	PAYLOAD_TIMESTAMP,
	PAYLOAD_PCRS,
	PAYLOAD_CERTIFICATE,
	PAYLOAD_CABUNDLE,
	PAYLOAD_PUBLIC_KEY,
	PAYLOAD_USER_DATA,
	PAYLOAD_NONCE,
	PAYLOAD_FIELDS,
};

#define PAYLOAD_FIELD_MAX (PAYLOAD_FIELDS + 1u)
#define PAYLOAD_PCR_MAX	  (ATTEST_PCR_COUNT + 1u)

struct payload_draft {
	struct {
		struct bytes key; /* encoded items */
		struct bytes value;
	} fields[PAYLOAD_FIELD_MAX];
	size_t field_count;
	bool is_definite;
	/* The map's head and what ends it; encoded last, from the above, unless
	 * a break has filled it before. */
	struct bytes head;
	struct bytes end;
	/* What the field PAYLOAD_PCRS was encoded from. */
	struct {
		uint64_t index;
		struct bytes value;
	} pcrs[PAYLOAD_PCR_MAX];
	size_t pcr_count;
};

/* Writes the PCR map again, after a change of pcrs or pcr_count. */
void payload_encode_pcrs(struct payload_draft *payload);

/* COSE_Sign1 (RFC 9052 4.2). The contents are signed; then the items are encoded
 * from them; the document is head, items and trailer. */
#define ENVELOPE_ITEM_MAX 5u

enum envelope_item {
	ENVELOPE_PROTECTED,
	ENVELOPE_UNPROTECTED,
	ENVELOPE_PAYLOAD,
	ENVELOPE_SIGNATURE,
	ENVELOPE_ITEMS,
};

struct envelope_draft {
	struct bytes contents[ENVELOPE_ITEMS]; /* of the byte strings */
	struct bytes head;		       /* tag and array */
	struct bytes items[ENVELOPE_ITEM_MAX]; /* encoded */
	struct bytes trailer;
};

/* The value of PCR `index` < ATTEST_PCR_COUNT on the machine of the options. 0,
 * -ENOMEM or -EIO. */
int document_pcr(const struct document_options *options, unsigned index,
		 uint8_t ret_value[static ATTEST_SHA384_SIZE]) _must_use_;

/* A document from the chain's leaf, appended to `document`. The kind, ids and
 * region are those that the chain was made for. 0, -ENOMEM or -EIO. */
int document_append(const struct chain *chain,
		    const struct document_options *options,
		    struct bytes *document) _must_use_;

/* A document with a chain of its own; applies the break's change of the options
 * first. *ret_time_ms is the time at which the document is to be judged. */
int document_make(const struct authority *authority,
		  const struct document_options *options,
		  struct bytes *document, int64_t *ret_time_ms) _must_use_;

#endif
