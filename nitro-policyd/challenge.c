/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/challenge.h"

#include <errno.h>
#include <sys/queue.h>
#include <sys/random.h>

#include "nitro-policyd/limits.h"

struct challenge {
	TAILQ_ENTRY(challenge) list;
	uint8_t nonce[NITRO_NONCE_SIZE];
	uint64_t expires_usec;
	uid_t caller;
	char *service;
	char *user;
};

TAILQ_HEAD(challenge_list, challenge);

struct challenges {
	struct challenge_list open; /* the oldest first */
	size_t count;
};

static void challenge_free(struct challenge *challenge)
{
	if (challenge == NULL)
		return;

	free(challenge->service);
	free(challenge->user);
	free(challenge);
}

DEFINE_CLEANUP(struct challenge *, challenge_free)

static void challenge_drop(struct challenges *challenges,
			   struct challenge *challenge)
{
	TAILQ_REMOVE(&challenges->open, challenge, list);
	challenges->count--;
	challenge_free(challenge);
}

struct challenges *challenges_new(void)
{
	struct challenges *challenges = calloc(1, sizeof(*challenges));

	if (challenges != NULL)
		TAILQ_INIT(&challenges->open);
	return challenges;
}

void challenges_free(struct challenges *challenges)
{
	if (challenges == NULL)
		return;

	while (!TAILQ_EMPTY(&challenges->open))
		challenge_drop(challenges, TAILQ_FIRST(&challenges->open));
	free(challenges);
}

static void drop_expired(struct challenges *challenges, uint64_t now_usec)
{
	struct challenge *challenge = TAILQ_FIRST(&challenges->open);

	while (challenge != NULL) {
		struct challenge *next = TAILQ_NEXT(challenge, list);

		if (challenge->expires_usec <= now_usec)
			challenge_drop(challenges, challenge);
		challenge = next;
	}
}

/* How many open challenges are this caller's, and how many are root's. The oldest
 * of root's goes to ret_oldest, NULL when there is none. */
static size_t count_open(const struct challenges *challenges, uid_t caller,
			 size_t *ret_root, struct challenge **ret_oldest)
{
	struct challenge *challenge;
	size_t own = 0;

	*ret_root = 0;
	*ret_oldest = NULL;
	TAILQ_FOREACH(challenge, &challenges->open, list)
	{
		if (challenge->caller == caller)
			own++;
		if (challenge->caller != 0)
			continue;
		if (*ret_oldest == NULL)
			*ret_oldest = challenge;
		(*ret_root)++;
	}
	return own;
}

/* 0 when one more challenge of this caller may be added, else -EDQUOT. */
static int make_room(struct challenges *challenges, uid_t caller)
{
	struct challenge *oldest;
	size_t root;
	size_t own = count_open(challenges, caller, &root, &oldest);

	if (caller == 0) {
		if (challenges->count >= CHALLENGES_MAX && oldest != NULL)
			challenge_drop(challenges, oldest);
		return 0;
	}
	/* What root holds beyond its share does not count against users. */
	if (own >= CHALLENGES_PER_USER || challenges->count >= CHALLENGES_MAX ||
	    challenges->count - root >= CHALLENGES_MAX - CHALLENGES_FOR_ROOT)
		return -EDQUOT;
	return 0;
}

static int fill_nonce(uint8_t nonce[static NITRO_NONCE_SIZE])
{
	/* Up to 256 bytes come whole and cannot be interrupted, getrandom(2). */
	if (getrandom(nonce, NITRO_NONCE_SIZE, 0) != NITRO_NONCE_SIZE)
		return -errno;
	return 0;
}

int challenges_create(struct challenges *challenges, uid_t caller,
		      const struct request *request, uint64_t now_usec,
		      uint64_t expires_usec,
		      uint8_t ret_nonce[static NITRO_NONCE_SIZE])
{
	_cleanup_(challenge_freep) struct challenge *challenge = NULL;
	int r;

	drop_expired(challenges, now_usec);
	r = make_room(challenges, caller);
	if (r < 0)
		return r;

	challenge = calloc(1, sizeof(*challenge));
	if (challenge == NULL)
		return -ENOMEM;

	challenge->service = strdup(request->service);
	challenge->user = strdup(request->user);
	if (challenge->service == NULL || challenge->user == NULL)
		return -ENOMEM;

	r = fill_nonce(challenge->nonce);
	if (r < 0)
		return r;

	challenge->caller = caller;
	challenge->expires_usec = expires_usec;
	memcpy(ret_nonce, challenge->nonce, NITRO_NONCE_SIZE);
	TAILQ_INSERT_TAIL(&challenges->open, challenge, list);
	challenges->count++;
	TAKE_PTR(challenge);
	return 0;
}

/* A plain comparison will do: a nonce is a public value that the prompt shows,
 * and it is 256 bits long, so that timing does not help to find another's. */
static struct challenge *find(const struct challenges *challenges,
			      struct span nonce)
{
	struct challenge *challenge;

	TAILQ_FOREACH(challenge, &challenges->open, list)
	if (span_equal(nonce, span_of(challenge->nonce, NITRO_NONCE_SIZE)))
		return challenge;
	return NULL;
}

enum challenge_outcome challenges_consume(struct challenges *challenges,
					  uid_t caller,
					  const struct request *request,
					  struct span nonce, uint64_t now_usec)
{
	struct challenge *challenge;
	enum challenge_outcome outcome = CHALLENGE_MISMATCH;

	drop_expired(challenges, now_usec);
	challenge = find(challenges, nonce);
	if (challenge == NULL)
		return CHALLENGE_UNKNOWN;

	if (challenge->caller == caller &&
	    strcmp(challenge->service, request->service) == 0 &&
	    strcmp(challenge->user, request->user) == 0)
		outcome = CHALLENGE_ANSWERED;
	challenge_drop(challenges, challenge);
	return outcome;
}

size_t challenges_count(const struct challenges *challenges)
{
	return challenges->count;
}
