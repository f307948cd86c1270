/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One question on its way: read from the bus by the loop, judged by a worker,
 * answered by the loop. It owns all that it carries. Only the loop touches the
 * bus; a worker reads the question and writes the answer.
 */
#ifndef NITRO_POLICYD_JOB_H
#define NITRO_POLICYD_JOB_H

#include <stdatomic.h>

#include "attest/evidence.h"
#include "base/read_file.h"
#include "nitro-policyd/caller.h"
#include "nitro-policyd/challenge.h"
#include "nitro-policyd/live.h"
#include "nitro-policyd/live_groups.h"
#include "nitro-policyd/policy_store.h"
#include "nitro-policyd/question.h"
#include "nitro-policyd/response_question.h"
#include "nitro-policyd/ticket.h"
#include "nitro-policyd/work_queue.h"
#include "policy/verdict.h"

enum job_kind {
	JOB_CREATE_CHALLENGE,
	JOB_AUTHORIZE,
	JOB_SUBMIT,
	JOB_RELEASE_SECRET,
	JOB_CHECK_VERDICT,
	JOB_GET_VERDICT,
	JOB_ATTACH_SESSION,
	JOB_REVOKE_VERDICT,
	JOB_DETACH_SESSION,
	JOB_FIND_GROUPS,
	JOB_TAKE_UP,
	JOB_EXPLAIN,
	JOB_VERIFY,
	JOB_VERIFY_RESPONSE,
	JOB_DESCRIBE_POLICY,
	JOB_RELOAD,
};

/* The options of Verify. */
struct verify_options {
	unsigned level;
	uint64_t max_age_ms; /* 0: not asked */
	char **roots;	     /* labels, ends with NULL; owned */
};

/* A live verdict that may answer a CheckVerdict. */
struct live_candidate {
	char id[LIVE_ID_SIZE];
	struct live_proof *proof;
};

/* Goes on with a job that has waited, and consumes it. Returns as a handler does; where
 * that is an error, nobody has answered. */
struct job;
typedef int (*job_then)(struct job *job);

struct job {
	struct work work; /* first: the queue's view of the job */
	enum job_kind kind;
	struct caller caller;  /* name "" when the daemon asks itself */
	uint64_t started_usec; /* CLOCK_BOOTTIME */

	/* The question. */
	struct question question;
	uint8_t *document;
	size_t document_size;
	struct buffer manifest; /* that came with it; NULL: none did */
	bool is_certified;	/* it came in the certificate of the SSH key */
	uint8_t *nonce;
	size_t nonce_size;
	enum challenge_outcome challenge;
	enum ticket_outcome ticket;
	uid_t depositor;	 /* of the ticket that was taken */
	struct buffer signature; /* Authorize: over the challenge */
	struct verify_options options;
	struct response_question *response; /* VerifyResponse */
	struct buffer tls_certificate;	    /* Verify */
	bool tls_in_nonce;
	enum live_selection selection;	   /* CheckVerdict, and what it names */
	struct live_candidate *candidates; /* CheckVerdict: the newest first */
	size_t candidate_count;
	char session[LIVE_SESSION_SIZE]; /* AttachSession, CheckVerdict */
	uint32_t audit_session;
	char why[NITRO_WHY_MAX + 1];	/* RevokeVerdict */
	struct live_groups live_groups; /* to be looked up */
	bool keeping; /* a reload that must not take anything away */
	struct snapshot *snapshot;

	/* The answer: an error name of nitro_bus.h and its text, or a verdict (and
	 * the evidence, if level 1 holds), or a description, or what was loaded
	 * and what there is to say about it. */
	const char *error;
	char error_text[256];
	struct verdict *verdict;
	struct evidence *evidence;
	char ticket_text[NITRO_TICKET_LENGTH + 1]; /* Submit: the new one */
	const struct live_candidate *chosen; /* that the verdict is about */
	/* The live verdict that is asked about; or that comes of it, "" for none.
	 * Made up before the question is judged, so that it is on record. */
	char live_id[LIVE_ID_SIZE];
	bool is_own;		  /* RevokeVerdict: by the user himself */
	struct live_proof *proof; /* has taken over document and evidence */
	struct buffer sealed;	  /* it, encrypted, where it must be */
	struct policy_description description;
	struct snapshot *loaded;
	struct diagnostics *diagnostics;

	/* For the statistics. */
	bool is_recorded; /* the decision is in the journal */
	bool is_verified; /* attest_verify() ran, for so long: */
	uint64_t verify_usec;

	/* Nobody waits any more: set by the loop, looked at by the worker. */
	atomic_bool abandoned;

	/* The loop's own. */
	struct job *previous_open;
	struct job *next_open;
	struct manager *manager;
	sd_bus_message *message; /* NULL: answered, or nobody to answer */
	sd_event_source *deadline;
	/* Asked, not answered yet; no worker has the job then. */
	struct polkit_question *polkit;
	struct logind_question *logind;
	/* It waits for live verdicts to be judged; no worker has it. NULL: it does
	 * not. */
	job_then then;
	size_t quota_bytes;
};

/* NULL when memory is exhausted. */
struct job *job_new(enum job_kind kind, const struct caller *caller) _must_use_;
void job_free(struct job *job);
DEFINE_CLEANUP(struct job *, job_free)

static inline struct job *job_of(struct work *work)
{
	return (struct job *)work;
}

/* The loop waits with this job for somebody else's answer, or for other jobs. */
static inline bool job_is_waiting(const struct job *job)
{
	return job->polkit != NULL || job->logind != NULL || job->then != NULL;
}

/* For the parts of a question: nothing where `bytes` are absent. 0 or -ENOMEM. */
int job_copy(struct span bytes, uint8_t **ret_bytes,
	     size_t *ret_size) _must_use_;

/* After a wait: judges by the policy that is in force by now. */
void job_judge_by(struct job *job, struct snapshot *snapshot);

/* Which live verdicts the question is about, as CheckVerdict put it. */
struct live_selector job_selector(const struct job *job);

/* What the answer rests on; NULL: nothing was verified. */
const struct evidence *job_evidence(const struct job *job);

/* The nonce of the question, SPAN_ABSENT when it has none. */
static inline struct span job_nonce(const struct job *job)
{
	return span_of(job->nonce, job->nonce_size);
}

/* Ends the job with "could not judge". */
void job_fail(struct job *job, const char *error, const char *format, ...)
	_printf_(3, 4);

#endif
