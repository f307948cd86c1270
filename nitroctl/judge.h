/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging documents offline: what `nitroctl verify` was asked for, prepared once,
 * then one file after the other. Decides by the same attest_verify() and
 * policy_appraise() as the daemon, and prints nothing but complaints about its
 * own preparation.
 */
#ifndef NITRO_NITROCTL_JUDGE_H
#define NITRO_NITROCTL_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "attest/evidence.h"
#include "attest/limits.h"
#include "base/cleanup.h"
#include "nitroctl/command.h"
#include "policy/verdict.h"

enum judged_at_source {
	JUDGED_AT_CLOCK,    /* now */
	JUDGED_AT_GIVEN,    /* --at TIME */
	JUDGED_AT_DOCUMENT, /* --at document: its own timestamp */
};

struct judge_settings {
	enum judged_at_source at;
	int64_t at_ms;		      /* JUDGED_AT_GIVEN */
	const char *policy_directory; /* NULL: none */
	const char *roots[ATTEST_ANCHOR_MAX];
	size_t root_count;
	const char *manifest; /* file of the envelope that came; NULL: none */
	unsigned level;	      /* 0: 1 without and 2 with a policy */
	uint8_t nonce[ATTEST_FIELD_MAX];
	size_t nonce_size;   /* 0: not asked */
	uint64_t max_age_ms; /* 0: not asked */
};

enum judgement_decision {
	JUDGEMENT_ERROR, /* could not be judged */
	JUDGEMENT_DENY,
	JUDGEMENT_ALLOW,
	JUDGEMENT_DECISION_COUNT,
};

/* A document, and what lay beside it; borrowed for the call. */
struct finding {
	const char
		*name; /* of what it was found in; lives with the judgement */
	struct span document;
	struct span manifest; /* counts unless the settings name one */
};

/* The outcome for one file. */
struct judgement {
	const char *file; /* borrowed */
	enum judgement_decision decision;
	const char *reason; /* static texts */
	const char *message;
	const char *hint;
	unsigned required_level;
	enum judged_at_source at;
	/* Not known for a refused document under --at document. */
	bool has_time;
	int64_t time_ms;
	struct verdict *verdict;   /* NULL: nothing was judged */
	struct evidence *evidence; /* NULL: the document is not verified */
};

struct judge;

/* Reads policy and roots. EXIT_ALLOWED, or EXIT_NOT_JUDGED after complaints. The
 * settings are borrowed as long as the judge lives. */
enum exit_code judge_new(const struct judge_settings *settings,
			 struct judge **ret_judge) _must_use_;
void judge_free(struct judge *judge);
DEFINE_CLEANUP(struct judge *, judge_free)

/* Every outcome is a judgement; judgement_deinit() releases what it holds. */
void judge_file(const struct judge *judge, const char *file,
		struct judgement *ret_judgement);
/* The same of a document that was found in something else. */
void judge_finding(const struct judge *judge, const struct finding *finding,
		   struct judgement *ret_judgement);
/* The document holds, and yet what was asked for does not; static texts. */
void judgement_refuse(struct judgement *judgement, const char *reason,
		      const char *message, const char *hint);
/* What was asked for could not be judged; static texts. */
void judgement_give_up(struct judgement *judgement, const char *reason,
		       const char *message, const char *hint);
void judgement_deinit(struct judgement *judgement);

/* "allow", "deny", "error" */
const char *judgement_decision_name(enum judgement_decision decision);
enum exit_code judgement_exit_code(const struct judgement *judgement);
/* "clock", "given", "document" */
const char *judged_at_source_name(enum judged_at_source source);

#endif
