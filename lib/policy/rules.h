/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the configuration says, as structs; private to lib/policy. Everything is
 * built by policy_load() and never changed afterwards.
 */
#ifndef NITRO_POLICY_RULES_H
#define NITRO_POLICY_RULES_H

#include "attest/digest.h"
#include "attest/limits.h"
#include "policy/manifest.h"
#include "policy/match.h"
#include "policy/policy.h"
#include "policy/secret.h"
#include "policy/word_list.h"
#include "qos/curve.h"

/* Names of images, releases and rules: 1..NAME_MAX_LENGTH of a-z 0-9 . _ - */
#define NAME_MAX_LENGTH (VERDICT_NAME_SIZE - 1)

/* The section that declared something. */
struct origin {
	const char *file; /* belongs to the policy */
	char *section;	  /* "image/NAME", … */
	unsigned line;
	size_t sequence; /* counts declarations: the order of all files */
};

/* One whole tuple of measurements. */
struct release {
	const struct origin *origin;
	char *image_name;
	const char *name;    /* part of the section's */
	struct image *image; /* NULL until linked */
	enum release_state state;
	int64_t not_before_ms; /* first millisecond in force */
	int64_t not_after_ms;  /* last millisecond in force */
	uint32_t pcr_mask;     /* bit i: PCR i is named */
	size_t pcr_size;       /* bytes of each named PCR */
	/* The named PCRs, lowest index first. */
	uint8_t *values;
	unsigned computed_line; /* of the last computed PCR; 0: none */
	bool has_user_data;
	uint8_t user_data_sha256[ATTEST_SHA256_SIZE];
	struct manifest_rule manifest;
};

struct image {
	const struct origin *origin;
	const char *name;  /* part of the section's */
	char *description; /* NULL: none */
	enum evidence_kind kind;
	struct release **releases; /* part of the policy's array */
	size_t release_count;
};

struct rule {
	const struct origin *origin;
	const char *name; /* part of the section's */
	/* Empty: the rule says nothing about it. */
	struct word_list keys[RULE_KEY_COUNT];
	struct word_list images;
	unsigned images_line; /* where `image` stands */
	struct word_list roots;
	uint64_t max_age_ms; /* 0 while loading: not given */
	bool gives_max_age;
	bool is_audit;
	enum on_revoke on_revoke;
	uint64_t session_max_ms;	  /* 0: no limit */
	struct requirements requirements; /* points into the lists above */
};

struct secret {
	struct rule rule; /* first: the readers of rules fill it, too */
	enum secret_source source;
	char *location;
};

/* Releases of one kind that name the same PCRs of one size: a piece of the sorted
 * array, never empty. */
struct run {
	struct release **releases;
	size_t count;
};

struct lookup {
	struct release **sorted; /* all releases of known images with PCRs */
	size_t count;
	struct run *runs;
	size_t run_count;
};

struct policy {
	struct policy_settings settings;
	char **files; /* names of the sources */
	size_t file_count;
	struct origin **origins; /* of all that follows, in order */
	size_t origin_count;
	struct image **images; /* in file order */
	size_t image_count;
	struct image **images_by_name; /* sorted; borrows from `images` */
	struct release **releases;     /* grouped by image, then file order */
	size_t release_count;
	struct lookup lookup;
	struct digest *digest; /* NULL: nothing had to be digested */
	struct curve *curve;   /* NULL: no release names a QOS manifest */
	/* This host; "" unless a rule says `bind = host`. */
	char instance_id[POLICY_INSTANCE_ID_SIZE];
	struct rule **rules; /* in file order */
	size_t rule_count;
	struct secret **secrets; /* in file order */
	size_t secret_count;
};

/* The value of one PCR; SPAN_ABSENT when the release does not name it. */
struct span release_pcr(const struct release *release, unsigned index);

/* SHA-256 of the user_data that the release names; SPAN_ABSENT when it does not. */
struct span release_user_data(const struct release *release);

/* NULL when the policy has no image of this name. */
struct image *policy_find_image(const struct policy *policy, const char *name);

void release_free(struct release *release);
DEFINE_CLEANUP(struct release *, release_free)
void image_free(struct image *image);
DEFINE_CLEANUP(struct image *, image_free)
void rule_deinit(struct rule *rule);
void rule_free(struct rule *rule);
DEFINE_CLEANUP(struct rule *, rule_free)
void secret_free(struct secret *secret);
DEFINE_CLEANUP(struct secret *, secret_free)

#endif
