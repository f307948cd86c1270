/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's reply as the gates need it. Only a reply that is well formed and
 * says "allow" becomes ANSWER_ALLOWED; whatever is unknown, extra or malformed is
 * ANSWER_UNAVAILABLE.
 */
#ifndef NITRO_CLIENT_ANSWER_H
#define NITRO_CLIENT_ANSWER_H

#include <stdbool.h>

#define ANSWER_TEXT_SIZE 512
#define ANSWER_NAME_SIZE 128

enum answer_kind {
	ANSWER_UNAVAILABLE, /* zero: what nobody set cannot open a door */
	ANSWER_DENIED,
	ANSWER_ALLOWED,
};

struct answer {
	enum answer_kind kind;
	unsigned level;			/* reached; 0 when unavailable */
	char reason[ANSWER_NAME_SIZE];	/* stable code, or the error's name */
	char message[ANSWER_TEXT_SIZE]; /* one sentence */
	char hint[ANSWER_TEXT_SIZE];	/* may be "" */
	char rule[ANSWER_NAME_SIZE];
	char image[ANSWER_NAME_SIZE];
	char release[ANSWER_NAME_SIZE];
	bool retiring;
};

#endif
