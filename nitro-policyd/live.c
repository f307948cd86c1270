/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/live.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/cleanup.h"
#include "nitro-policyd/account.h"
#include "nitro-policyd/limits.h"
#include "policy/verdict.h"

#define ID_BYTES ((NITRO_ID_LENGTH - 1) / 2)

struct live_proof *live_proof_ref(struct live_proof *proof)
{
	proof->references++;
	return proof;
}

void live_proof_unref(struct live_proof *proof)
{
	if (proof == NULL || --proof->references > 0)
		return;

	buffer_free(proof->document);
	buffer_free(proof->manifest);
	evidence_free(proof->evidence);
	free(proof);
}

const char *live_state_name(enum live_state state)
{
	switch (state) {
	case LIVE_ISSUED:
		return NITRO_STATE_ISSUED;
	case LIVE_ATTACHED:
		return NITRO_STATE_ATTACHED;
	}
	return "";
}

void lives_init(struct lives *lives)
{
	*lives = (struct lives){ 0 };
	TAILQ_INIT(&lives->list);
	TAILQ_INIT(&lives->unjudged);
}

int live_make_id(char ret_id[static LIVE_ID_SIZE])
{
	uint8_t bytes[ID_BYTES];

	/* Comes whole and cannot be interrupted, getrandom(2). */
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return -errno;

	memcpy(ret_id, NITRO_ID_PREFIX, strlen(NITRO_ID_PREFIX));
	hex_encode(span_of(bytes, sizeof(bytes)),
		   ret_id + strlen(NITRO_ID_PREFIX));
	return 0;
}

struct live *live_new(const char *id, struct live_proof *proof, uid_t asker)
{
	struct live *live = calloc(1, sizeof(*live));

	if (live == NULL)
		return NULL;

	snprintf(live->id, sizeof(live->id), "%s", id);
	snprintf(live->path, sizeof(live->path), "%s%s", NITRO_BUS_VERDICT_PATH,
		 live->id);
	live->proof = live_proof_ref(proof);
	live->asker = asker;
	live->not_after_ms = INT64_MAX;
	live->audit_session = LIVE_NO_AUDIT_SESSION;
	return live;
}

void live_free(struct live *live)
{
	if (live == NULL)
		return;

	sd_event_source_disable_unref(live->timer);
	sd_event_source_disable_unref(live->release_timer);
	sd_event_source_disable_unref(live->process);
	sd_bus_slot_unref(live->object);
	live_proof_unref(live->proof);
	question_clear(&live->question);
	free(live);
}

static size_t size_of(const struct live *live)
{
	return live->proof->document.size + live->proof->manifest.size;
}

/* What root can have is kept free by all others. */
static bool has_place(const struct lives *lives, const struct live *live)
{
	size_t size = size_of(live);

	if (lives->count >= LIVE_MAX || lives->bytes + size > LIVE_BYTES)
		return false;
	return live->asker == ACCOUNT_ROOT ||
	       (lives->unprivileged < LIVE_MAX - LIVE_FOR_ROOT &&
		lives->unprivileged_bytes + size <=
			LIVE_BYTES - LIVE_BYTES_FOR_ROOT);
}

/* How many `list` has of the same asker and user; the oldest without a session goes
 * to *oldest, if it is older than that. */
static size_t count_own(const struct live_list *list, const struct live *live,
			struct live **oldest)
{
	struct live *other;
	size_t own = 0;

	TAILQ_FOREACH(other, list, list)
	{
		if (other->asker != live->asker ||
		    strcmp(other->question.user, live->question.user) != 0)
			continue;
		own++;
		if (other->state == LIVE_ISSUED &&
		    (*oldest == NULL ||
		     other->made_usec < (*oldest)->made_usec))
			*oldest = other;
	}
	return own;
}

int lives_make_room(const struct lives *lives, const struct live *live,
		    struct live **ret_displaced)
{
	struct live *oldest = NULL;
	size_t own = count_own(&lives->list, live, &oldest) +
		     count_own(&lives->unjudged, live, &oldest);

	*ret_displaced = NULL;
	if (own < LIVE_PER_USER && has_place(lives, live))
		return 0;
	*ret_displaced = oldest;
	if (oldest == NULL)
		return own < LIVE_PER_USER ? -EBUSY : -EDQUOT;
	return 0;
}

/* What is issued now is the newest; what is taken up need not be. */
static void insert_by_age(struct live_list *list, struct live *live)
{
	struct live *before = TAILQ_LAST(list, live_list);

	while (before != NULL && before->made_usec > live->made_usec)
		before = TAILQ_PREV(before, live_list, list);
	if (before != NULL)
		TAILQ_INSERT_AFTER(list, before, live, list);
	else
		TAILQ_INSERT_HEAD(list, live, list);
}

static void link_to(struct lives *lives, struct live *live)
{
	if (!live->is_unjudged) {
		insert_by_age(&lives->list, live);
		return;
	}
	TAILQ_INSERT_TAIL(&lives->unjudged, live, list);
	lives->unjudged_count++;
}

static void unlink_from(struct lives *lives, struct live *live)
{
	if (!live->is_unjudged) {
		TAILQ_REMOVE(&lives->list, live, list);
		return;
	}
	TAILQ_REMOVE(&lives->unjudged, live, list);
	lives->unjudged_count--;
}

void lives_insert(struct lives *lives, struct live *live)
{
	link_to(lives, live);
	lives->count++;
	lives->bytes += size_of(live);
	if (live->asker == ACCOUNT_ROOT)
		return;
	lives->unprivileged++;
	lives->unprivileged_bytes += size_of(live);
}

void lives_remove(struct lives *lives, struct live *live)
{
	unlink_from(lives, live);
	lives->count--;
	lives->bytes -= size_of(live);
	if (live->asker == ACCOUNT_ROOT)
		return;
	lives->unprivileged--;
	lives->unprivileged_bytes -= size_of(live);
}

void lives_prefer(struct lives *lives, struct live *live)
{
	TAILQ_REMOVE(&lives->unjudged, live, list);
	TAILQ_INSERT_HEAD(&lives->unjudged, live, list);
}

void lives_accept(struct lives *lives, struct live *live)
{
	unlink_from(lives, live);
	live->is_unjudged = false;
	link_to(lives, live);
}

struct live *lives_first(const struct lives *lives)
{
	struct live *live = TAILQ_FIRST(&lives->list);

	return live != NULL ? live : TAILQ_FIRST(&lives->unjudged);
}

static struct live *find_in(const struct live_list *list, const char *id)
{
	struct live *live;

	TAILQ_FOREACH(live, list, list)
	if (strcmp(live->id, id) == 0)
		return live;
	return NULL;
}

struct live *lives_find(const struct lives *lives, const char *id)
{
	return find_in(&lives->list, id);
}

struct live *lives_find_unjudged(const struct lives *lives, const char *id)
{
	return find_in(&lives->unjudged, id);
}

struct live *lives_find_any(const struct lives *lives, const char *id)
{
	struct live *live = lives_find(lives, id);

	return live != NULL ? live : lives_find_unjudged(lives, id);
}

/* UINT64_MAX: none. */
static uint64_t session_end_usec(const struct live *live)
{
	uint64_t end_usec;

	if (live->session_max_ms == 0 ||
	    __builtin_mul_overflow(live->session_max_ms, USEC_PER_MSEC,
				   &end_usec) ||
	    __builtin_add_overflow(end_usec, live->proof->issued_usec,
				   &end_usec))
		return UINT64_MAX;
	return end_usec;
}

static uint64_t attach_end_usec(const struct live *live)
{
	return live->state == LIVE_ISSUED ? live->made_usec + LIVE_ISSUED_USEC
					  : UINT64_MAX;
}

uint64_t live_ends_usec(const struct live *live)
{
	uint64_t session = session_end_usec(live);
	uint64_t attach = attach_end_usec(live);

	return session < attach ? session : attach;
}

enum verdict_reason live_ends_reason(const struct live *live)
{
	return session_end_usec(live) < attach_end_usec(live)
		       ? REASON_SESSION_TOO_LONG
		       : REASON_VERDICT_UNATTACHED;
}

static bool is_in_session(const struct live *live,
			  const struct live_selector *selector)
{
	if (live->state != LIVE_ATTACHED)
		return false;
	if (selector->session[0] != '\0' &&
	    strcmp(live->session, selector->session) == 0)
		return true;
	return selector->audit_session != LIVE_NO_AUDIT_SESSION &&
	       live->audit_session == selector->audit_session;
}

static bool is_bound_to(const struct live *live, struct span ssh_key)
{
	struct span own =
		span_of(live->question.ssh_key, live->question.ssh_key_size);

	return (live->proof->bindings & BIND_SSH_KEY) != 0 &&
	       span_equal(own, ssh_key);
}

/* By what is asked for decides whether others than the asker may know. */
static bool answers_to(const struct live *live, uid_t asker,
		       enum live_selection by)
{
	if (live->asker == asker)
		return true;
	return by == LIVE_BY_KEY && account_rank(live->asker) != RANK_USER &&
	       account_rank(asker) != RANK_USER;
}

bool live_answers(const struct live *live, uid_t asker,
		  const struct request *request,
		  const struct live_selector *selector)
{
	bool is_same_service =
		strcmp(live->question.service, request->service) == 0;

	if (!answers_to(live, asker, selector->by) ||
	    strcmp(live->question.user, request->user) != 0)
		return false;

	switch (selector->by) {
	case LIVE_BY_ID:
		return is_same_service && live->state == LIVE_ISSUED &&
		       strcmp(live->id, selector->id) == 0;
	case LIVE_BY_KEY:
		return is_same_service && is_bound_to(live, request->ssh_key);
	case LIVE_BY_SESSION:
		return is_in_session(live, selector);
	}
	return false;
}
