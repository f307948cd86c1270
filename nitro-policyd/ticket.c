/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/ticket.h"

#include <errno.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/random.h>

#include "nitro-policyd/limits.h"

#define TICKET_BYTES 16u

struct ticket {
	TAILQ_ENTRY(ticket) list;
	char text[NITRO_TICKET_LENGTH + 1];
	uint64_t expires_usec;
	uid_t uid;
	uint8_t *document;
	size_t document_size;
};

TAILQ_HEAD(ticket_list, ticket);

struct tickets {
	struct ticket_list waiting; /* the oldest first */
	size_t count;
};

static void ticket_free(struct ticket *ticket)
{
	if (ticket == NULL)
		return;

	free(ticket->document);
	free(ticket);
}

DEFINE_CLEANUP(struct ticket *, ticket_free)

static void ticket_drop(struct tickets *tickets, struct ticket *ticket)
{
	TAILQ_REMOVE(&tickets->waiting, ticket, list);
	tickets->count--;
	ticket_free(ticket);
}

/* RFC 4648 section 6, five bits a character from the front; the last one has three
 * bits and two zeros. */
int ticket_make(char ret_text[static NITRO_TICKET_LENGTH + 1])
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
	uint8_t bytes[TICKET_BYTES + 1] = { 0 };

	/* Up to 256 bytes come whole and cannot be interrupted, getrandom(2). */
	if (getrandom(bytes, TICKET_BYTES, 0) != TICKET_BYTES)
		return -errno;

	for (size_t i = 0; i < NITRO_TICKET_LENGTH; i++) {
		size_t bit = i * 5;
		unsigned two = (unsigned)bytes[bit / 8] << 8;

		if (bit / 8 + 1 < sizeof(bytes))
			two |= bytes[bit / 8 + 1];
		ret_text[i] = alphabet[two >> (11 - bit % 8) & 0x1f];
	}
	ret_text[NITRO_TICKET_LENGTH] = '\0';
	return 0;
}

struct tickets *tickets_new(void)
{
	struct tickets *tickets = calloc(1, sizeof(*tickets));

	if (tickets != NULL)
		TAILQ_INIT(&tickets->waiting);
	return tickets;
}

void tickets_free(struct tickets *tickets)
{
	if (tickets == NULL)
		return;

	while (!TAILQ_EMPTY(&tickets->waiting))
		ticket_drop(tickets, TAILQ_FIRST(&tickets->waiting));
	free(tickets);
}

static void drop_expired(struct tickets *tickets, uint64_t now_usec)
{
	struct ticket *ticket = TAILQ_FIRST(&tickets->waiting);

	while (ticket != NULL) {
		struct ticket *next = TAILQ_NEXT(ticket, list);

		if (ticket->expires_usec <= now_usec)
			ticket_drop(tickets, ticket);
		ticket = next;
	}
}

/* How many tickets wait that `uid` deposited; the oldest of them goes to
 * ret_oldest, NULL when there is none. */
static size_t count_of(const struct tickets *tickets, uid_t uid,
		       struct ticket **ret_oldest)
{
	struct ticket *ticket;
	size_t count = 0;

	*ret_oldest = NULL;
	TAILQ_FOREACH(ticket, &tickets->waiting, list)
	{
		if (ticket->uid != uid)
			continue;
		if (*ret_oldest == NULL)
			*ret_oldest = ticket;
		count++;
	}
	return count;
}

/* 0 when one more ticket of this user may be added, else -EDQUOT. */
static int make_room(struct tickets *tickets, uid_t uid)
{
	struct ticket *oldest;
	size_t root = count_of(tickets, 0, &oldest);

	if (uid == 0) {
		if (tickets->count >= TICKETS_MAX && oldest != NULL)
			ticket_drop(tickets, oldest);
		return 0;
	}
	/* What root holds beyond its share does not count against users. */
	if (count_of(tickets, uid, &oldest) >= TICKETS_PER_USER ||
	    tickets->count >= TICKETS_MAX ||
	    tickets->count - root >= TICKETS_MAX - TICKETS_FOR_ROOT)
		return -EDQUOT;
	return 0;
}

int tickets_deposit(struct tickets *tickets,
		    const struct ticket_deposit *deposit, uint64_t now_usec)
{
	_cleanup_(ticket_freep) struct ticket *ticket = NULL;
	int r;

	drop_expired(tickets, now_usec);
	r = make_room(tickets, deposit->uid);
	if (r < 0)
		return r;

	ticket = calloc(1, sizeof(*ticket));
	if (ticket == NULL)
		return -ENOMEM;

	ticket->document = malloc(deposit->document.size);
	if (ticket->document == NULL)
		return -ENOMEM;

	memcpy(ticket->document, deposit->document.data,
	       deposit->document.size);
	ticket->document_size = deposit->document.size;
	memcpy(ticket->text, deposit->text, sizeof(ticket->text));
	ticket->uid = deposit->uid;
	ticket->expires_usec = deposit->expires_usec;
	TAILQ_INSERT_TAIL(&tickets->waiting, ticket, list);
	tickets->count++;
	TAKE_PTR(ticket);
	return 0;
}

/* A plain comparison will do: whoever measures it learns how much of a guess is
 * right from nanoseconds behind a bus and a limit of questions per second, and
 * has until the ticket expires. */
static struct ticket *find(const struct tickets *tickets, const char *text)
{
	struct ticket *ticket;

	TAILQ_FOREACH(ticket, &tickets->waiting, list)
	if (strcmp(ticket->text, text) == 0)
		return ticket;
	return NULL;
}

enum ticket_outcome tickets_take(struct tickets *tickets, const char *text,
				 uint64_t now_usec,
				 struct ticket_worth *ret_worth)
{
	struct ticket *ticket;

	drop_expired(tickets, now_usec);
	ticket = find(tickets, text);
	if (ticket == NULL)
		return TICKET_UNKNOWN;

	*ret_worth = (struct ticket_worth){
		.uid = ticket->uid,
		.document = TAKE_PTR(ticket->document),
		.document_size = ticket->document_size,
	};
	ticket_drop(tickets, ticket);
	return TICKET_TAKEN;
}

size_t tickets_count(const struct tickets *tickets)
{
	return tickets->count;
}
