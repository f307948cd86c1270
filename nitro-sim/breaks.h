/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents that are wrong in exactly one way. A break is a row: a name, a
 * sentence, the refusal that it must meet, and the one hook that disturbs the
 * making of a document. Everything made after the hook is made from what it left:
 * signatures are correct unless a break is about them.
 */
#ifndef NITRO_SIM_BREAKS_H
#define NITRO_SIM_BREAKS_H

#include "nitro-sim/chain.h"
#include "nitro-sim/document.h"

/* A NULL hook changes nothing. Hooks cannot fail: memory that is exhausted shows
 * in the bytes that they wrote. */
struct sim_break {
	const char *name;     /* of --break */
	const char *sentence; /* what is wrong */
	const char *reason;   /* of attest/error.h or policy/verdict.h */

	void (*options)(struct document_options *options);
	/* A chain under another root than the authority's. */
	bool foreign_root;
	/* The positions below the root that are issued, one by the other. */
	const enum chain_position *plan;
	size_t plan_count;
	/* The certificate that the next three disturb: what it says, its fields
	 * before and its bytes after its signature. */
	enum chain_position position;
	void (*spec)(struct certificate_spec *spec);
	void (*draft)(struct certificate_draft *draft);
	void (*certificate)(struct bytes *der);
	/* The finished chain. 0, -ENOMEM or -EIO. */
	int (*bundle)(struct chain *chain);
	void (*payload)(struct payload_draft *payload);
	/* The envelope's contents before it is signed, the signature, and the
	 * encoded items. */
	void (*contents)(struct envelope_draft *envelope);
	void (*signature)(struct bytes *signature);
	void (*envelope)(struct envelope_draft *envelope);
};

/* The tables of the breaks_*.c files; each ends with a row without a name. */
extern const struct sim_break breaks_of_envelope[];
extern const struct sim_break breaks_of_document[];
extern const struct sim_break breaks_of_fields[];
extern const struct sim_break breaks_of_pcrs[];
extern const struct sim_break breaks_of_certificates[];
extern const struct sim_break breaks_of_extensions[];
extern const struct sim_break breaks_of_chains[];

/* All breaks, numbered from 0; NULL behind the last. */
const struct sim_break *breaks_at(size_t index);

/* The break of this name, or NULL. */
const struct sim_break *breaks_find(const char *name);

#endif
