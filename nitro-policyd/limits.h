/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every bound of the daemon in one place: what callers can make it hold, and how
 * long anybody waits. Sizes are bytes.
 */
#ifndef NITRO_POLICYD_LIMITS_H
#define NITRO_POLICYD_LIMITS_H

#include "base/time_units.h"

/* Every question is answered within this time, if need be by "busy". It is below
 * the deadline of the asking side (5 s), which thereby learns why. */
#define ANSWER_DEADLINE_USEC (4 * USEC_PER_SEC)

/* Calls that are queued or judged: in total, those that only root can have, those of
 * sshd's command (with the bytes that they hold), and those of one other user. sshd
 * begins 100 logins at once, unless MaxStartups says otherwise, and asks about one key
 * at a time in each. */
#define CALLS_MAX	 384u
#define CALLS_FOR_ROOT	 64u
#define CALLS_FOR_KEYS	 128u
#define CALLS_KEYS_BYTES (4u * 1024u * 1024u)
#define CALLS_PER_USER	 16u
#define CALLS_USER_BYTES (128u * 1024u)

/* The message of VerifyResponse and what it is compared with, altogether. */
#define RESPONSE_BYTES_MAX (64u * 1024u)

/* Questions of one user other than root over time: as many at once, and so many per
 * second thereafter. A login takes two, a screen locker's too. The users that are
 * told apart are many, for a user may have thousands of subordinate uids. */
#define RATE_PER_SECOND 20u
#define RATE_BURST	100u
#define RATE_USERS	1024u

/* The same for sshd's command, in whose name all ask who log in by key, and all who try:
 * so many that it takes a flood to have one of them refused, and less than journald
 * takes from one service (10000 records in 30 seconds), so that none of root's is
 * lost. */
#define RATE_KEYS_PER_SECOND 250u
#define RATE_KEYS_BURST	     1000u

/* Objects that users other than root look at over time, all of them together: to list
 * a thousand verdicts takes a tenth of a second. */
#define LOOKS_PER_SECOND 2048u
#define LOOKS_BURST	 4096u

/* Refusals by limits are told in the journal at most so often. */
#define REFUSALS_RECORD_USEC (60 * USEC_PER_SEC)

/* Challenges that wait for their answer. Root's are made for logins, also for
 * those that a stranger begins and leaves, hence so many. */
#define CHALLENGES_MAX	    4096u
#define CHALLENGES_FOR_ROOT 3072u
#define CHALLENGES_PER_USER 16u

/* Tickets that wait to be used: in total, those that only root can have, and those
 * of one other user. Each holds a document. */
#define TICKETS_MAX	 1024u
#define TICKETS_FOR_ROOT 512u
#define TICKETS_PER_USER 16u

/* Documents that were used without a challenge, each until its certificate
 * expires (three hours): in total, and those that only root can add. */
#define SEEN_MAX      16384u
#define SEEN_FOR_ROOT 4096u

/* Live verdicts: in total, those that only root can have, and those that one asker
 * can have for one user. One that no session was opened with ends after a while. */
#define LIVE_MAX	    1024u
#define LIVE_FOR_ROOT	    256u
#define LIVE_PER_USER	    64u
#define LIVE_BYTES	    (32u * 1024u * 1024u) /* documents and manifests */
#define LIVE_BYTES_FOR_ROOT (16u * 1024u * 1024u)
#define LIVE_ISSUED_USEC    (120 * USEC_PER_SEC)
#define LIVE_FILE_MAX	    (1024u * 1024u)

/* Of the daemon before: so many are with the workers at once, one worker fewer than
 * there are at most, so that whatever is asked waits for one of them at most. */
#define LIVE_JUDGED_AT_ONCE 4u

/* How long logind may take: when somebody waits, and when it has just started. */
#define LOGIND_USEC	  (2 * USEC_PER_SEC)
#define LOGIND_START_USEC (60 * USEC_PER_SEC)

/* Root, sshd's command and all others each have a worker that nobody takes from them. */
#define WORKERS_MIN 3u
#define WORKERS_MAX 64u

/* Chains that each worker remembers. */
#define CHAIN_CACHE_SIZE 64u

/* Groups of one user. Whoever is in more cannot be judged by a policy that names
 * groups: the rule that denies him might name the one that was left out. */
#define GROUPS_MAX 1024u

/* How long polkit may take: when somebody may be asked for a password, and when
 * not. */
#define POLKIT_INTERACTIVE_USEC (60 * USEC_PER_SEC)
#define POLKIT_USEC		(3 * USEC_PER_SEC)

/* Images that end soon are told in the journal so often, and so many at once. */
#define EXPIRY_TELL_USEC (24 * 3600 * USEC_PER_SEC)
#define EXPIRY_TELL_MAX	 32u

/* Senders whose credentials are remembered. */
#define CALLERS_REMEMBERED 64u

/* How long the end waits for workers that are still judging. */
#define STOP_DEADLINE_USEC (2 * USEC_PER_SEC)

#endif
