/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results as JSON: one compact object per line, pure ASCII, so that any line of
 * it can be shown on a terminal. Names and formats are a contract: see
 * nitroctl(8).
 */
#ifndef NITRO_NITROCTL_OUTPUT_JSON_H
#define NITRO_NITROCTL_OUTPUT_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "attest/limits.h"
#include "base/compiler.h"
#include "base/span.h"

/* Values; NULL when memory is exhausted, which json_pack() passes on. */
json_t *json_hex(struct span bytes); /* null when absent, "" when empty */
json_t *json_text(struct span text); /* bytes that are not UTF-8: U+FFFD */
json_t *json_string_or_null(const char *text); /* "" is null */
json_t *json_time_ms(int64_t ms);	       /* "2021-03-05T17:01:49.526Z" */
json_t *json_time_seconds(int64_t time);       /* "2021-03-05T17:01:49Z" */

json_t *json_words(const char *const *words, size_t count); /* an array */

/* {"0": HEX, ...} without the absent ones. */
json_t *json_pcrs(const struct span pcrs[static ATTEST_PCR_COUNT]);

/* Writes one line and releases the object; NULL stands for exhausted memory.
 * False, after a complaint, if there is none to write. */
bool json_print_consume(FILE *out, json_t *object);

#endif
