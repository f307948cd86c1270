/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Live verdicts for people and for programs, and what the daemon says when it has
 * none to show.
 */
#ifndef NITRO_NITROCTL_VERDICT_OUTPUT_H
#define NITRO_NITROCTL_VERDICT_OUTPUT_H

#include <jansson.h>

#include "client/verdicts.h"
#include "nitroctl/command.h"

/* NULL when memory is exhausted. */
json_t *json_live_verdict(const struct client_verdict *verdict);

/* "in 3h 12min", "never", "now". */
#define VERDICT_END_SIZE 48
void verdict_end_text(const struct client_verdict *verdict,
		      char ret_text[static VERDICT_END_SIZE]);

/* Complains, about the verdict `id` unless it is NULL. EXIT_DENIED for a verdict
 * that does not live, or that this user may not end; else EXIT_NOT_JUDGED. */
enum exit_code verdict_complain(const char *id, const struct answer *answer);

#endif
