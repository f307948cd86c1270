/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Live verdicts as admins look at them: all, one, and the end of one. Never used by
 * gates. All texts are printable ASCII without double quotes.
 */
#ifndef NITRO_CLIENT_VERDICTS_H
#define NITRO_CLIENT_VERDICTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "client/answer.h"

/* The daemon keeps at most 1024; a reply with more than these is malformed. */
#define CLIENT_VERDICTS_MAX 4096u

#define CLIENT_VERDICT_TEXT_SIZE   260
#define CLIENT_VERDICT_DIGEST_SIZE 32

/* Properties of org.nitro.Policy1.Verdict, by their names there. */
struct client_verdict {
	char id[ANSWER_ID_SIZE];
	char user[CLIENT_VERDICT_TEXT_SIZE];
	char service[CLIENT_VERDICT_TEXT_SIZE];
	char state[ANSWER_NAME_SIZE];
	char rule[ANSWER_NAME_SIZE];
	char image[ANSWER_NAME_SIZE];
	char release[ANSWER_NAME_SIZE];
	char module_id[ANSWER_NAME_SIZE];
	char root[ANSWER_NAME_SIZE];
	char bindings[ANSWER_NAME_SIZE]; /* words with a blank between them */
	char session[ANSWER_NAME_SIZE];
	char remote_host[CLIENT_VERDICT_TEXT_SIZE];
	char tty[CLIENT_VERDICT_TEXT_SIZE];
	char on_revoke[ANSWER_NAME_SIZE];
	char policy_digest[ANSWER_NAME_SIZE];
	unsigned level;
	unsigned audit_session; /* 2^32 - 1: none */
	bool audited;
	uint64_t issued_usec; /* since 1970; and so below */
	uint64_t ends_usec;   /* 0: open */
	uint64_t policy_generation;
	uint8_t document[CLIENT_VERDICT_DIGEST_SIZE];
	size_t document_size; /* 0: it has no evidence */
};

struct client_verdicts {
	struct client_verdict *items; /* the oldest first */
	size_t count;
};

/* All verdicts that live. False and *reterr_answer when nobody says. */
bool client_list_verdicts(uint64_t timeout_usec,
			  struct client_verdicts *ret_verdicts,
			  struct answer *reterr_answer);

static inline void client_verdicts_free(struct client_verdicts verdicts)
{
	free(verdicts.items);
}
DEFINE_CLEANUP(struct client_verdicts, client_verdicts_free)

/* One of them. The reason of *reterr_answer is the name of the D-Bus error. */
bool client_get_verdict(const char *id, uint64_t timeout_usec,
			struct client_verdict *ret_verdict,
			struct answer *reterr_answer);

/* Ends it; `why` is for the journal. For a caller other than root polkit may ask
 * somebody for a password meanwhile: give it time then. */
bool client_revoke_verdict(const char *id, const char *why,
			   uint64_t timeout_usec, struct answer *reterr_answer);

struct sd_bus_message;

/* Read the replies of GetManagedObjects and of GetVerdict. */
bool verdicts_from_objects(struct sd_bus_message *reply,
			   struct client_verdicts *ret_verdicts,
			   struct answer *reterr_answer);
bool verdict_from_properties(struct sd_bus_message *reply,
			     struct client_verdict *ret_verdict,
			     struct answer *reterr_answer);

#endif
