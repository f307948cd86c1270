/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Live verdicts: logins that were allowed and are still watched. The table of them,
 * who may have how many, and which of them answers a question. What a daemon before
 * left behind is in a list of its own until it is judged again: it takes its place,
 * and answers nothing. Knows no bus and no clock; what happens to them is in
 * lifecycle.h. Used by one thread.
 */
#ifndef NITRO_POLICYD_LIVE_H
#define NITRO_POLICYD_LIVE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/queue.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "attest/evidence.h"
#include "base/compiler.h"
#include "base/hex.h"
#include "base/read_file.h"
#include "base/read_file.h"
#include "dbus/nitro_bus.h"
#include "nitro-policyd/policy_store.h"
#include "nitro-policyd/question.h"
#include "policy/verdict.h"

#define LIVE_ID_SIZE   (NITRO_ID_LENGTH + 1)
#define LIVE_PATH_SIZE (sizeof(NITRO_BUS_VERDICT_PATH) + NITRO_ID_LENGTH)

/* logind's sessions are numbers, with a letter before them at most. */
#define LIVE_SESSION_SIZE 64u

/* What the kernel says for no audit session. */
#define LIVE_NO_AUDIT_SESSION UINT32_MAX

/* What was proven when a verdict was issued: never changes, and is shared by a
 * verdict and those that were made from it. References are counted by the loop's
 * thread alone; any thread may read. */
struct live_proof {
	unsigned references;
	struct buffer document;
	struct buffer manifest;	   /* NULL: level 3 did not need one */
	struct evidence *evidence; /* of the document; NULL: on trial */
	unsigned bindings;	   /* BIND_* that held */
	int64_t judged_ms;	   /* real time */
	int64_t issued_ms;	   /* real time */
	uint64_t issued_usec;	   /* CLOCK_BOOTTIME */
};

struct live_proof *live_proof_ref(struct live_proof *proof);
void live_proof_unref(struct live_proof *proof);
DEFINE_CLEANUP(struct live_proof *, live_proof_unref)

enum live_state {
	LIVE_ISSUED,   /* waits for its session */
	LIVE_ATTACHED, /* to one session, for good */
};
const char *live_state_name(enum live_state state);

struct live {
	TAILQ_ENTRY(live) list;
	char id[LIVE_ID_SIZE];
	char path[LIVE_PATH_SIZE];
	struct live_proof *proof;
	uid_t asker;		  /* the account that it answers to */
	struct question question; /* that it was issued for */
	enum live_state state;
	uint64_t made_usec; /* CLOCK_BOOTTIME; later than the proof in a copy */
	bool is_handed_out; /* to somebody who opens a session with it */
	bool is_unjudged;   /* of a daemon before: nothing below is true yet */
	bool is_at_worker;  /* being judged */

	/* As the policy that judged it last has it. */
	char rule[VERDICT_NAME_SIZE];
	char image[VERDICT_NAME_SIZE];
	char release[VERDICT_NAME_SIZE];
	unsigned level;
	bool audited;
	enum on_revoke on_revoke;
	uint64_t session_max_ms; /* since it was issued; 0: no limit */
	int64_t not_after_ms;	 /* last of the release; INT64_MAX: none */
	uint64_t generation;
	char digest[HEX_SIZE(ATTEST_SHA256_SIZE)];

	/* Since it is attached. */
	char session[LIVE_SESSION_SIZE]; /* "": none of logind's */
	uint32_t audit_session;

	/* What waits for its ends, and its object on the bus; see lifecycle.h. */
	struct manager *manager;
	sd_event_source *timer;
	sd_event_source *release_timer;
	sd_event_source *process;
	sd_bus_slot *object;
};

TAILQ_HEAD(live_list, live);

struct lives {
	struct live_list list;	   /* the oldest first */
	struct live_list unjudged; /* the next to be judged first */
	size_t unjudged_count;
	/* Of both lists. */
	size_t count;
	size_t bytes; /* that their proofs hold */
	/* Of these, what is not root's. */
	size_t unprivileged;
	size_t unprivileged_bytes;
};

void lives_init(struct lives *lives);

/* A new identifier: nobody can guess it. 0, or the error of getrandom(). */
int live_make_id(char ret_id[static LIVE_ID_SIZE]) _must_use_;

/* A verdict of `asker` that is in no table yet; takes a reference to `proof`. NULL when
 * memory is exhausted. */
struct live *live_new(const char *id, struct live_proof *proof,
		      uid_t asker) _must_use_;
void live_free(struct live *live);
DEFINE_CLEANUP(struct live *, live_free)

/* Whether `live` may be added. 0, and in *ret_displaced NULL, or one that has to end
 * for it before this is asked again; -EDQUOT when its asker has too many for this
 * user; -EBUSY when all together have. */
int lives_make_room(const struct lives *lives, const struct live *live,
		    struct live **ret_displaced) _must_use_;
/* Into the list that its `is_unjudged` says. */
void lives_insert(struct lives *lives, struct live *live);
/* Takes it out of the table without releasing it. */
void lives_remove(struct lives *lives, struct live *live);
/* One that is not judged yet: has it judged next; makes it one of the others. */
void lives_prefer(struct lives *lives, struct live *live);
void lives_accept(struct lives *lives, struct live *live);

/* Any, also one that is not judged yet; NULL: there is none. */
struct live *lives_first(const struct lives *lives);

/* NULL: there is none. lives_find() has only what was judged:
 * for whatever opens something. lives_find_any() is for what ends one. */
struct live *lives_find(const struct lives *lives, const char *id);
struct live *lives_find_unjudged(const struct lives *lives, const char *id);
struct live *lives_find_any(const struct lives *lives, const char *id);

/* Which verdicts a question is about. */
enum live_selection {
	LIVE_BY_ID,
	LIVE_BY_KEY,
	LIVE_BY_SESSION,
};
struct live_selector {
	enum live_selection by;
	const char *id;
	const char *session;	/* "": not asked */
	uint32_t audit_session; /* LIVE_NO_AUDIT_SESSION: not asked */
};

/* When it ends unless something happens before: CLOCK_BOOTTIME, UINT64_MAX for
 * never; and why it ends then. */
uint64_t live_ends_usec(const struct live *live);
enum verdict_reason live_ends_reason(const struct live *live);

/* Whether `live` may answer a question that `asker` puts. An identifier is a name,
 * not a capability: user and asker have to be the same, and the service, too, unless
 * it is asked for by its session. Root and sshd's command ask about the same keys, and
 * each by itself would know only half of a login. */
bool live_answers(const struct live *live, uid_t asker,
		  const struct request *request,
		  const struct live_selector *selector) _must_use_;

#endif
