/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QOS manifests as an operator makes them: a draft of what it says, its encodings,
 * its approvals, and what a document says that is bound to it. Keys are new each
 * time and sign trial manifests only.
 */
#ifndef NITRO_SIM_MANIFEST_H
#define NITRO_SIM_MANIFEST_H

#include "nitro-sim/keys.h"
#include "nitro-sim/options.h"

#define MANIFEST_MEMBERS_MAX	8u
#define MANIFEST_HASH_SIZE	32u
#define MANIFEST_SIGNATURE_SIZE 64u

struct manifest_break;

enum manifest_commitment {
	COMMITMENT_NONE,  /* a QOS from before mid-2026 */
	COMMITMENT_SETUP, /* PCR16 */
	COMMITMENT_LIVE,  /* PCR17 */
};

struct manifest_options {
	unsigned version;  /* 0, 1 or 2 */
	bool is_json;	   /* always true for version 2 */
	const char *name;  /* of the namespace */
	const char *pivot; /* what the pivot's hash is the SHA-256 of */
	unsigned members, threshold, approvals;
	enum manifest_commitment commitment;
	const struct document_options *document; /* its PCR0 to PCR3 */
	const struct manifest_break *broken;	 /* NULL: nothing */
};

/* Version 1 as Borsh, two of three members, both of whom approved, PCR17. */
void manifest_options_init(struct manifest_options *options,
			   const struct document_options *document);

/* A QOS key: the points of two keys, one to encrypt to and one to sign with. */
struct manifest_key {
	EVP_PKEY *encryption, *signing;
	struct bytes points; /* what others see of it: 130 bytes */
};

struct manifest_member {
	char alias[32];
	struct manifest_key key;
};

struct manifest_approval {
	char alias[32];
	struct bytes key;
	struct bytes signature;
};

struct manifest_draft {
	unsigned version;
	bool is_json;
	struct bytes name;
	struct bytes quorum_key;
	uint8_t pivot[MANIFEST_HASH_SIZE];
	unsigned restart; /* 0 never, 1 always */
	size_t arguments;
	uint32_t threshold;
	struct manifest_member members[MANIFEST_MEMBERS_MAX];
	size_t member_count;
	uint8_t pcrs[4][ATTEST_SHA384_SIZE];
	struct manifest_approval approvals[MANIFEST_MEMBERS_MAX + 1];
	size_t approval_count;
};

/* All that comes of it; every sequence is a file of its own. */
struct manifest_set {
	struct bytes manifest;	 /* alone */
	struct bytes envelope;	 /* with the approvals */
	struct bytes trusted;	 /* JSON: members and threshold */
	struct manifest_key key; /* of the enclave */
	uint8_t hash[MANIFEST_HASH_SIZE];
	uint8_t pivot[MANIFEST_HASH_SIZE];
};

/* 0, -ENOMEM or -EIO (OpenSSL failed). */
int manifest_make(const struct manifest_options *options,
		  struct manifest_set *ret_set) _must_use_;
void manifest_set_clear(struct manifest_set *set);
#define _cleanup_manifest_ _cleanup_(manifest_set_clear)

/* Lets `document`, which borrows from `set`, say what QOS would have said: the hash,
 * the key, the commitment; and then what the break makes of it. 0, -ENOMEM or
 * -EIO. */
int manifest_bind(const struct manifest_options *options,
		  const struct manifest_set *set,
		  struct document_options *document) _must_use_;

/* Appends the manifest alone, or with its approvals; as Borsh or JSON. That of
 * version 2 is canonical. 0 or -ENOMEM. */
int manifest_encode_borsh(const struct manifest_draft *draft, bool is_envelope,
			  struct bytes *out) _must_use_;
int manifest_encode_json(const struct manifest_draft *draft, bool is_envelope,
			 struct bytes *out) _must_use_;

/* Appends members and threshold as a host names them. */
int manifest_encode_trusted(const struct manifest_draft *draft,
			    struct bytes *out) _must_use_;

/* A manifest that is wrong in exactly one way, or a document that is bound to it
 * wrongly. A NULL hook changes nothing. */
struct manifest_break {
	const char *name;     /* of --break */
	const char *sentence; /* what is wrong */
	const char *reason;   /* of qos/error.h */

	void (*options)(struct manifest_options *options);
	/* Before it is hashed and approved, before the approvals count, and what
	 * is sent as envelope in the end. */
	void (*draft)(struct manifest_draft *draft);
	void (*approved)(struct manifest_draft *draft);
	void (*envelope)(struct bytes *envelope);
	void (*document)(struct document_options *document);
};

/* The tables of the files; each ends with a row without a name. */
extern const struct manifest_break manifest_breaks_of_bytes[];
extern const struct manifest_break manifest_breaks_of_contents[];

/* All of them, numbered from 0; NULL behind the last. */
const struct manifest_break *manifest_breaks_at(size_t index);

/* The break of this name, or NULL. */
const struct manifest_break *manifest_breaks_find(const char *name);

#endif
