/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the admin reads afterwards: one structured record for each decision and
 * each reading of the policy, in the journal or as one line on stderr. Values from
 * outside are cut and stripped of control characters. May be used by any thread;
 * allocates nothing, so that a record is never lost to missing memory.
 */
#ifndef NITRO_POLICYD_JOURNAL_H
#define NITRO_POLICYD_JOURNAL_H

#include <stdbool.h>

#include "base/compiler.h"
#include "dbus/nitro_journal.h"
#include "nitro-policyd/job.h"
#include "nitro-policyd/record.h"

/* MESSAGE_IDs beside those of decisions. */
#define JOURNAL_ID_POLICY_LOADED  "cb6bac3a440947f0a37eba1e9a1abefd"
#define JOURNAL_ID_POLICY_REFUSED "21f9e129b2334fa9b33c7f2612b393c9"
#define JOURNAL_ID_EXPIRING	  "407eae6f71df4152b7d497be879615c9"
#define JOURNAL_ID_LIMITED	  "42ad53ec47d144e0b8196f9120138f15"

enum journal_target {
	JOURNAL_AUTO, /* the journal if it listens, else stderr */
	JOURNAL_JOURNAL,
	JOURNAL_STDERR,
};

struct journal {
	bool to_journal;
};

/* "auto", "journal" or "stderr"; 0 or -EINVAL. */
int journal_target_parse(const char *text,
			 enum journal_target *ret_target) _must_use_;
void journal_init(struct journal *journal, enum journal_target target);

/* The outcome of an Authorize: allowed, denied, allowed on trial, or could not
 * judge. */
void journal_decision(const struct journal *journal, const struct job *job);

/* The outcome of reading the configuration. `loaded` NULL: it was refused. Each
 * error and warning is a record of its own. */
void journal_policy(const struct journal *journal,
		    const struct snapshot *loaded,
		    const struct diagnostics *diagnostics);

/* An image that ends soon, or has ended. */
void journal_expiry(const struct journal *journal,
		    const struct policy_expiry *expiry, int64_t now_ms);

/* `count` questions were refused by limits, the last of them one of user `uid`. */
void journal_limited(const struct journal *journal, uid_t uid, uint64_t count);

/* A plain message about the daemon itself; `priority` as in syslog(3). */
void journal_note(const struct journal *journal, int priority,
		  const char *format, ...) _printf_(3, 4);

/* A record by hand: begun with its MESSAGE_ID (NULL: none) and priority, then
 * fields, then sent. */
void journal_begin(struct record *record, const char *id, int priority);
void journal_send(const struct journal *journal, const struct record *record);

#endif
