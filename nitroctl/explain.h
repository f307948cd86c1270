/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a document is allowed or denied, as facts: the rule, everything that fails
 * and not only the first of it, the release that comes closest. Decides by the
 * same code as the daemon; challenge and used documents are not known offline.
 */
#ifndef NITRO_NITROCTL_EXPLAIN_H
#define NITRO_NITROCTL_EXPLAIN_H

#include "nitroctl/closest.h"
#include "nitroctl/judge.h"
#include "nitroctl/offline_policy.h"
#include "policy/match.h"
#include "policy/request.h"

struct explain_settings {
	const struct request *request; /* NULL: no login, all images count */
	enum judged_at_source at;
	int64_t at_ms; /* JUDGED_AT_GIVEN */
	/* What the login would prove, in wire format; SPAN_ABSENT: not known. */
	struct span ssh_key;
	struct span manifest; /* that came with the document */
};

struct explanation {
	const char *file;	       /* borrowed, as the next two */
	const struct request *request; /* NULL: not asked for a login */
	const struct policy *policy;
	enum judgement_decision decision;
	const char *reason; /* static texts */
	const char *message;
	const char *hint;
	const struct rule *rule;    /* NULL: none matches, or none asked for */
	const struct rule *nearest; /* when none matches; NULL: no rules */
	int64_t now_ms;
	uint64_t max_age_ms; /* 0: any age */
	/* Of the decision; NULL: nothing was judged. */
	struct verdict *verdict;
	/* The verified document. If it is not valid now, then as it was valid at
	 * its own time, and `beyond` is what would be judged otherwise. */
	struct evidence *evidence;
	struct verdict *beyond;		/* NULL: the verdict has it all */
	struct closest_release closest; /* among the images that count */
	struct closest_release outside; /* among the others */
	/* BIND_* that the rule asks for and that only a login can show. */
	unsigned unknown_bindings;
};

/* Every outcome is an explanation; explanation_deinit() releases what it holds. */
void explain_file(const struct offline_policy *offline,
		  const struct explain_settings *settings, const char *file,
		  struct explanation *ret_explanation);
void explanation_deinit(struct explanation *explanation);

/* True if the check failed, now or in what is beyond. */
bool explanation_fails(const struct explanation *explanation,
		       enum verdict_check check);

/* What the verdict says about boot: `beyond` where there is one. */
const struct verdict *explanation_boot(const struct explanation *explanation);

#endif
