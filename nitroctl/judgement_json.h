/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A judgement as JSON. Names and formats are a contract: see nitroctl(8).
 */
#ifndef NITRO_NITROCTL_JUDGEMENT_JSON_H
#define NITRO_NITROCTL_JUDGEMENT_JSON_H

#include <jansson.h>

#include "nitroctl/judge.h"

/* Values; NULL when memory is exhausted, which json_pack() passes on. */

/* An array of the verdict's checks. */
json_t *json_checks(const struct verdict *verdict);

/* The one conversion of a judgement to JSON. */
json_t *json_judgement(const struct judgement *judgement);

#endif
