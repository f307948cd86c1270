/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Level 3: which application a release is of, and whether a document and what came
 * with it prove just that. Private to lib/policy.
 */
#ifndef NITRO_POLICY_MANIFEST_H
#define NITRO_POLICY_MANIFEST_H

#include <stdio.h>

#include "policy/policy.h"
#include "qos/checksum.h"
#include "qos/manifest.h"

struct field;
struct release;

enum manifest_kind {
	MANIFEST_NONE,	    /* the release names no application */
	MANIFEST_EXACT,	    /* qos:FILE */
	MANIFEST_QOS,	    /* qos: the envelope comes with the document */
	MANIFEST_USER_DATA, /* user-data: a checksum */
};

/* What a release says about its application. */
struct manifest_rule {
	enum manifest_kind kind;
	unsigned line;		    /* of the key `manifest` */
	struct qos_manifest *exact; /* of the file; NULL: another kind */
	bool names_pivot; /* rightly, unless it was reported; so below */
	uint8_t pivot[QOS_HASH_SIZE];
	char *namespace_name; /* NULL: any */
	bool names_trusted;
	struct qos_set trusted; /* of manifest_set */
	struct buffer trusted_bytes;
	struct checksum *checksum; /* NULL: none */
};

void manifest_rule_deinit(struct manifest_rule *rule);

/* The same application, said in the same way. */
bool manifest_rule_equal(const struct manifest_rule *a,
			 const struct manifest_rule *b);

/* Writes the keys, in a form that is equal exactly when their meaning is. */
void manifest_rule_describe(const struct manifest_rule *rule, FILE *stream);

/* "qos:HASH", "qos", "user-data"; "" for a release that names none. */
#define MANIFEST_TEXT_SIZE 72
void manifest_rule_text(const struct manifest_rule *rule,
			char ret_text[static MANIFEST_TEXT_SIZE]);

/* Each reads one key of a release. */
enum policy_error manifest_read_kind(const struct field *field) _must_use_;
enum policy_error manifest_read_pivot(const struct field *field) _must_use_;
enum policy_error manifest_read_namespace(const struct field *field) _must_use_;
enum policy_error manifest_read_set(const struct field *field) _must_use_;
enum policy_error manifest_read_checksum(const struct field *field) _must_use_;

/* Pivot and namespace of a manifest against those that the release names. */
enum qos_error manifest_compare(const struct manifest_rule *rule,
				const struct qos_manifest *manifest,
				struct qos_failure *reterr_failure) _must_use_;

/* What is judged, and the manifest that came, which is read once and only where
 * a release asks for it. */
struct manifest_claim {
	const struct policy *policy;
	const struct claim *claim;
	bool was_read;
	struct qos_manifest *manifest; /* NULL: see `failure` */
	struct qos_failure failure;
};

void manifest_claim_deinit(struct manifest_claim *claim);

/* The checks of level 3, in the order in which they are made. */
#define MANIFEST_CHECK_COUNT (CHECK_COUNT - CHECK_MANIFEST)

/* What came of them, by check. */
struct manifest_judgement {
	enum qos_error error; /* QOS_OK: level 3 holds */
	struct qos_failure failure;
	size_t done; /* checks before the one that failed; or all */
	/* Of each of these: why it was not made; NULL: it passed. */
	const char *skipped[MANIFEST_CHECK_COUNT];
};

void manifest_judge(struct manifest_claim *claim, const struct release *release,
		    struct manifest_judgement *ret_judgement);

/* The reason and the check that a refusal stands for in a verdict. */
enum verdict_reason manifest_reason(enum qos_error error);

#endif
