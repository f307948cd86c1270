/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a live verdict: issued, attached to a session, judged again, ended.
 * Each step is on the bus and in the journal. All of this happens in the loop.
 */
#ifndef NITRO_POLICYD_LIFECYCLE_H
#define NITRO_POLICYD_LIFECYCLE_H

#include "nitro-policyd/live.h"
#include "nitro-policyd/manager.h"

/* An Authorize was allowed, or a CheckVerdict: makes the live verdict or finds the
 * one that is meant, and puts its id into the job. Where that fails, the job fails:
 * what could not be watched must not begin. */
void lifecycle_issue(struct job *job);
void lifecycle_hand_out(struct job *job);

/* Attaches it to the session that `job` names and that exists, or if it names none, to
 * the process of its caller. 0; or a negative errno, and the verdict may be gone. */
int lifecycle_attach(struct live *live, const struct job *job) _must_use_;

/* Looks whether the time of `live` is over. False: it was, and `live` is gone. */
bool lifecycle_review(struct live *live) _must_use_;

/* Judges it again by the policy in force. False: it is allowed no longer, and `live`
 * is gone. */
bool lifecycle_rejudge(struct live *live);

/* Judges all verdicts again, by another policy; and those whose users' groups had to
 * be looked up for it, when `job` has done that. */
void lifecycle_review_all(struct manager *manager);
void lifecycle_found_groups(struct job *job);

/* Ends it, for a reason of nitro-reasons(7); `why` says more to people, or is "".
 * `live` is gone then. */
void lifecycle_end(struct live *live, const char *reason, const char *why);
void lifecycle_end_for(struct live *live, enum verdict_reason reason);

/* Releases everything without ending anything: the next daemon goes on with it. */
void lifecycle_release_all(struct manager *manager);

#endif
