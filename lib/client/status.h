/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's properties, for `nitroctl status`. All texts are copies that are
 * safe to print; every list is bounded.
 */
#ifndef NITRO_CLIENT_STATUS_H
#define NITRO_CLIENT_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "client/answer.h"

struct sd_bus_message;

/* A longer list is a malformed reply; a longer text is cut. */
#define CLIENT_STATUS_LIST_MAX 4096
#define CLIENT_STATUS_TEXT_MAX 1024 /* with its NUL */

/* errors, warnings: `name` is the line, `detail` is NULL. Roots: `name` is the
 * label, `detail` the SHA-256 in hex. Images: `name`, and `count` releases. Expiring:
 * image `name`, its last release `detail`, which ends at `value` (microseconds since
 * 1970). Statistics: `name` and `value`. */
struct client_status_entry {
	char *name;
	char *detail;
	unsigned count;
	uint64_t value;
};

struct client_status_list {
	struct client_status_entry *entries;
	size_t count;
};

struct client_status {
	char *version;
	uint64_t generation; /* of the policy in force */
	char *digest;	     /* of the policy in force, hex */
	unsigned rules;
	struct client_status_list errors;   /* of the last reload */
	struct client_status_list warnings; /* of the policy in force */
	struct client_status_list roots;
	struct client_status_list images;
	struct client_status_list expiring;
	unsigned
		unjudged; /* verdicts of the daemon before, still to be judged */
	struct client_status_list statistics; /* since the daemon started */
};

/* Asks within timeout_usec, as client.h does. True and *ret_status, which the
 * caller frees; or false and *reterr_answer (ANSWER_UNAVAILABLE). A property that
 * is missing, given twice or of a wrong type makes the reply malformed; one that
 * this version does not know is passed over. */
bool client_get_status(uint64_t timeout_usec, struct client_status **ret_status,
		       struct answer *reterr_answer);

/* Reads the reply of GetAll ("a{sv}") into an empty status; false when it is
 * malformed or memory is exhausted: what was read is to be freed then, too. */
bool status_from_properties(struct sd_bus_message *reply,
			    struct client_status *status);

void client_status_free(struct client_status *status);
DEFINE_CLEANUP(struct client_status *, client_status_free)

#endif
