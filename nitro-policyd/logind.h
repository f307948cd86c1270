/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logind: whether a session exists, when one ends, and what is done to one whose
 * verdict ended before it. The loop does not wait for logind but once, at the start;
 * silence and nonsense mean that there is no such session.
 */
#ifndef NITRO_POLICYD_LOGIND_H
#define NITRO_POLICYD_LOGIND_H

#include "nitro-policyd/manager.h"

/* Ends verdicts with their sessions from now on, also with those that ended while
 * logind was away. 0 or a negative errno. */
int logind_watch(struct manager *manager) _must_use_;

/* Told in the loop. `why` says for people why the caller of `job` may not attach a
 * verdict to job->session; NULL when he may. */
typedef void (*logind_then)(struct job *job, const char *why);

/* Asks about job->session: it has to be there, and to belong to the caller unless he
 * is privileged. 0, and `then` will be called unless the question is withdrawn
 * before; or a negative errno. */
int logind_ask(struct job *job, logind_then then) _must_use_;

/* Forgets the question of a job, if there is one. */
void logind_withdraw(struct job *job);

/* Locks or terminates the session of `live`, as its rule wants it; what comes of it
 * is in the journal. */
void logind_act(struct manager *manager, const struct live *live);

/* All sessions; waits for the answer. 0 or a negative errno. */
int logind_list(sd_bus *bus, sd_bus_message **ret_sessions) _must_use_;
/* Whether there is one of this id in a list. */
bool logind_has(sd_bus_message *sessions, const char *session, uid_t *ret_uid);

#endif
