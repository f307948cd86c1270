/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration text -> policy; policy x evidence x request -> verdict. Pure: the
 * files were read by somebody else (config/config_directory.h), the time is a parameter.
 */
#ifndef NITRO_POLICY_POLICY_H
#define NITRO_POLICY_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "attest/evidence.h"
#include "base/cleanup.h"
#include "base/compiler.h"
#include "base/span.h"
#include "policy/diagnostics.h"
#include "policy/request.h"
#include "policy/verdict.h"

enum policy_error {
	POLICY_OK,
	POLICY_E_INVALID, /* see the diagnostics: at least one error */
	POLICY_E_NO_MEMORY,
};

enum policy_source_kind {
	POLICY_SOURCE_SETTINGS, /* policyd.conf */
	POLICY_SOURCE_IMAGES,	/* images.d */
	POLICY_SOURCE_RULES,	/* rules.d */
};

/* One configuration file that was read; borrowed for the call. */
struct policy_source {
	enum policy_source_kind kind;
	const char *name;
	struct span text;
};

/* policyd.conf [policyd]; defaults where it is silent. */
struct policy_settings {
	unsigned workers;		/* 0: one per processor; at most 64 */
	uint64_t max_document_age_ms;	/* 5 min */
	uint64_t clock_skew_ms;		/* 30 s */
	uint64_t challenge_lifetime_ms; /* 60 s */
	size_t max_field_size;		/* 1024 bytes, at most 4096 */
};

/* What evidence has to show. A rule holds one; judging without a rule makes one
 * by hand. */
struct requirements {
	unsigned level;		   /* 1..3 */
	const char *const *images; /* NULL: any image of the policy */
	size_t image_count;
	const char *const *roots; /* labels */
	size_t root_count;
};

/* Immutable; any number of threads may read it. */
struct policy;
struct rule;

/* Reads all sources, in the order given (rules match in that order). With any
 * error: POLICY_E_INVALID and the errors of all files in `diagnostics`; warnings
 * are added there in either case. `root_labels`: the labels that `roots` may
 * name. */
enum policy_error policy_load(const struct policy_source *sources,
			      size_t source_count,
			      const char *const *root_labels,
			      size_t label_count, struct policy **ret_policy,
			      struct diagnostics *diagnostics) _must_use_;
void policy_free(struct policy *policy);
DEFINE_CLEANUP(struct policy *, policy_free)

const struct policy_settings *policy_settings(const struct policy *policy);

/* The first rule that matches service and user; NULL: no access. */
const struct rule *policy_find_rule(const struct policy *policy,
				    const struct request *request);
const char *rule_name(const struct rule *rule);
const struct requirements *rule_requirements(const struct rule *rule);
/* The rule's max_age, or max_document_age of the settings. */
uint64_t rule_max_age_ms(const struct rule *rule);
/* The rule says `bind = nonce`: a request without a challenge is denied. */
bool rule_needs_challenge(const struct rule *rule);

/* Holds `evidence` against `requirements` at now_ms. Marks the checks of level 1
 * (from the evidence), root label, level 2 and level 3 in `verdict`, sets level,
 * image, release, and allows if all that is required holds and no check of the
 * verdict has failed before. A level that is not required is still tried, so that
 * the verdict says what the evidence would be good for. NULL evidence is a
 * denial. */
void policy_appraise(const struct policy *policy,
		     const struct requirements *requirements,
		     const struct evidence *evidence, int64_t now_ms,
		     struct verdict *verdict);

/* For listings: images in file order. */
size_t policy_image_count(const struct policy *policy);
const char *policy_image_name(const struct policy *policy, size_t index);
size_t policy_image_release_count(const struct policy *policy, size_t index);
size_t policy_rule_count(const struct policy *policy);

#endif
