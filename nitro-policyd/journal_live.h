/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of the life of verdicts, as journal.h has them for decisions.
 */
#ifndef NITRO_POLICYD_JOURNAL_LIVE_H
#define NITRO_POLICYD_JOURNAL_LIVE_H

#include "nitro-policyd/journal.h"
#include "nitro-policyd/live.h"

/* What is remembered of a verdict that has ended while its session is dealt with. */
struct ended {
	char id[LIVE_ID_SIZE];
	char user[REQUEST_USER_MAX + 1];
	char service[REQUEST_SERVICE_MAX + 1];
	char session[LIVE_SESSION_SIZE];
	enum on_revoke on_revoke;
};

struct ended ended_of(const struct live *live);

/* A session is watched by `live` from now on. */
void journal_attached(const struct journal *journal, const struct live *live);

/* `live` ends for this reason; `why` says more, or is "". Its session goes on
 * without it, or not. */
void journal_ended(const struct journal *journal, const struct live *live,
		   const char *reason, const char *why, bool goes_on);

/* logind has done what the rule wants, or `why` it has not. */
void journal_acted(const struct journal *journal, const struct ended *ended,
		   const char *why);

/* The file of a verdict that is not taken up again. */
void journal_dropped(const struct journal *journal, const char *file,
		     const char *why);

#endif
