/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A QOS manifest: what an enclave was told to run, and who may change it; and its
 * envelope, which adds who approved it. Bytes of any version and encoding in, one
 * struct and the manifest's hash out. Says nothing about whether it may be trusted.
 */
#ifndef NITRO_QOS_MANIFEST_H
#define NITRO_QOS_MANIFEST_H

#include "attest/digest.h"
#include "base/cleanup.h"
#include "base/compiler.h"
#include "base/read_file.h"
#include "qos/error.h"

enum qos_version {
	QOS_V0,
	QOS_V1, /* adds bridges and debug mode */
	QOS_V2, /* JSON only, names its version, has no patch set */
};

enum qos_encoding {
	QOS_BORSH,
	QOS_JSON,
};

/* Texts are UTF-8 without a NUL behind them, and of others: make them printable. */
struct qos_member {
	struct span alias;
	struct span key; /* QOS_KEY_SIZE bytes */
};

/* Who has a say, and how many of them it takes. */
struct qos_set {
	uint32_t threshold;
	struct qos_member *members; /* owned */
	size_t count;
};

struct qos_approval {
	struct span signature;
	struct qos_member member;
};

struct qos_bridge {
	bool is_client; /* else a server */
	uint16_t port;
	struct span host; /* absent: none, of a client only */
};

struct qos_manifest {
	enum qos_version version;
	enum qos_encoding encoding;
	uint8_t hash[QOS_HASH_SIZE]; /* what a document binds, in user_data */

	struct span namespace_name;
	uint32_t namespace_nonce;
	struct span quorum_key;
	struct span pivot; /* QOS_HASH_SIZE bytes: SHA-256 of the binary */
	bool restarts;	   /* always, else never */
	struct qos_bridge *bridges;
	size_t bridge_count;
	bool is_debug; /* the pivot's output goes to the host */
	struct span *arguments;
	size_t argument_count;
	struct qos_set manifest_set;
	struct qos_set share_set;
	struct qos_set patch_set; /* aliases are absent */
	struct span pcrs[4];	  /* PCR0 to PCR3 */
	struct span root_certificate;
	struct span commit;
	/* What only version 2 has, as canonical JSON: the whole manifest; else
	 * absent. */
	struct buffer canonical;

	bool is_envelope;
	struct qos_approval *approvals; /* by members of the manifest set */
	size_t approval_count;
	size_t share_approval_count; /* who brought shares: for the record */

	struct buffer bytes; /* that the spans point into */
};

/* Reads a manifest or an envelope: Borsh or JSON of version 0 and 1, JSON of
 * version 2. What can be read in two ways is refused, and so is everything that a
 * schema does not define. */
enum qos_error qos_manifest_read(const struct digest *digest, struct span input,
				 struct qos_manifest **ret_manifest,
				 struct qos_failure *reterr_failure) _must_use_;
void qos_manifest_free(struct qos_manifest *manifest);
DEFINE_CLEANUP(struct qos_manifest *, qos_manifest_free)

/* "v0", "v1", "v2"; "borsh", "json" */
const char *qos_version_name(enum qos_version version);
const char *qos_encoding_name(enum qos_encoding encoding);

/* Reads {"threshold": 2, "members": [{"alias": "…", "pubKey": "…"}, …]}: the
 * members that a host trusts, written as manifests write them. The set's spans
 * point into ret_bytes. */
enum qos_error qos_set_read(struct span text, struct qos_set *ret_set,
			    struct buffer *ret_bytes,
			    struct qos_failure *reterr_failure) _must_use_;
void qos_set_deinit(struct qos_set *set);

#endif
