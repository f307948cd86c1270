/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A judgement as text for people: the decision in the first line, then why, then
 * every check, and the document only if it was verified and allowed.
 */
#ifndef NITRO_NITROCTL_OUTPUT_TEXT_H
#define NITRO_NITROCTL_OUTPUT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "nitroctl/judge.h"
#include "nitroctl/text.h"

/* Columns of the name in front of a value: that of "payload_sha256". */
#define TEXT_NAME_WIDTH 14

/* The one conversion of a judgement to text. `only_decision`: the first line. */
void text_print_judgement(FILE *out, struct text_style style,
			  const struct judgement *judgement,
			  bool only_decision);

/* "NAME  absent", "NAME  empty", "NAME  HEX (32 bytes)" and, for plain text, the
 * text; `prefix` begins each line. */
void text_print_bytes(FILE *out, const char *prefix, const char *name,
		      struct span bytes);

/* PCRs, one line each; absent ones are left out, and neighbours that are zero
 * share a line. */
void text_print_pcrs(FILE *out, const char *prefix,
		     const struct span pcrs[static ATTEST_PCR_COUNT]);

#endif
